// MLPs whose hidden layer is kept for the gradient, as it is before the activation: out = f(x W1^T + b1) W2^T + b2, and
// the gated one out = (silu(x Wg^T) * (x Wu^T)) W2^T with W1 = [Wg, Wu]. x [rows, D], W2 [D, hidden].
//
// Tasks are blocks of rows: a block's hidden layer, kept and activated, is used again while it lies in the thread's
// cache. (mlp.h makes the hidden layer again instead: for narrow models, whose products take less than the memory.)
#pragma once
#include "linear.h"
#include "mlp.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

static LP_INLINE Vec sigmoid(Vec x) { return splat(1.0f) / (splat(1.0f) + exponential(-x)); }

// What becomes of a hidden unit, of which kKept numbers are kept.
struct Gelu {
  static constexpr int kKept = 1;
  static LP_INLINE Vec value(const Vec (&kept)[kKept]) { return gelu(kept[0]); }
  static LP_INLINE void gradient(const Vec (&kept)[kKept], Vec grad, Vec& value, Vec (&gradKept)[kKept]) {
    geluWithDerivative(kept[0], value, gradKept[0]);
    gradKept[0] *= grad;
  }
};

// silu(gate) * up
struct Gated {
  static constexpr int kKept = 2;
  static LP_INLINE Vec value(const Vec (&kept)[kKept]) { return kept[0] * sigmoid(kept[0]) * kept[1]; }
  static LP_INLINE void gradient(const Vec (&kept)[kKept], Vec grad, Vec& value, Vec (&gradKept)[kKept]) {
    const Vec s = sigmoid(kept[0]), silu = kept[0] * s;
    value = silu * kept[1];
    gradKept[0] = grad * kept[1] * (s + silu * (splat(1.0f) - s));
    gradKept[1] = grad * silu;
  }
};

// What is kept of some hidden units of a row: [kKept][hidden].
template <int N>
static LP_INLINE void loadKept(const float* row, int hidden, int count, Vec (&kept)[N]) {
  for (int i = 0; i < N; i++) kept[i] = loadColumns(row + i * hidden, count);
}

template <class Activation>
static void activate(int rows, int hidden, const float* kept, float* activated) {
  for (long r = 0; r < rows; r++, kept += Activation::kKept * hidden, activated += hidden) {
    overColumns<kSmall>(hidden, [&](int c, int count) {
      Vec units[Activation::kKept];
      loadKept(kept + c, hidden, count, units);
      storeColumns(activated + c, Activation::value(units), count);
    });
  }
}

// Kept becomes its gradient; `grad`, that of the activated rows, becomes the activated rows.
template <class Activation>
static void gradientOf(int rows, int hidden, float* kept, float* grad) {
  for (long r = 0; r < rows; r++, kept += Activation::kKept * hidden, grad += hidden) {
    overColumns<kSmall>(hidden, [&](int c, int count) {
      Vec units[Activation::kKept], gradKept[Activation::kKept], value;
      loadKept(kept + c, hidden, count, units);
      Activation::gradient(units, loadColumns(grad + c, count), value, gradKept);
      storeColumns(grad + c, value, count);
      for (int i = 0; i < Activation::kKept; i++) storeColumns(kept + i * hidden + c, gradKept[i], count);
    });
  }
}

template <class Activation>
static void keptMlp(Pool& pool, const Mlp& a) {
  const Linear up = upOf(a, Activation::kKept);
  if (a.rows <= 4) {  // passes over the weights as they lie
    float* activated = pool.shared(2, static_cast<long>(a.rows) * a.hidden);
    linearFewRows(pool, up);
    activate<Activation>(a.rows, a.hidden, a.kept, activated);
    return linearFewRows(pool, downOf(a, activated));
  }
  const float* packed1 = packOutputs(pool, 0, a.weight1, a.width, up.outputs);
  const float* packed2 = packOutputs(pool, 1, a.weight2, a.hidden, a.width);
  pool.reserve(static_cast<long>(kRowBlock) * a.hidden);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    float *kept = a.kept + first * up.outputs, *activated = pool.scratch(thread);
    timesPanels(rows, a.x + first * a.width, a.width, packed1, up.outputs, a.bias1, kept);
    activate<Activation>(rows, a.hidden, kept, activated);
    timesPanels(rows, activated, a.hidden, packed2, a.width, a.bias2, a.out + first * a.width);
  });
}

// With g the activated rows: dg = dout W2, then that of what was kept, dx = dh W1, dW2 = dout^T g, dW1 = dh^T x.
template <class Activation>
static void keptMlpGradient(Pool& pool, const Mlp& a) {
  const int keptWidth = Activation::kKept * a.hidden;
  const float* packed1 = packInputs(pool, 0, a.weight1, a.width, keptWidth);
  const float* packed2 = packInputs(pool, 1, a.weight2, a.hidden, a.width);
  float* activated = pool.shared(2, static_cast<long>(a.rows) * a.hidden);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int) {
    float *kept = a.kept + first * keptWidth, *block = activated + first * a.hidden;
    timesPanels(rows, a.gradOut + first * a.width, a.width, packed2, a.hidden, nullptr, block);
    gradientOf<Activation>(rows, a.hidden, kept, block);
    timesPanels(rows, kept, keptWidth, packed1, a.width, nullptr, a.gradX + first * a.width, !a.sets);
  });
  linearGradientWeight(pool, upOf(a, Activation::kKept));
  linearGradientWeight(pool, downOf(a, activated));
}

static void swigluMlp(Pool& pool, const Mlp& a) { keptMlp<Gated>(pool, a); }
static void swigluMlpGradient(Pool& pool, const Mlp& a) { keptMlpGradient<Gated>(pool, a); }

static void geluMlp(Pool& pool, const Mlp& a) { a.kept ? keptMlp<Gelu>(pool, a) : mlp(pool, a); }
static void geluMlpGradient(Pool& pool, const Mlp& a) {
  a.kept ? keptMlpGradient<Gelu>(pool, a) : mlpGradient(pool, a);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
