import { assertInternal } from '../errors.js';
import type { Examples, Prior } from './examples.js';

/** Newton's method ends with the step that gains less: nats over all rows. */
const MIN_GAIN = 1e-6;
const MAX_STEPS = 100;
const MIN_STEP = 1e-10;

/**
 * Weights w of a geometric mixture, p(v) ∝ exp(Σ_m w_m·log p_m(v)), that minimise
 *
 *   F(w) = −Σ_i log p(x_i) + s/2 · |w − w⁰|²
 *
 * by Newton's method with step halving. With L_m(v) = log p_m(v), and means and covariances over v under p:
 *
 *   ∂F/∂w_m = Σ_i (E[L_m] − L_m(x_i)) + s·(w_m − w⁰_m),   ∂²F/∂w_m∂w_n = Σ_i Cov[L_m, L_n] + s·δ_mn
 *
 * Covariance matrices have no negative eigenvalue, so F is convex, and with s > 0 its minimum is one point. This is
 * logistic regression with the members' log-probabilities as features; with two outcomes, the logistic mixing of PAQ
 * (Mahoney 2005).
 *
 * @param rows of the examples to fit @param start of the search; the result does not depend on it
 * @returns `[members]`; they need not add up to 1, and may be negative
 */
export function fitGeometric(
  examples: Examples,
  rows: Int32Array,
  prior: Prior,
  start: ArrayLike<number> = prior.weights,
): Float64Array {
  let weights = Float64Array.from(start);
  if (rows.length === 0) return Float64Array.from(prior.weights);
  let here = expand(examples, rows, prior, weights);
  for (let i = 0; i < MAX_STEPS; i++) {
    const step = solvePositive(here.hessian, here.gradient);
    const slope = step.reduce((sum, d, m) => sum + d * here.gradient[m]!, 0);
    if (slope / 2 < MIN_GAIN) return weights.map((w, m) => w - step[m]!);
    let size = 1;
    for (;;) {
      const tried = weights.map((w, m) => w - size * step[m]!);
      const there = expand(examples, rows, prior, tried);
      if (there.value <= here.value - 1e-4 * size * slope) {
        weights = tried;
        here = there;
        break;
      }
      size /= 2;
      if (size < MIN_STEP) return weights; // rounding hides any further gain
    }
  }
  return weights;
}

interface Expansion {
  readonly value: number;
  /** `[members]` */
  readonly gradient: Float64Array;
  /** `[members, members]` */
  readonly hessian: Float64Array;
}

/** F with its first and second derivatives. */
function expand(
  { members, outcomes, logProbabilities: logs, targets }: Examples,
  rows: Int32Array,
  { weights: prior, strength }: Prior,
  weights: Float64Array,
): Expansion {
  const gradient = new Float64Array(members);
  const hessian = new Float64Array(members * members);
  const p = new Float64Array(outcomes);
  const mean = new Float64Array(members);
  let value = 0;
  for (let m = 0; m < members; m++) {
    const off = weights[m]! - prior[m]!;
    value += (strength / 2) * off * off;
    gradient[m] = strength * off;
    hessian[m * members + m] = strength;
  }
  for (const row of rows) {
    const at = row * members * outcomes;
    const target = targets[row]!;
    p.fill(0);
    for (let m = 0; m < members; m++)
      for (let v = 0; v < outcomes; v++) p[v]! += weights[m]! * logs[at + m * outcomes + v]!;
    value -= p[target]!;
    value += exponentiate(p);
    for (let m = 0; m < members; m++) {
      let sum = 0;
      for (let v = 0; v < outcomes; v++) sum += p[v]! * logs[at + m * outcomes + v]!;
      mean[m] = sum;
      gradient[m]! += sum - logs[at + m * outcomes + target]!;
    }
    for (let m = 0; m < members; m++)
      for (let n = 0; n <= m; n++) {
        let sum = 0;
        for (let v = 0; v < outcomes; v++)
          sum += p[v]! * (logs[at + m * outcomes + v]! - mean[m]!) * (logs[at + n * outcomes + v]! - mean[n]!);
        hessian[m * members + n]! += sum;
      }
  }
  for (let m = 0; m < members; m++)
    for (let n = m + 1; n < members; n++) hessian[m * members + n] = hessian[n * members + m]!;
  return { value, gradient, hessian };
}

/** Replaces scores z by e^z / Σ e^z; returns log Σ e^z. */
function exponentiate(scores: Float64Array): number {
  let max = -Infinity;
  for (const z of scores) max = Math.max(max, z);
  let sum = 0;
  for (let v = 0; v < scores.length; v++) sum += scores[v] = Math.exp(scores[v]! - max);
  for (let v = 0; v < scores.length; v++) scores[v]! /= sum;
  return max + Math.log(sum);
}

/**
 * Solves A·x = b for a symmetric positive definite A by Cholesky's decomposition.
 *
 * @param matrix `[n, n]` @param right `[n]` @returns `[n]`
 */
export function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  const lower = new Float64Array(n * n); // A = L·Lᵀ
  const x = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!;
      if (i === j) assertInternal(sum > 0, 'a matrix of second derivatives is not positive definite');
      lower[i * n + j] = i === j ? Math.sqrt(sum) : sum / lower[j * n + j]!;
    }
  }
  for (let i = 0; i < n; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= lower[i * n + k]! * x[k]!;
    x[i] = sum / lower[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!;
    for (let k = i + 1; k < n; k++) sum -= lower[k * n + i]! * x[k]!;
    x[i] = sum / lower[i * n + i]!;
  }
  return x;
}
