import { LetterpressError } from '../errors.js';
import { checkWholeNumber } from '../random.js';
import { temperedWeights } from '../softmax.js';

/** How the next character is sampled. */
export interface SamplingStrategy {
  /** Divides the logits: below 1 likely characters become likelier. */
  readonly temperature: number;
  /** Only the k most probable tokens, if given. */
  readonly topK?: number | undefined;
  /** Only the most probable tokens that together reach this probability, if given (Holtzman et al., 2020). */
  readonly topP?: number | undefined;
}

/** @throws LetterpressError BAD_OPTION for values out of range */
export function checkStrategy({ temperature, topK, topP }: SamplingStrategy): void {
  if (!(temperature > 0 && Number.isFinite(temperature))) {
    const fix = 'A temperature near 0, such as 0.01, gives the most probable characters.';
    throw new LetterpressError('BAD_OPTION', `expected a temperature above 0, got ${temperature}`, fix);
  }
  if (topK !== undefined) checkWholeNumber('top-k', topK, 1);
  if (topP !== undefined && !(topP > 0 && topP <= 1)) {
    throw new LetterpressError('BAD_OPTION', `expected a number above 0 and at most 1 for top-p, got ${topP}`);
  }
}

/**
 * Samples a token: p_i = e^{z_i/τ} / Σ_j e^{z_j/τ}, restricted by top-k and top-p, by inversion of `uniform`.
 *
 * @param logits `[…, vocabulary]`, read from `at` @param uniform in [0, 1)
 */
export function sampleToken(
  logits: ArrayLike<number>,
  at: number,
  vocabulary: number,
  strategy: SamplingStrategy,
  uniform: number,
): number {
  const weights = samplingWeights(logits, at, vocabulary, strategy);
  let left = uniform * sum(weights);
  let last = 0;
  for (let v = 0; v < vocabulary; v++) {
    if (weights[v] === 0) continue;
    last = v;
    left -= weights[v]!;
    if (left < 0) return v;
  }
  return last; // rounding may leave a crumb
}

/** What tokens are sampled by, up to a common factor: 0 for those that top-k or top-p excludes. */
export function samplingWeights(
  logits: ArrayLike<number>,
  at: number,
  vocabulary: number,
  strategy: SamplingStrategy,
): Float64Array {
  const weights = temperedWeights(logits, at, vocabulary, strategy.temperature);
  restrict(weights, strategy);
  return weights;
}

/** Sets the weights of excluded tokens to 0. */
function restrict(weights: Float64Array, { topK, topP }: SamplingStrategy): void {
  if (topK === undefined && topP === undefined) return;
  const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
  let keep = Math.min(topK ?? order.length, order.length);
  if (topP !== undefined) {
    const total = sum(order.slice(0, keep).map((v) => weights[v]!));
    let mass = 0;
    for (let i = 0; i < keep; i++) {
      mass += weights[order[i]!]!;
      if (mass >= topP * total) keep = i + 1;
    }
  }
  for (const v of order.slice(keep)) weights[v] = 0;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
