// SwiGLU, the hidden layer of an MLP whose two products are calls of their own: silu(gate) * up.
#pragma once
#include "rows.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

static LP_INLINE Vec sigmoid(Vec x) { return splat(1.0f) / (splat(1.0f) + exponential(-x)); }

// Calls work(c, count) for columns c ... c + count - 1, whole vectors and perhaps a part of one at the end.
template <class Work>
static LP_INLINE void overColumns(int columns, Work work) {
  int c = 0;
  for (; c + W <= columns; c += W) work(c, std::integral_constant<int, W>());
  if (c < columns) work(c, columns - c);
}

// `count` is an int, or W as a constant where the vector is whole.
template <class Count>
static LP_INLINE Vec loadColumns(const float* p, Count count) {
  if constexpr (std::is_same<Count, int>::value) return loadPart(p, count);
  else return load(p);
}
template <class Count>
static LP_INLINE void storeColumns(float* p, Vec v, Count count) {
  if constexpr (std::is_same<Count, int>::value) storePart(p, v, count);
  else store(p, v);
}

static void swiglu(Pool& pool, const Swiglu& a) {
  const int hidden = a.hidden;
  overRows(pool, a.rows, [&](int first, int end, int) {
    for (int r = first; r < end; r++) {
      const float* x = a.x + 2L * r * hidden;
      float* out = a.out + static_cast<long>(r) * hidden;
      overColumns(hidden, [&](int c, auto count) {
        const Vec gate = loadColumns(x + c, count);
        storeColumns(out + c, gate * sigmoid(gate) * loadColumns(x + hidden + c, count), count);
      });
    }
  });
}

static void swigluGradient(Pool& pool, const Swiglu& a) {
  const int hidden = a.hidden;
  overRows(pool, a.rows, [&](int first, int end, int) {
    for (int r = first; r < end; r++) {
      const float* x = a.x + 2L * r * hidden;
      const float* grad = a.gradOut + static_cast<long>(r) * hidden;
      float* gradX = a.gradX + 2L * r * hidden;
      overColumns(hidden, [&](int c, auto count) {
        const Vec gate = loadColumns(x + c, count), up = loadColumns(x + hidden + c, count);
        const Vec g = loadColumns(grad + c, count), s = sigmoid(gate), silu = gate * s;
        storeColumns(gradX + c, g * up * (s + silu * (splat(1.0f) - s)), count);
        storeColumns(gradX + hidden + c, g * silu, count);
      });
    }
  });
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
