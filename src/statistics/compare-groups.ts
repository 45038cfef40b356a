import { LetterpressError } from '../errors.js';
import { formatNumber } from '../format.js';
import { checkNames } from '../parse-options.js';
import { meanInterval, type Interval, type MeanInterval } from './mean-interval.js';
import { studentTQuantile } from './student-t.js';

/** Results of runs that differ by their seeds alone. */
export interface Group {
  readonly name: string;
  /** One figure a run, such as its test NLL. Figures that are not finite are left out and counted. */
  readonly values: readonly number[];
}

export interface GroupSummary extends MeanInterval {
  readonly name: string;
  /** Runs whose figure is not finite, so that `count` and `mean` are without them: diverged or unfinished ones. */
  readonly leftOut: number;
}

/**
 * What a difference was compared with:
 * - `both-spreads`: both groups have several runs; Welch's t interval of the difference.
 * - `one-spread`: one group has a single run, and is taken to spread as the other one does; Student's t interval.
 * - `margin`: a single run each, so no spread is known; a fixed share of the figure, see {@link SINGLE_RUN_MARGIN}.
 * - `nothing`: a group has no finite figure.
 */
export type ComparisonBasis = 'both-spreads' | 'one-spread' | 'margin' | 'nothing';

export interface GroupComparison {
  readonly first: GroupSummary;
  readonly second: GroupSummary;
  readonly basis: ComparisonBasis;
  /** Mean of the first minus mean of the second. */
  readonly difference: number;
  /**
   * Interval of the difference: of `both-spreads` and `one-spread` a confidence interval; of `margin` the difference ±
   * the margin, which has no level (NaN).
   */
  readonly interval: Interval;
  /** The better one, if the interval leaves out 0; else the data do not say which is better. */
  readonly better: 'first' | 'second' | undefined;
}

export interface CompareOptions {
  /** For NLLs `lower`, which is taken where not given; for top-1 `higher`. */
  readonly betterIs?: 'lower' | 'higher';
  /** Of the intervals; 0.95 where not given. */
  readonly level?: number;
}

/**
 * How much two single runs must differ, as a share of the smaller figure, before one is called better: 2 %, or about 2
 * nats per text at an NLL of 100. It is a convention, not a test. Its reason: three seeds of one model
 * (docs/training.md, epoch 2 of 87k) spread by a standard deviation of 0.57 nats at 102, which is 0.56 %; the
 * difference of two such runs spreads by √2 of that, 0.8 %, and stays within 2.5 times as much, 2 %, in about 99 of 100
 * pairs.
 */
export const SINGLE_RUN_MARGIN = 0.02;

/**
 * Compares two groups of runs: is the difference of their means larger than seed-to-seed variation?
 *
 * With several runs in each, by Welch's interval (Welch, 1947), which lets the groups spread differently: d ± t(ν)
 * √(s₁²/n₁ + s₂²/n₂), ν = (s₁²/n₁ + s₂²/n₂)² / (s₁⁴/(n₁²(n₁−1)) + s₂⁴/(n₂²(n₂−1))). With few seeds only large
 * differences are found: that none is found does not show that there is none. Comparing many pairs finds
 * some by chance: of 20 pairs that do not differ, one at a level of 0.95.
 *
 * @throws LetterpressError BAD_OPTION for a level that is not between 0 and 1, another `betterIs`, or an unknown option
 * @example
 * compareGroups({ name: '87k', values: [98.3, 98.9] }, { name: '557k', values: [91.0, 90.6] }).better; // 'second'
 */
export function compareGroups(first: Group, second: Group, options: CompareOptions = {}): GroupComparison {
  checkNames(options, { betterIs: true, level: true }, 'compareGroups');
  const { betterIs = 'lower', level = 0.95 } = options;
  if (!['lower', 'higher'].includes(betterIs))
    throw new LetterpressError('BAD_OPTION', `expected lower or higher (betterIs), got ${betterIs}`);
  const [a, b] = [summarizeGroup(first, level), summarizeGroup(second, level)];
  const basis = basisOf(a.count, b.count);
  const difference = a.mean - b.mean;
  const reach = reachOf(basis, a, b, level);
  const interval: Interval = {
    low: difference - reach,
    high: difference + reach,
    level: basis === 'margin' ? NaN : level,
  };
  const lower = interval.high < 0 ? 'first' : interval.low > 0 ? 'second' : undefined;
  const better = betterIs === 'lower' ? lower : lower && other[lower];
  return { first: a, second: b, basis, difference, interval, better };
}

/** Mean, spread and confidence interval of a group, without its figures that are not finite. */
export function summarizeGroup({ name, values }: Group, level = 0.95): GroupSummary {
  const finite = values.filter(Number.isFinite);
  return { name, ...meanInterval(finite, level), leftOut: values.length - finite.length };
}

