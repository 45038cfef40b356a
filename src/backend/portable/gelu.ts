/**
 * Φ(x), the standard normal distribution function, to float64 accuracy: a Taylor series around 0 for the
 * body and Lentz's continued fraction of erfc for the tails (Abramowitz and Stegun 7.1.6 and 7.1.14).
 */
export function normalCdf(x: number): number {
  const z = Math.abs(x) / Math.SQRT2;
  const density = Math.exp(-z * z) / Math.sqrt(Math.PI);
  if (z < 2) {
    // erf z = 2/√π · e^{−z²} · Σ 2ⁿ z^{2n+1} / (1·3·5·…·(2n+1)): all terms positive, no cancellation
    let term = z;
    let sum = z;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * z * z) / (2 * n + 1);
      sum += term;
    }
    const half = density * sum; // erf(z) / 2
    return x < 0 ? 0.5 - half : 0.5 + half;
  }
  // √π e^{z²} erfc z = 1/(z + (1/2)/(z + 1/(z + (3/2)/(z + …)))), from the far end inwards
  let fraction = z;
  for (let k = 60; k >= 1; k--) fraction = z + k / 2 / fraction;
  const tail = density / fraction / 2;
  return x < 0 ? tail : 1 - tail;
}

/** GELU(x) = x·Φ(x), exact (Hendrycks and Gimpel, 2016). `cdf` is Φ(x). */
export function gelu(x: number, cdf = normalCdf(x)): number {
  return x * cdf;
}

/** d GELU / dx = Φ(x) + x·φ(x) */
export function geluGradient(x: number, cdf = normalCdf(x)): number {
  return cdf + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
