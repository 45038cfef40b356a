import type { Backend, FloatArray } from '../backend/types.js';

/** Which element type tensors have: float32 to train, float64 to check gradients. */
export type Precision = 'float32' | 'float64';

/** A new zeroed array of that element type, in the memory of `backend` where it has its own. */
export function newFloats(precision: Precision, length: number, backend?: Backend): FloatArray {
  if (precision === 'float64') return new Float64Array(length);
  return backend?.newFloats?.(length) ?? new Float32Array(length);
}

export function precisionOf(array: FloatArray): Precision {
  return array instanceof Float64Array ? 'float64' : 'float32';
}

const FIRST_BLOCK = 1 << 16;

/**
 * Memory for the activations of one step. `take` hands out the next free piece; `reset` makes all of it free again.
 * When a step needs more than there is, a further block is added, as large as all before it together; blocks are
 * kept, so that after the largest step the arena allocates nothing. (The system gives
 * memory only to the part of a block that was written.)
 */
export class Arena {
  private readonly blocks: FloatArray[] = [];
  private current = 0; // the block that pieces are taken from
  private used = 0; // of that block

  constructor(
    private readonly precision: Precision,
    private readonly backend: Backend,
  ) {}

  /** `length` elements, not zeroed. */
  take(length: number): FloatArray {
    // Pieces start at multiples of 16 elements: a cache line of float32.
    const size = (length + 15) & ~15;
    for (;;) {
      const block = this.blocks[this.current] ?? this.addBlock(size);
      if (this.used + size <= block.length) {
        const piece = block.subarray(this.used, this.used + length);
        this.used += size;
        return piece;
      }
      this.current++;
      this.used = 0;
    }
  }

  reset(): void {
    this.current = 0;
    this.used = 0;
  }

  get bytes(): number {
    return this.blocks.reduce((sum, block) => sum + block.byteLength, 0);
  }

  private addBlock(min: number): FloatArray {
    const held = this.blocks.reduce((sum, block) => sum + block.length, 0);
    const block = newFloats(this.precision, Math.max(min, held, FIRST_BLOCK), this.backend);
    this.blocks.push(block);
    return block;
  }
}
