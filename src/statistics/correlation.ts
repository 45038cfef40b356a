import { LetterpressError } from '../errors.js';
import { mean } from './moments.js';

/**
 * Pearson's correlation: Σ(x − x̄)(y − ȳ) / √(Σ(x − x̄)² Σ(y − ȳ)²), between −1 and 1. How nearly one is a linear function of
 * the other.
 *
 * NaN where it is undefined: for fewer than two pairs, where a value is not finite, and where one of the series is constant,
 * since what never changes cannot change together with something.
 *
 * @throws LetterpressError `INTERNAL` where the series differ in length
 */
export function pearson(xs: readonly number[], ys: readonly number[]): number {
  if (xs.length !== ys.length)
    throw new LetterpressError(
      'INTERNAL',
      `expected two series of the same length, got ${xs.length} and ${ys.length} values`,
    );
  if (isConstant(xs) || isConstant(ys)) return NaN;
  const [u, v] = [deviations(xs), deviations(ys)];
  let uv = 0;
  let uu = 0;
  let vv = 0;
  for (let i = 0; i < u.length; i++) {
    uv += u[i]! * v[i]!;
    uu += u[i]! * u[i]!;
    vv += v[i]! * v[i]!;
  }
  // Rounding may lead out of the range by a bit or two.
  return Math.max(-1, Math.min(1, uv / Math.sqrt(uu * vv)));
}

/**
 * Spearman's correlation: Pearson's of the ranks, between −1 and 1. How nearly one is a monotone function of the other, be
 * it straight or not. Equal values share the mean of their ranks. Undefined, NaN, where {@link pearson} is.
 */
export function spearman(xs: readonly number[], ys: readonly number[]): number {
  if (![...xs, ...ys].every(Number.isFinite)) return NaN;
  return pearson(meanRanks(xs), meanRanks(ys));
}

/**
 * Ranks from 1 for the smallest value on; equal values get the mean of the ranks that they take up together.
 *
 * @example meanRanks([10, 30, 20, 20]); // [1, 4, 2.5, 2.5]
 */
export function meanRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((i, j) => values[i]! - values[j]!);
  const ranks = new Array<number>(values.length);
  for (let first = 0; first < order.length;) {
    const value = values[order[first]!];
    let end = first + 1;
    while (end < order.length && values[order[end]!] === value) end++;
    for (let i = first; i < end; i++) ranks[order[i]!] = (first + 1 + end) / 2;
    first = end;
  }
  return ranks;
}

const isConstant = (values: readonly number[]) => values.every((value) => value === values[0]);

/** Differences from the mean, divided by the largest, which does not change a correlation but cannot overflow. */
function deviations(values: readonly number[]): number[] {
  const centre = mean(values);
  const differences = values.map((value) => value - centre);
  const largest = differences.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
  return differences.map((each) => each / largest);
}
