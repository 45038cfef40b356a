/**
 * Successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization",
 * AISTATS 2016).
 */
import type { TuneOptions } from './tune-options.js';

export interface Rung {
  readonly trials: number;
  readonly epochs: number;
}

/**
 * The rounds of a search: all trials for few epochs, then the best `1 / eta` of them for `eta` times as many, up to
 * `epochs`. Every trial of a rung is trained from the beginning, with a schedule that ends there: only whole schedules
 * can be compared.
 *
 * @param trials in the first rung @param epochs in the last one @param minEpochs in the first one, at least
 * @returns from the first to the last, each with one trial at least
 *
 * @example planRungs({ trials: 27, epochs: 36, minEpochs: 4, eta: 3 }) // 27 × 4, 9 × 12, 3 × 36 epochs
 */
export function planRungs({
  trials,
  epochs,
  minEpochs,
  eta,
}: Pick<TuneOptions, 'trials' | 'epochs' | 'minEpochs' | 'eta'>): Rung[] {
  const rungs: Rung[] = [{ trials, epochs }];
  let share = eta;
  // From the last rung down to the first, as long as there are epochs to divide and trials to leave out.
  while (epochs / share >= minEpochs && Math.floor(trials / share) >= 1) {
    rungs.unshift({ trials, epochs: Math.max(1, Math.round(epochs / share)) });
    share *= eta;
  }
  return rungs.map((rung, i) => ({ ...rung, trials: Math.max(1, Math.floor(trials / eta ** i)) }));
}

/** The results with the lowest values, lowest first; what is not finite comes last, equal ones in their order. */
export function promote<T>(results: readonly T[], count: number, valueOf: (result: T) => number): T[] {
  const rank = (result: T): number => (Number.isFinite(valueOf(result)) ? valueOf(result) : Number.MAX_VALUE);
  return [...results].sort((a, b) => rank(a) - rank(b)).slice(0, count); // stable
}
