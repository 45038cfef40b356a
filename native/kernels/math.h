// e^x, and the GELU with its derivative, to float32 accuracy. Measured against float64: e^x is right to 8.1e-8; the
// GELU's relative error is below 8e-7 from -3 on and 5e-6 at -10, where e^(-x^2/2) magnifies the rounding of its
// exponent (below -13 it is some 1e-37 instead of less); its derivative's absolute error is below 1.7e-7.
#pragma once
#include "vector.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

// 1.5 * 2^23: adding it to a small number rounds that to an integer, which is then in the last bits.
constexpr float kRound = 12582912.0f;

// e^x for x in [-87, 88]; smaller x give e^-87 (1.6e-38), larger ones e^88.
// x = n ln 2 + r with |r| <= ln 2 / 2; e^r = 1 + r + r^2 Q(r) with Q fitted by least squares on Chebyshev
// nodes, weighted to even out the relative error (3.6e-9 before rounding); 2^n goes into the exponent.
static LP_INLINE Vec exponential(Vec x) {
  x = smaller(larger(x, splat(-87.0f)), splat(88.0f));
  const Vec magic = splat(kRound);
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

// e^(-x^2/2), and the normal distribution's tail beyond |x|, both of the GELU's making.
//
// gauss = 2^y with y = -x^2 / (2 ln 2) = n + f, |f| <= 1/2; 2^f is a polynomial of degree 5 (9.2e-8), and 2^n goes into
// the exponent. Rounding y costs |y| units of the last place, but only where the result is small.
// tail = 1 - Phi(|x|) = gauss * t * P(t) with t = 1 / (1 + 0.3 |x|). P of degree 7 was fitted on 0 <= |x| <= 13.2 by
// reweighted least squares to 1e-8 of the tail's largest value, 1/2, and to 1.9e-7 of the tail itself.
static LP_INLINE void normalTail(Vec x, Vec absolute, Vec& tail, Vec& gauss) {
  const Vec t = splat(1.0f) / (splat(0.3f) * absolute + splat(1.0f));
  const Vec y = larger(x * x * splat(-0.721347520f), splat(-126.0f));
  const Vec shifted = y + splat(kRound);
  const Vec f = y - (shifted - splat(kRound));
  Vec q = splat(0.001326472731f);
  q = q * f + splat(0.009671512991f);
  q = q * f + splat(0.05550733581f);
  q = q * f + splat(0.2402224243f);
  q = q * f + splat(0.6931470037f);
  q = q * f + splat(1.0f);
  gauss = (Vec)((IntVec)q + ((IntVec)shifted << 23));  // the bits of kRound itself are shifted out
  Vec p = splat(0.0362213403f);
  p = p * t + splat(-0.1592586786f);
  p = p * t + splat(0.2094978839f);
  p = p * t + splat(-0.0562032908f);
  p = p * t + splat(0.1296964437f);
  p = p * t + splat(0.0996280089f);
  p = p * t + splat(0.1207908839f);
  p = p * t + splat(0.1196274161f);
  tail = gauss * (p * t);
}

static LP_INLINE Vec magnitude(Vec x) { return (Vec)((IntVec)x & 0x7fffffff); }

// x Phi(x) = max(x, 0) - |x| tail, on either side of 0 and without cancellation.
static LP_INLINE Vec gelu(Vec x) {
  const Vec absolute = magnitude(x);
  Vec tail, gauss;
  normalTail(x, absolute, tail, gauss);
  return larger(x, splat(0.0f)) - absolute * tail;
}

// gelu(x) and its derivative Phi(x) + x e^(-x^2/2) / sqrt(2 pi), where Phi is tail below 0, and 1 - tail above.
static LP_INLINE void geluWithDerivative(Vec x, Vec& value, Vec& derivative) {
  const Vec absolute = magnitude(x);
  Vec tail, gauss;
  normalTail(x, absolute, tail, gauss);
  value = larger(x, splat(0.0f)) - absolute * tail;
  const Vec step = (Vec)((IntVec)splat(1.0f) & (x > splat(0.0f)));
  const Vec signedTail = (Vec)((IntVec)tail ^ (((IntVec)x ^ -1) & (-0x7fffffff - 1)));
  derivative = x * gauss * splat(0.398942280f) + (step + signedTail);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
