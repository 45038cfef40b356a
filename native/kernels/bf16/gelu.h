// The GELU and its derivative for --precision bf16, where the result is rounded to 8 bits, an error of up to 2^-9:
// right to 2^-14 in about half the time of the exact one, which is most of the time that these models take.
#pragma once
#include "../math.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

// With a = |x|, no larger than 5, and the normal distribution's tail beyond it, tail = 1 - Phi(a):
//   tail = P(a)^16, P of degree 6, fitted to the 16th root of the tail: within 6.5e-5 of it
//   gelu x = max(x, 0) - |x| tail
//   gelu' x = d below 0 and 1 - d above, with d = tail - a e^(-a^2/2) / sqrt(2 pi) = tail Q(a), Q of degree 5,
//   weighted by the tail: within 2.4e-6, and 6.5e-5 of d
// Beyond 5, where the tail is below 3e-7 and d below 8e-6, both stay what they are there.
static LP_INLINE void normalTail(Vec x, Vec& a, Vec& tail) {
  a = smaller(splat(5.0f), magnitude(x));  // in this order, NaN stays NaN
  Vec p = splat(1.2366183455e-6f);
  p = p * a + splat(-6.2155471824e-5f);
  p = p * a + splat(7.7188003343e-4f);
  p = p * a + splat(-1.5656230971e-3f);
  p = p * a + splat(-1.7610035837e-2f);
  p = p * a + splat(-4.7829654068e-2f);
  p = p * a + splat(0.95760715008f);
  p *= p;
  p *= p;
  p *= p;
  tail = p * p;
}

static LP_COMPACT_INLINE Vec gelu(Vec x) {
  Vec a, tail;
  normalTail(x, a, tail);
  return larger(x, splat(0.0f)) - magnitude(x) * tail;
}

static LP_COMPACT_INLINE void geluWithDerivative(Vec x, Vec& value, Vec& derivative) {
  Vec a, tail;
  normalTail(x, a, tail);
  value = larger(x, splat(0.0f)) - magnitude(x) * tail;
  Vec q = splat(-1.6839697491e-3f);
  q = q * a + splat(0.019890464842f);
  q = q * a + splat(-0.10823752731f);
  q = q * a + splat(-0.63735866547f);
  q = q * a + splat(-0.79772597551f);
  q = q * a + splat(0.99999529123f);
  const Vec d = tail * q;
  derivative = x > splat(0.0f) ? splat(1.0f) - d : d;
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
