import type { Examples, Prior } from './examples.js';

/** EM ends when a step gains less: nats over all rows. */
const MIN_GAIN = 1e-8;

/**
 * Weights λ of a linear mixture by expectation maximisation (Dempster, Laird and Rubin 1977; for interpolated language
 * models Jelinek and Mercer 1980), under a Dirichlet prior that acts as `strength` rows of which each member explains
 * its prior share:
 *
 *   r_im = λ_m·p_m(x_i) / Σ_k λ_k·p_k(x_i),   λ_m ← (Σ_i r_im + s·λ⁰_m) / (n + s)
 *
 * Each step lowers −Σ_i log Σ_m λ_m·p_m(x_i) − s·Σ_m λ⁰_m·log λ_m, which is convex, until the minimum. With a positive
 * strength and prior all weights stay positive.
 *
 * @param rows of the examples to fit @param iterations maximum number of steps
 * @returns `[members]`, adding up to 1
 */
export function fitLinear(
  examples: Examples,
  rows: Int32Array,
  { weights: prior, strength }: Prior,
  iterations = 1000,
): Float64Array {
  const { members } = examples;
  const weights = Float64Array.from(prior);
  if (rows.length + strength === 0) return weights;
  const likelihoods = relativeLikelihoods(examples, rows);
  let before = Infinity;
  for (let i = 0; i < iterations; i++) {
    const shares = Float64Array.from(prior, (p) => p * strength);
    let value = 0;
    for (let m = 0; m < members; m++) if (shares[m]! > 0) value -= shares[m]! * Math.log(weights[m]!);
    for (let at = 0; at < likelihoods.length; at += members) {
      let total = 0;
      for (let m = 0; m < members; m++) total += weights[m]! * likelihoods[at + m]!;
      for (let m = 0; m < members; m++) shares[m]! += (weights[m]! * likelihoods[at + m]!) / total;
      value -= Math.log(total);
    }
    if (before - value < MIN_GAIN) break;
    before = value;
    for (let m = 0; m < members; m++) weights[m] = shares[m]! / (rows.length + strength);
  }
  return weights;
}

/** `[rows, members]` p_m(x_i), divided by the largest of its row so that none is lost to rounding. */
function relativeLikelihoods(
  { members, outcomes, logProbabilities, targets }: Examples,
  rows: Int32Array,
): Float64Array {
  const likelihoods = new Float64Array(rows.length * members);
  rows.forEach((row, i) => {
    const log = (m: number): number => logProbabilities[(row * members + m) * outcomes + targets[row]!]!;
    let max = -Infinity;
    for (let m = 0; m < members; m++) max = Math.max(max, log(m));
    for (let m = 0; m < members; m++) likelihoods[i * members + m] = Math.exp(log(m) - max);
  });
  return likelihoods;
}