/** Whether a comparison is without some of the seeds, which have no finite figure. */
export function seedsLeftOut({ first, second }: Pick<GroupComparison, 'first' | 'second'>): boolean {
  return first.leftOut + second.leftOut > 0;
}

const other = { first: 'second', second: 'first' } as const;

function basisOf(first: number, second: number): ComparisonBasis {
  if (first === 0 || second === 0) return 'nothing';
  if (first === 1 && second === 1) return 'margin';
  return first === 1 || second === 1 ? 'one-spread' : 'both-spreads';
}

/** Half the width of the interval of the difference; NaN where there is nothing to compare. */
function reachOf(basis: ComparisonBasis, a: GroupSummary, b: GroupSummary, level: number): number {
  if (basis === 'nothing') return NaN;
  if (basis === 'margin') return SINGLE_RUN_MARGIN * Math.min(Math.abs(a.mean), Math.abs(b.mean));
  const quantile = (freedom: number) => studentTQuantile((1 + level) / 2, freedom);
  if (basis === 'one-spread') {
    // Student's test of two groups: a group of one adds nothing to the pooled variance, and takes away no freedom.
    const known = a.count > 1 ? a : b;
    if (known.standardDeviation === 0) return 0;
    return quantile(known.count - 1) * known.standardDeviation * Math.sqrt(1 + 1 / known.count);
  }
  const [u, v] = [a.standardError ** 2, b.standardError ** 2];
  if (u + v === 0) return 0;
  const freedom = (u + v) ** 2 / (u ** 2 / (a.count - 1) + v ** 2 / (b.count - 1));
  return quantile(freedom) * Math.sqrt(u + v);
}

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
 * // '557k has a better test NLL than 87k: 90.80 against 98.60 nats per text, a difference of 7.80 (95 % interval …).'
 */
export function describeComparison(comparison: GroupComparison, quantity: ComparedQuantity): string {
  const { basis, better, interval } = comparison;
  const figure = (value: number) => formatNumber(value, quantity.decimals);
  const unit = quantity.unit === '' ? '' : ` ${quantity.unit}`;
  if (basis === 'nothing') {
    const names = [comparison.first, comparison.second].map(({ name }) => name);
    const missing = names.filter((_, i) => [comparison.first, comparison.second][i]!.count === 0);
    return `${names.join(' and ')} are not compared: the ${quantity.name} of ${missing.join(' and ')} is not known.`;
  }
  const winner = comparison[better ?? 'first'];
  const loser = comparison[other[better ?? 'first']];
  const difference = figure(Math.abs(comparison.difference));
  const figures = `${figure(winner.mean)} against ${figure(loser.mean)}${unit}, a difference of ${difference}`;
  // Significance is a matter of a spread, which single runs do not show.
  const none = basis === 'margin' ? 'do not differ clearly' : 'show no significant difference';
  const lead =
    better === undefined
      ? `${winner.name} and ${loser.name} ${none} in ${quantity.name}`
      : `${winner.name} has a better ${quantity.name} than ${loser.name}`;
  if (basis === 'margin' && comparison.difference === 0) {
    const equal = `${winner.name} and ${loser.name} have the same ${quantity.name}: ${figure(winner.mean)}${unit}`;
    return `${equal}. ${singleSeeds(comparison, quantity)}`;
  }
  if (basis === 'margin') {
    const margin = `${(100 * SINGLE_RUN_MARGIN).toFixed(0)} %`;
    const size = better === undefined ? `less than ${margin}, which other seeds may reverse` : `more than ${margin}`;
    return `${lead}: ${figures}, ${size}. ${singleSeeds(comparison, quantity)}`;
  }
  // In the direction from the winner, or of the larger figure, so that the interval belongs to the difference as it is
  // given.
  const flipped = comparison.difference < 0;
  const ends = flipped ? [-interval.high, -interval.low] : [interval.low, interval.high];
  const range = `${(100 * interval.level).toFixed(0)} % interval ${figure(ends[0]!)} to ${figure(ends[1]!)}`;
  const single = comparison.first.count === 1 ? comparison.first : comparison.second;
  const one =
    single.leftOut === 0 ? `${single.name} has one seed` : `Only one seed of ${single.name} has a ${quantity.name}`;
  const borrowed = basis === 'one-spread' ? ` ${one}; its spread is assumed to be the other's.` : '';
  return `${lead}: ${figures} (${range}).${borrowed}`;
}

function singleSeeds(comparison: GroupComparison, { name }: ComparedQuantity): string {
  return `${seedsLeftOut(comparison) ? `Only one seed of each has a ${name}` : 'One seed each'}: no spread is known.`;
}
