import type { FloatArray } from '../types.js';

/**
 * Σ a[aAt + i] · b[bAt + i] over i < count. Four independent sums: one alone would wait for each addition to end before
 * the next begins.
 */
export function dot(a: FloatArray, aAt: number, b: FloatArray, bAt: number, count: number): number {
  let sum0 = 0;
  let sum1 = 0;
  let sum2 = 0;
  let sum3 = 0;
  let i = 0;
  for (; i + 3 < count; i += 4) {
    sum0 += a[aAt + i]! * b[bAt + i]!;
    sum1 += a[aAt + i + 1]! * b[bAt + i + 1]!;
    sum2 += a[aAt + i + 2]! * b[bAt + i + 2]!;
    sum3 += a[aAt + i + 3]! * b[bAt + i + 3]!;
  }
  for (; i < count; i++) sum0 += a[aAt + i]! * b[bAt + i]!;
  return sum0 + sum1 + (sum2 + sum3);
}

/** y[yAt + i] += factor · x[xAt + i] for i < count. */
export function addScaled(y: FloatArray, yAt: number, factor: number, x: FloatArray, xAt: number, count: number): void {
  for (let i = 0; i < count; i++) y[yAt + i]! += factor * x[xAt + i]!;
}

/** Numbers of an array that lie `step` apart, from `at`. */
export interface Strided {
  readonly data: FloatArray;
  readonly at: number;
  readonly step: number;
}

/**
 * y[yAt + i] += Σ_k factors_k · m[k, i] for i < count, where row k of the matrix m begins at m.at + k · m.step: a row
 * vector times a matrix. Four rows at a time, so that y is read and written a quarter as often.
 */
export function addRows(y: FloatArray, yAt: number, factors: Strided, rows: number, m: Strided, count: number): void {
  const f = factors.data;
  const x = m.data;
  let k = 0;
  for (; k + 3 < rows; k += 4) {
    const at = factors.at + k * factors.step;
    const f0 = f[at]!;
    const f1 = f[at + factors.step]!;
    const f2 = f[at + 2 * factors.step]!;
    const f3 = f[at + 3 * factors.step]!;
    const x0 = m.at + k * m.step;
    const x1 = x0 + m.step;
    const x2 = x1 + m.step;
    const x3 = x2 + m.step;
    for (let i = 0; i < count; i++) {
      y[yAt + i]! += f0 * x[x0 + i]! + f1 * x[x1 + i]! + (f2 * x[x2 + i]! + f3 * x[x3 + i]!);
    }
  }
  for (; k < rows; k++) addScaled(y, yAt, f[factors.at + k * factors.step]!, x, m.at + k * m.step, count);
}

/**
 * A new zeroed array of the element type of `model`: functions that only ever see one element type are several times
 * faster in JavaScript engines.
 */
export function scratchLike(model: FloatArray, length: number): FloatArray {
  return model instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}

/** Softmax over the first `length` entries, in place. */
export function softmax(scores: FloatArray, length: number): void {
  let max = -Infinity;
  for (let j = 0; j < length; j++) if (scores[j]! > max) max = scores[j]!;
  let sum = 0;
  for (let j = 0; j < length; j++) {
    const e = Math.exp(scores[j]! - max);
    scores[j] = e;
    sum += e;
  }
  for (let j = 0; j < length; j++) scores[j]! /= sum;
}
