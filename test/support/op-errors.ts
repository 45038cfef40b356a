import type { FloatArray } from '../../src/backend/types.js';

/** How far results are off: root mean square, and largest, of the errors over the root mean square of the values. */
export function errors(got: FloatArray, expected: FloatArray): { typical: number; largest: number } {
  let squares = 0;
  let size = 0;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(got[i]! - expected[i]!);
    squares += difference ** 2;
    size += expected[i]! ** 2;
    if (!(difference <= largest)) largest = difference; // NaN counts as larger
  }
  const rms = Math.sqrt(size / expected.length) || 1;
  return { typical: Math.sqrt(squares / expected.length) / rms, largest: largest / rms };
}
