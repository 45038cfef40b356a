import type { FloatArray } from '../backend/types.js';
import { newFloats, type Precision } from './arena.js';

/** Room for batches somewhat larger than the first; what is never touched takes no memory of the machine. */
const SLACK = 1.25;

/**
 * Memory for the gradients of activations. They live much shorter than activations: from the first operation that
 * adds to one, on the way back, to the operation that made the tensor. So a few arrays serve all, and they are still
 * in cache when they are used again.
 *
 * Arrays are kept by their number of columns: a model asks for the same ones at every step, only with more or fewer
 * rows, so that each grows to the largest step and then nothing is allocated.
 */
export class GradientPool {
  private readonly free = new Map<number, FloatArray[]>();
  private held = 0;

  constructor(private readonly precision: Precision) {}

  /** At least `rows · columns` elements, not zeroed. */
  take(rows: number, columns: number): FloatArray {
    const array = this.free.get(columns)?.pop();
    const length = rows * columns;
    if (array && array.length >= length) return array;
    this.held -= array?.byteLength ?? 0;
    const fresh = newFloats(this.precision, Math.ceil(length * SLACK));
    this.held += fresh.byteLength;
    return fresh;
  }

  /** Gives an array back. */
  release(array: FloatArray, columns: number): void {
    const list = this.free.get(columns);
    if (list) list.push(array);
    else this.free.set(columns, [array]);
  }

  /** Bytes held, lent ones included. */
  get bytes(): number {
    return this.held;
  }
}
