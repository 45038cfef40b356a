import { LetterpressError } from './errors.js';

/**
 * The distribution over the next token, p_i = e^{z_i/τ} / Σ_j e^{z_j/τ}: docs/notebook.md, section 8.
 *
 * @param logits `[…, vocabulary]`, read from `at` @returns `[vocabulary]`, adding up to 1
 */
export function softmax(logits: ArrayLike<number>, at: number, vocabulary: number, temperature: number): Float64Array {
  const weights = temperedWeights(logits, at, vocabulary, temperature);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

/** e^{z_i/τ} up to a common factor, by which the largest is 1. */
export function temperedWeights(
  logits: ArrayLike<number>,
  at: number,
  vocabulary: number,
  temperature: number,
): Float64Array {
  const weights = new Float64Array(vocabulary);
  let max = -Infinity;
  for (let v = 0; v < vocabulary; v++) max = Math.max(max, logits[at + v]!);
  checkPrediction(max);
  for (let v = 0; v < vocabulary; v++) weights[v] = Math.exp((logits[at + v]! - max) / temperature);
  return weights;
}

/**
 * Weights may be finite and too large to compute with: nothing is to be read from what comes out then.
 *
 * @throws LetterpressError BAD_RUN for NaN and infinity
 */
export function checkPrediction(value: number): void {
  if (Number.isFinite(value)) return;
  throw new LetterpressError(
    'BAD_RUN',
    `expected numbers from the model, got ${value}: its weights are too large to compute with`,
    'Use another model, or train again with a lower learning rate.',
  );
}

/** log Σ e^z of `count` logits from `at`; without the largest, which is taken out, the sum could overflow. */
export function logSumExp(logits: ArrayLike<number>, at: number, count: number): number {
  let max = -Infinity;
  for (let v = 0; v < count; v++) max = Math.max(max, logits[at + v]!);
  let sum = 0;
  for (let v = 0; v < count; v++) sum += Math.exp(logits[at + v]! - max);
  return max + Math.log(sum);
}
