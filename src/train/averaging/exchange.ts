import type { FloatArray } from '../../backend/types.js';

/** Exchanges the numbers of two arrays of one length, in place: the model's tensors are views into its buffer. */
export function exchange(a: FloatArray, b: FloatArray): void {
  for (let i = 0; i < a.length; i++) {
    const kept = a[i]!;
    a[i] = b[i]!;
    b[i] = kept;
  }
}
