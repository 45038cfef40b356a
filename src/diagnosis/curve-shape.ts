import { mean } from '../statistics/mean-interval.js';

/**
 * Standard deviation of single epochs about a smooth curve, from the curve itself: the second differences d = y₍ₜ₋₁₎ −
 * 2 yₜ + y₍ₜ₊₁₎ of a straight curve with independent normal noise of standard deviation σ have the standard deviation
 * √6 σ, so that E|d| = √6 σ √(2/π) (after Gasser, Sroka and Jennen-Steinmetz, 1986, who square where this takes
 * absolute values, which a single spike does not rule). What bends within three epochs counts as noise, so that the
 * steep first epochs are left out where there are enough: the later half is used, and at least 8 epochs.
 *
 * NaN for fewer than three values. Not changed by adding a constant or a straight line.
 */
export function noiseOf(values: readonly number[]): number {
  const used = values.slice(-Math.max(8, Math.ceil(values.length / 2)));
  const differences: number[] = [];
  for (let i = 1; i + 1 < used.length; i++) differences.push(Math.abs(used[i - 1]! - 2 * used[i]! + used[i + 1]!));
  return mean(differences) * Math.sqrt(Math.PI / 12);
}

/**
 * Means of three neighbours: a curve without most of its noise. Two values fewer; none for fewer than three. All of
 * them are of three, also at the ends, so that a mean of a steep curve's end is not compared with one that lies half an
 * epoch beside it.
 */
export function meansOfThree(values: readonly number[]): number[] {
  return values.slice(2).map((_, i) => mean(values.slice(i, i + 3)));
}

/** A line through the end of a curve. */
export interface Trend {
  /** Values that it is fitted to. */
  readonly epochs: number;
  /** Change per epoch. */
  readonly slope: number;
  /** Standard error of the slope, where the noise is independent. */
  readonly error: number;
}

/**
 * Least-squares line through the last fifth of a curve, but at least 5 and at most 20 values. A fifth, because a trend
 * of the end is asked for; 20, because a long training may end long after it has become flat.
 *
 * @param noise standard deviation of single values, as of {@link noiseOf}
 */
export function trendOf(values: readonly number[], noise: number): Trend {
  const epochs = Math.min(values.length, Math.max(5, Math.min(20, Math.round(values.length / 5))));
  const used = values.slice(-epochs);
  const middle = (epochs - 1) / 2;
  let squares = 0;
  let products = 0;
  used.forEach((value, i) => {
    squares += (i - middle) ** 2;
    products += (i - middle) * value;
  });
  return { epochs, slope: products / squares, error: noise / Math.sqrt(squares) };
}

/** Place of the lowest value, the first of equal ones; −1 where none is finite. */
export function placeOfLowest(values: readonly number[]): number {
  let place = -1;
  values.forEach((value, i) => {
    if (Number.isFinite(value) && (place < 0 || value < values[place]!)) place = i;
  });
  return place;
}
