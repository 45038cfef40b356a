import { deviation, median as middle } from 'd3-array';
import { LetterpressError } from '../errors.js';
import { studentTQuantile } from './student-t.js';

/** Arithmetic mean. NaN for no values, and where a value is NaN. */
export function mean(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/**
 * Standard deviation of a sample: the square root of Σ(x − mean)² / (n − 1), so that its square is an unbiased
 * estimate. NaN for fewer than two values: one run has no spread that could be known; and where a value is NaN. Exactly
 * 0 where all values are equal.
 */
export function standardDeviation(values: readonly number[]): number {
  return values.some(Number.isNaN) ? NaN : (deviation(values) ?? NaN);
}

/** NaN for no values, and where a value is NaN. */
export function median(values: readonly number[]): number {
  return values.some(Number.isNaN) ? NaN : (middle(values) ?? NaN);
}

/** @throws LetterpressError BAD_OPTION for a level of confidence that is no share between 0 and 1, such as 95 */
export function checkLevel(level: number): void {
  if (!(level > 0 && level < 1))
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a level between 0 and 1, got ${level}`,
      'Give a share, such as 0.95.',
    );
}

/** A range that covers the true value with probability `level`, under what the function that made it assumes. */
export interface Interval {
  /** NaN where the data cannot say. */
  readonly low: number;
  readonly high: number;
  /** Between 0 and 1, e.g. 0.95. */
  readonly level: number;
}

/** A mean of a few values, and how well it is known. */
export interface MeanInterval extends Interval {
  readonly mean: number;
  readonly count: number;
  /** NaN for one value. */
  readonly standardDeviation: number;
  /** Standard deviation of the mean: that of the values / √count. */
  readonly standardError: number;
}

/**
 * Confidence interval of a mean by Student's t: mean ± t · s / √n, with n − 1 degrees of freedom. Right for few values,
 * if they are independent and about normal, as results of different seeds are.
 *
 * One value gives NaN for both ends, since nothing is known of its spread; no values, and NaN among them, give NaN
 * throughout. Equal values give an interval without width, which says that they are equal, not that the mean is
 * certain.
 *
 * @param level share of such intervals that cover the true mean, between 0 and 1
 * @throws LetterpressError BAD_OPTION for another level
 * @example meanInterval([88.1, 88.9, 88.4]); // mean 88.47, from 87.46 to 89.47
 */
export function meanInterval(values: readonly number[], level = 0.95): MeanInterval {
  checkLevel(level);
  const count = values.length;
  const centre = mean(values);
  const spread = standardDeviation(values);
  const standardError = spread / Math.sqrt(count);
  const reach = spread === 0 ? 0 : studentTQuantile((1 + level) / 2, count - 1) * standardError;
  return {
    mean: centre,
    low: centre - reach,
    high: centre + reach,
    level,
    count,
    standardDeviation: spread,
    standardError,
  };
}
