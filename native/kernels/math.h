// e^x, and the GELU with its derivative, to float32 accuracy. Measured against float64: the GELU's relative error is
// below 5e-7 from -3 on and grows to 4e-6 at -13, where e^(-x^2/2) magnifies the rounding of its exponent; the
// derivative's absolute error is below 2e-7.
#pragma once
#include "vector.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

// e^x for x in [-87, 88]; smaller x give e^-87 (1.6e-38), larger ones e^88.
// x = n ln 2 + r with |r| <= ln 2 / 2; e^r = 1 + r + r^2 Q(r) with Q fitted by least squares on Chebyshev
// nodes, weighted to even out the relative error (3.6e-9 before rounding); 2^n goes into the exponent.
static LP_INLINE Vec exponential(Vec x) {
  x = select(x < splat(-87.0f), splat(-87.0f), x);
  x = select(x > splat(88.0f), splat(88.0f), x);
  const Vec magic = splat(12582912.0f);  // 1.5 * 2^23: adding it rounds to an integer
  const Vec shifted = x * splat(1.44269504f) + magic;
  const Vec n = shifted - magic;
  Vec r = x - n * splat(0.693145752f);  // ln 2 in two parts, the first with few bits: n * first is exact
  r = r - n * splat(1.42860677e-6f);
  Vec q = splat(0.00137513888f);
  q = q * r + splat(0.00836892147f);
  q = q * r + splat(0.0416695327f);
  q = q * r + splat(0.166665182f);
  q = q * r + splat(0.49999988f);
  const Vec power = q * (r * r) + r + splat(1.0f);
  const IntVec exponent = ((IntVec)shifted - (IntVec)magic) << 23;
  return (Vec)((IntVec)power + exponent);
}

// Phi(x), the normal distribution function, and e^(-x^2/2), which comes along for the derivative.
// With z = |x| / sqrt 2 and t = 1 / (1 + 0.4 z): erfc z = e^(-z^2) t P(t), P of degree 9 fitted to
// e^(z^2) erfc z on 0 <= z <= 9.5 in relative error (7e-9 before rounding).
static LP_INLINE void normalCdf(Vec x, Vec& cdf, Vec& gauss) {
  const Vec absolute = select(x < splat(0.0f), -x, x);
  const Vec z = absolute * splat(0.707106781f);
  const Vec t = splat(1.0f) / (splat(0.4f) * z + splat(1.0f));
  gauss = exponential(splat(-0.5f) * x * x);
  Vec p = splat(-0.030596828f);
  p = p * t + splat(0.20348297f);
  p = p * t + splat(-0.5117406f);
  p = p * t + splat(0.5647787f);
  p = p * t + splat(-0.2988866f);
  p = p * t + splat(0.27991822f);
  p = p * t + splat(0.12694229f);
  p = p * t + splat(0.21551125f);
  p = p * t + splat(0.22488f);
  p = p * t + splat(0.22571066f);
  const Vec tail = splat(0.5f) * gauss * (p * t);
  cdf = select(x < splat(0.0f), tail, splat(1.0f) - tail);
}

static LP_INLINE Vec gelu(Vec x) {
  Vec cdf, gauss;
  normalCdf(x, cdf, gauss);
  return x * cdf;
}

// gelu(x) and its derivative Phi(x) + x e^(-x^2/2) / sqrt(2 pi).
static LP_INLINE void geluWithDerivative(Vec x, Vec& value, Vec& derivative) {
  Vec cdf, gauss;
  normalCdf(x, cdf, gauss);
  value = x * cdf;
  derivative = cdf + x * gauss * splat(0.398942280f);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
