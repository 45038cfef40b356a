import { LetterpressError } from '../errors.js';
import { softmax } from '../softmax.js';

/** How far above 1 the sum of a row of probabilities in float32 may come to lie. */
const ROUNDING = 1e-6;

/**
 * Entropy of a distribution in nats (Shannon, 1948): H(p) = −Σ p_i ln p_i, with 0 ln 0 = 0. From 0 for a certain
 * outcome to ln n for n equally probable ones; NaN where one is no probability.
 *
 * @param probabilities not below 0, with the sum 1
 * @example entropy([0.5, 0.5]); // Math.LN2
 */
export function entropy(probabilities: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < probabilities.length; i++) {
    const probability = probabilities[i]!;
    if (!(probability >= 0 && probability <= 1 + ROUNDING)) return NaN;
    if (probability > 0) total -= probability * Math.log(probability);
  }
  return total;
}

/**
 * A distribution at another temperature: p_i^{1/τ} / Σ_j p_j^{1/τ}, which is e^{z_i/τ} / Σ_j e^{z_j/τ} for logits z. At
 * τ = 1 it is the distribution itself; below, the probable outcomes become more probable, down to the most probable one
 * alone as τ → 0; above, all of them become alike. Its entropy grows with τ.
 *
 * @param logProbabilities ln p_i, or logits: adding a constant changes nothing
 * @returns probabilities, with the sum 1
 * @throws BAD_OPTION for a temperature that is not above 0; BAD_INPUT if no outcome is possible
 * @example temper([Math.log(0.8), Math.log(0.2)], 0.5); // [16 / 17, 1 / 17]
 */
export function temper(logProbabilities: ArrayLike<number>, temperature: number): Float64Array {
  if (!(temperature > 0 && Number.isFinite(temperature)))
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a temperature above 0, got ${temperature}`,
      'A temperature near 0, such as 0.01, gives the most probable outcome.',
    );
  const most = Math.max(...Array.from(logProbabilities));
  if (!Number.isFinite(most))
    throw new LetterpressError(
      'BAD_INPUT',
      `expected log-probabilities with a finite largest one, got ${most} as the largest of ${logProbabilities.length}`,
      'The model that they come from has diverged, or the array is empty.',
    );
  return softmax(logProbabilities, 0, logProbabilities.length, temperature);
}

/**
 * Mean entropy of the distributions that characters were drawn from, in nats per character; every distribution counts
 * once, whichever text it belongs to. NaN when there is none.
 *
 * @param distributions one for each character that was drawn, ends of texts included, as they were drawn from
 */
export function entropyPerCharacter(distributions: Iterable<ArrayLike<number>>): number {
  let [total, count] = [0, 0];
  for (const distribution of distributions) {
    total += entropy(distribution);
    count++;
  }
  return total / count;
}
