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
 * log Γ(x) for x > 0. Stirling's series (DLMF 5.11.1) where it is exact to double precision, and
 * Γ(x + 1) = x Γ(x) to get there.
 */
function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  // From 10 on the series' first term left out is below 1e-16.
  while (shifted < 10) product *= shifted++;
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  // B₂ₖ / (2k (2k − 1)) of the Bernoulli numbers B₂ … B₁₄.
  const terms = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156];
  let series = 0;
  for (const term of terms.reverse()) series = series * square + term;
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + 0.5 * Math.log(2 * Math.PI) + series * inverse - Math.log(product)
  );
}

/**
 * Regularised incomplete beta function I_x(a, b): the probability that a beta variable of shapes a and b is below x.
 * By the continued fraction of DLMF 8.17.22 with Lentz's method, on the side of the mean where it converges fast.
 *
 * @param complement 1 − x, which callers know more exactly than the subtraction
 */
function regularizedBeta(x: number, a: number, b: number, complement: number): number {
  if (x === 0) return 0;
  if (complement === 0) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(complement, b, a, x);
  const logFactor =
    a * Math.log(x) + b * Math.log(complement) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a);
  return Math.exp(logFactor) * betaFraction(x, a, b);
}

/** 1 / (1 + d₁/(1 + d₂/(1 + …))) with the coefficients of DLMF 8.17.23. */
function betaFraction(x: number, a: number, b: number): number {
  const notZero = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / notZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  // It takes about √max(a, b) turns.
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / notZero(1 + even * d);
    c = notZero(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / notZero(1 + odd * d);
    c = notZero(1 + odd / c);
    const step = c * d;
    fraction *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return fraction;
}
