/**
 * Successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and hyperparameter optimization",
 * AISTATS 2016).
 */

/** One round: so many trials, each trained for so many epochs. */
export interface Rung {
  readonly trials: number;
  readonly epochs: number;
}

/**
 * The rounds of a search: all trials for few epochs, then the best `1 / eta` of them for `eta` times as many, up to
 * `epochs`. Every trial of a rung is trained from the beginning, with a schedule that ends there: only whole schedules
 * can be compared.
 *
 * @param trials in the first rung @param epochs in the last one @param least epochs in the first one, at least
 * @returns from the first to the last; the last one's epochs are `epochs`, and each has at least one trial
 *
 * @example planRungs({ trials: 27, epochs: 36, least: 4, eta: 3 }) // 27 × 4, 9 × 12, 3 × 36 epochs
 */
export function planRungs({
  trials,
  epochs,
  least,
  eta,
}: {
  readonly trials: number;
  readonly epochs: number;
  readonly least: number;
  readonly eta: number;
}): Rung[] {
  const rungs: Rung[] = [{ trials, epochs }];
  let share = eta;
  // From the last rung down to the first, as long as there are epochs to divide and trials to leave out.
  while (epochs / share >= least && Math.floor(trials / share) >= 1) {
    rungs.unshift({ trials, epochs: Math.max(1, Math.round(epochs / share)) });
    share *= eta;
  }
  return rungs.map((rung, i) => ({ ...rung, trials: Math.max(1, Math.floor(trials / eta ** i)) }));
}

/**
 * The trials that go on to the next rung: those with the lowest values, in the order of their values. What is not
 * finite comes last, equal ones come in their order.
 */
export function promote<T>(results: readonly T[], count: number, valueOf: (result: T) => number): T[] {
  const rank = (result: T): number => (Number.isFinite(valueOf(result)) ? valueOf(result) : Infinity);
  return results
    .map((result, i) => ({ result, i }))
    .sort((a, b) => compare(rank(a.result), rank(b.result)) || a.i - b.i)
    .slice(0, count)
    .map(({ result }) => result);
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
