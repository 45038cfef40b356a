import { regularizedBeta } from './special-functions.js';

/**
 * Probability that a variable of Student's t distribution is above t ≥ 0:
 * ½ I_x(ν/2, ½) with x = ν / (ν + t²) (Abramowitz and Stegun 26.7.1).
 */
function upperTail(t: number, freedom: number): number {
  const square = t * t;
  const x = freedom / (freedom + square);
  return 0.5 * regularizedBeta(x, freedom / 2, 0.5, square / (freedom + square));
}

/**
 * Probability that a variable of Student's t distribution is below t.
 *
 * @param freedom degrees of freedom, above 0, whole or not
 * @returns NaN for degrees of freedom that are not above 0
 */
export function studentTCdf(t: number, freedom: number): number {
  if (t === Infinity || t === -Infinity) return freedom > 0 ? (t > 0 ? 1 : 0) : NaN;
  const tail = upperTail(Math.abs(t), freedom);
  return t >= 0 ? 1 - tail : tail;
}

/**
 * Quantile of Student's t distribution: the t below which it lies with probability p. Found by halving an interval of
 * the distribution function, which is monotone, down to neighbouring numbers.
 *
 * @param p in (0, 1); 0 and 1 give −∞ and ∞
 * @param freedom degrees of freedom, above 0 and finite, whole or not
 * @returns NaN outside these ranges
 * @example studentTQuantile(0.975, 2); // 4.3027: half the width of a 95 % interval of three values, in standard errors
 */
export function studentTQuantile(p: number, freedom: number): number {
  if (!(p >= 0 && p <= 1 && freedom > 0 && Number.isFinite(freedom))) return NaN;
  if (p === 0.5) return 0;
  if (p < 0.5) return -quantileOfTail(p, freedom);
  return quantileOfTail(1 - p, freedom);
}

/** The t ≥ 0 above which the distribution lies with probability `tail` < ½. */
function quantileOfTail(tail: number, freedom: number): number {
  if (tail === 0) return Infinity;
  let low = 0;
  let high = 1;
  while (upperTail(high, freedom) > tail) {
    low = high;
    high *= 2;
    if (high === Infinity) return Infinity;
  }
  for (;;) {
    const middle = low + (high - low) / 2;
    if (middle <= low || middle >= high) return middle;
    if (upperTail(middle, freedom) > tail) low = middle;
    else high = middle;
  }
}
