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

// Kept becomes its gradient; `grad`, that of the activated rows, becomes the activated rows.
static void gradientOfGelu(int rows, int hidden, float* kept, float* grad) {
  overColumns<kSmall>(rows * hidden, [&](int i, int part) {
    Vec value, derivative;
    geluWithDerivative(loadColumns(kept + i, part), value, derivative);
    storeColumns(kept + i, loadColumns(grad + i, part) * derivative, part);
    storeColumns(grad + i, value, part);
  });
}

// The hidden units of the gated one: silu(gate) * up.
struct Gated {
  Vec gate, up;

  // Some of a row of gates and then ups, from a gate on.
  static LP_INLINE Gated at(const float* row, int hidden, int count) {
    return {loadColumns(row, count), loadColumns(row + hidden, count)};
  }
  LP_INLINE Vec value() const { return gate * sigmoid(gate) * up; }
  // Returns the value too.
  LP_INLINE Vec gradient(Vec grad, Vec& gradGate, Vec& gradUp) const {
    const Vec s = sigmoid(gate), silu = gate * s;
    gradGate = grad * up * (s + silu * (splat(1.0f) - s));
    gradUp = grad * silu;
    return silu * up;
  }
};

static void activateGated(int rows, int hidden, const float* kept, float* activated) {
  for (long r = 0; r < rows; r++, kept += 2 * hidden, activated += hidden) {
    overColumns<kSmall>(hidden, [&](int c, int count) {
      storeColumns(activated + c, Gated::at(kept + c, hidden, count).value(), count);
    });
  }
}

static void gradientOfGated(int rows, int hidden, float* kept, float* grad) {
  for (long r = 0; r < rows; r++, kept += 2 * hidden, grad += hidden) {
    overColumns<kSmall>(hidden, [&](int c, int count) {
      Vec gradGate, gradUp;
      const Gated units = Gated::at(kept + c, hidden, count);
      storeColumns(grad + c, units.gradient(loadColumns(grad + c, count), gradGate, gradUp), count);
      storeColumns(kept + c, gradGate, count);
      storeColumns(kept + hidden + c, gradUp, count);
    });
  }
}

// How many numbers are kept for a hidden unit, and what becomes of a block of rows of them.
struct Activation {
  int kept;
  void (*activate)(int rows, int hidden, const float* kept, float* activated);
  void (*gradient)(int rows, int hidden, float* kept, float* grad);
};
constexpr Activation kGelu = {1, activateGelu, gradientOfGelu};
constexpr Activation kGated = {2, activateGated, gradientOfGated};

static void keptMlp(Pool& pool, const Mlp& a, const Activation& of) {
  const Linear up = upOf(a, of.kept);
  if (a.rows <= kFewRows || areSome(a.rows, a.width, up.outputs)) {  // passes over the weights as they lie
    float* activated = pool.shared(2, static_cast<long>(a.rows) * a.hidden);
    linear(pool, up);
    of.activate(a.rows, a.hidden, a.kept, activated);
    return linear(pool, downOf(a, activated));
  }
  const float* packed1 = packOutputs(pool, 0, a.weight1, a.width, up.outputs);
  const float* packed2 = packOutputs(pool, 1, a.weight2, a.hidden, a.width);
  pool.reserve(static_cast<long>(kRowBlock) * a.hidden);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    float *kept = a.kept + first * up.outputs, *activated = pool.scratch(thread);
    timesPanels(rows, a.x + first * a.width, a.width, packed1, up.outputs, a.bias1, kept);
    of.activate(rows, a.hidden, kept, activated);
    timesPanels(rows, activated, a.hidden, packed2, a.width, a.bias2, a.out + first * a.width);
  });
}

// With g the activated rows: dg = dout W2, then that of what was kept, dx = dh W1, dW2 = dout^T g, dW1 = dh^T x.
static void keptMlpGradient(Pool& pool, const Mlp& a, const Activation& of) {
  const int keptWidth = of.kept * a.hidden;
  const float* packed1 = packInputs(pool, 0, a.weight1, a.width, keptWidth);
  const float* packed2 = packInputs(pool, 1, a.weight2, a.hidden, a.width);
  float* activated = pool.shared(2, static_cast<long>(a.rows) * a.hidden);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int) {
    float *kept = a.kept + first * keptWidth, *block = activated + first * a.hidden;
    timesPanels(rows, a.gradOut + first * a.width, a.width, packed2, a.hidden, nullptr, block);
    of.gradient(rows, a.hidden, kept, block);
    timesPanels(rows, kept, keptWidth, packed1, a.width, nullptr, a.gradX + first * a.width, !a.sets);
  });
  linearGradientWeight(pool, upOf(a, of.kept));
  linearGradientWeight(pool, downOf(a, activated));
}

static void swigluMlp(Pool& pool, const Mlp& a) { keptMlp(pool, a, kGated); }
static void swigluMlpGradient(Pool& pool, const Mlp& a) { keptMlpGradient(pool, a, kGated); }

static void geluMlp(Pool& pool, const Mlp& a) { a.kept ? keptMlp(pool, a, kGelu) : mlp(pool, a); }
static void geluMlpGradient(Pool& pool, const Mlp& a) {
  a.kept ? keptMlpGradient(pool, a, kGelu) : mlpGradient(pool, a);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
