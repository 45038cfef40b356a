import type { Backend, FloatArray } from '../backend/types.js';
import { newFloats, type Precision } from './arena.js';

/** Room for larger batches than the first; the system gives memory only to what is written. */
const SLACK = 1.25;

/**
 * Memory for the gradients of activations. They live much shorter than activations: in the backward pass, from the
 * first operation that adds to one until the operation that made the tensor. So a few arrays serve all, and are still
 * in cache when they are used again.
 *
 * Arrays are kept by their number of columns: every step asks for the same ones with more or fewer rows, so that each
 * grows to the largest step, and then nothing is allocated.
 */
export class GradientPool {
  private readonly free = new Map<number, FloatArray[]>();
  private held = 0;

  constructor(
    private readonly precision: Precision,
    private readonly backend: Backend,
  ) {}

  /** At least `rows · columns` elements, not zeroed. */
  take(rows: number, columns: number): FloatArray {
    const array = this.free.get(columns)?.pop();
    const length = rows * columns;
    if (array && array.length >= length) return array;
    this.held -= array?.byteLength ?? 0;
    const fresh = newFloats(this.precision, Math.ceil(length * SLACK), this.backend);
    this.held += fresh.byteLength;
    return fresh;
  }

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
