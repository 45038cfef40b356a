import type { FloatArray } from '../backend/types.js';

/** Which element type tensors have: float32 to train, float64 to check gradients. */
export type Precision = 'float32' | 'float64';

/** A new zeroed array of that element type. */
export function newFloats(precision: Precision, length: number): FloatArray {
  return precision === 'float32' ? new Float32Array(length) : new Float64Array(length);
}

/**
 * Memory for the activations of one step. `take` hands out the next free piece; `reset` makes all of it
 * free again. When a step needs more than there is, a further block is added, and at the next reset the
 * blocks become one: after the largest step the arena allocates nothing.
 */
export class Arena {
  private blocks: FloatArray[] = [];
  private used = 0; // of the last block
  private total = 0; // taken since the last reset

  constructor(private readonly precision: Precision) {}

  /** `length` elements, not zeroed. */
  take(length: number): FloatArray {
    // Pieces start at multiples of 16 elements: a cache line of float32.
    const size = (length + 15) & ~15;
    let block = this.blocks.at(-1);
    if (!block || this.used + size > block.length) {
      block = newFloats(this.precision, Math.max(size, block ? block.length : 1 << 16));
      this.blocks.push(block);
      this.used = 0;
    }
    const piece = block.subarray(this.used, this.used + length);
    this.used += size;
    this.total += size;
    return piece;
  }

  /** Frees everything taken. */
  reset(): void {
    if (this.blocks.length > 1) {
      const need = Math.ceil(this.total * 1.1);
      this.blocks = []; // let go of the old blocks before asking for the new one
      this.blocks = [newFloats(this.precision, need)];
    }
    this.used = 0;
    this.total = 0;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.blocks.reduce((sum, block) => sum + block.byteLength, 0);
  }
}
