import { SINGLE_RUN_MARGIN, type GroupComparison, type GroupSummary } from './compare-groups.js';

/** What was compared, for sentences. */
export interface ComparedQuantity {
  /** E.g. `test NLL`. */
  readonly name: string;
  /** E.g. `nats per text`; empty for shares. */
  readonly unit: string;
  /** Decimals that figures are given with. */
  readonly decimals: number;
}

/**
 * A comparison in one or two plain sentences with its numbers, which claim no more than the comparison does.
 *
 * @example
 * describeComparison(comparison, { name: 'test NLL', unit: 'nats per text', decimals: 2 });
 * // '557k has a better test NLL than 87k: 90.80 against 98.60 nats per text, a difference of 7.80 (95 % interval 5.73 to 9.87).'
 */
export function describeComparison(comparison: GroupComparison, quantity: ComparedQuantity): string {
  const { basis, better, interval } = comparison;
  const figure = (value: number) => value.toFixed(quantity.decimals);
  const unit = quantity.unit === '' ? '' : ` ${quantity.unit}`;
  if (basis === 'nothing') {
    const missing = [comparison.first, comparison.second].filter(({ count }) => count === 0);
    const names = missing.map(({ name }) => name).join(' and ');
    return `The ${quantity.name} of ${names} is not known, so there is nothing to compare.`;
  }
  const [winner, other] =
    better === 'second' ? [comparison.second, comparison.first] : [comparison.first, comparison.second];
  const difference = figure(Math.abs(comparison.difference));
  const figures = `${figure(winner.mean)} against ${figure(other.mean)}${unit}, a difference of ${difference}`;

  if (basis === 'margin') {
    const margin = `${(100 * SINGLE_RUN_MARGIN).toFixed(0)} %`;
    const size = better === undefined ? `less than ${margin}, which other seeds may turn round` : `more than ${margin}`;
    const lead =
      better === undefined
        ? `${winner.name} and ${other.name} are not significantly different by their ${quantity.name}`
        : `${winner.name} has a better ${quantity.name} than ${other.name}`;
    return `${lead}: ${figures}, ${size}. One seed each: no spread is known.`;
  }
  // In the direction from the winner, or of the larger figure, so that the interval belongs to the difference as it is given.
  const flipped = comparison.difference < 0;
  const ends = flipped ? [-interval.high, -interval.low] : [interval.low, interval.high];
  const range = `${(100 * interval.level).toFixed(0)} % interval ${figure(ends[0]!)} to ${figure(ends[1]!)}`;
  const borrowed =
    basis === 'one-spread' ? ` ${singleOf(comparison).name} has one seed, and is taken to spread as the other.` : '';
  if (better === undefined)
    return `The seeds spread too much to tell ${winner.name} and ${other.name} apart by their ${quantity.name}: ${figures} (${range}).${borrowed}`;
  return `${winner.name} has a better ${quantity.name} than ${other.name}: ${figures} (${range}).${borrowed}`;
}

function singleOf({ first, second }: GroupComparison): GroupSummary {
  return first.count === 1 ? first : second;
}
