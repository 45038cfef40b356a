// The gated MLP: out = (silu(x Wg^T) * (x Wu^T)) Wd^T. x [rows, D], W1 = [Wg, Wu] [2 hidden, D], W2 = Wd [D, hidden].
//
// Tasks are blocks of rows: a block's gates and ups, which are kept for the gradient, and its hidden layer are used
// again while they lie in the thread's cache.
#pragma once
#include "bf16/linear.h"
#include "linear.h"
#include "math.h"

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

// activated = silu(gate) * up, row by row.
static LP_NOINLINE void activateRows(int rows, int hidden, const float* gatesAndUps, float* activated) {
  for (long r = 0; r < rows; r++) {
    const float *gates = gatesAndUps + 2 * r * hidden, *ups = gates + hidden;
    float* to = activated + r * hidden;
    overColumns(hidden, [&](int c, auto count) {
      const Vec gate = loadColumns(gates + c, count);
      storeColumns(to + c, gate * sigmoid(gate) * loadColumns(ups + c, count), count);
    });
  }
}

// Gates and ups become their gradient; `grad`, that of the activated rows, becomes the activated rows.
static LP_NOINLINE void gradientOfActivated(int rows, int hidden, float* gatesAndUps, float* grad) {
  for (long r = 0; r < rows; r++) {
    float *gates = gatesAndUps + 2 * r * hidden, *ups = gates + hidden;
    float* at = grad + r * hidden;
    overColumns(hidden, [&](int c, auto count) {
      const Vec gate = loadColumns(gates + c, count), up = loadColumns(ups + c, count);
      const Vec g = loadColumns(at + c, count), s = sigmoid(gate), silu = gate * s;
      storeColumns(at + c, silu * up, count);
      storeColumns(gates + c, g * up * (s + silu * (splat(1.0f) - s)), count);
      storeColumns(ups + c, g * silu, count);
    });
  }
}

static Linear linearOf(int rows, int inputs, int outputs, const float* x, const float* weight) {
  Linear a = {};
  a.rows = rows;
  a.inputs = inputs;
  a.outputs = outputs;
  a.x = x;
  a.weight = weight;
  return a;
}

// Very few rows: three passes over the weights as they lie.
static void swigluMlpFewRows(Pool& pool, const SwigluMlp& a) {
  float* activated = pool.shared(2, static_cast<long>(a.rows) * a.hidden);
  Linear up = linearOf(a.rows, a.width, 2 * a.hidden, a.x, a.weight1);
  up.out = a.gatesAndUps;
  linearFewRows(pool, up);
  activateRows(a.rows, a.hidden, a.gatesAndUps, activated);
  Linear down = linearOf(a.rows, a.hidden, a.width, activated, a.weight2);
  down.out = a.out;
  linearFewRows(pool, down);
}

static void swigluMlp(Pool& pool, const SwigluMlp& a) {
  if (a.rows <= 4) return swigluMlpFewRows(pool, a);
  const float* packed1 = packOutputs(pool, 0, a.weight1, a.width, 2 * a.hidden);
  const float* packed2 = packOutputs(pool, 1, a.weight2, a.hidden, a.width);
  pool.reserve(static_cast<long>(kRowBlock) * a.hidden);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    float* gatesAndUps = a.gatesAndUps + 2 * first * a.hidden;
    float* activated = pool.scratch(thread);
    timesPanels(rows, a.x + first * a.width, a.width, packed1, 2 * a.hidden, nullptr, gatesAndUps);
    activateRows(rows, a.hidden, gatesAndUps, activated);
    timesPanels(rows, activated, a.hidden, packed2, a.width, nullptr, a.out + first * a.width);
  });
}

// With a the activated rows: da = dout W2, then those of gates and ups, dx = dgu W1, dW2 = dout^T a, dW1 = dgu^T x.
static void swigluMlpGradient(Pool& pool, const SwigluMlp& a) {
  const float* packed1 = packInputs(pool, 0, a.weight1, a.width, 2 * a.hidden);
  const float* packed2 = packInputs(pool, 1, a.weight2, a.hidden, a.width);
  float* activated = pool.shared(2, static_cast<long>(a.rows) * a.hidden);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int) {
    float *gatesAndUps = a.gatesAndUps + 2 * first * a.hidden, *block = activated + first * a.hidden;
    timesPanels(rows, a.gradOut + first * a.width, a.width, packed2, a.hidden, nullptr, block);
    gradientOfActivated(rows, a.hidden, gatesAndUps, block);
    timesPanels(rows, gatesAndUps, 2 * a.hidden, packed1, a.width, nullptr, a.gradX + first * a.width, !a.sets);
  });
  Linear up = linearOf(a.rows, a.width, 2 * a.hidden, a.x, a.weight1);
  up.gradOut = a.gatesAndUps;
  up.gradWeight = a.gradWeight1;
  linearGradientWeight(pool, up);
  Linear down = linearOf(a.rows, a.hidden, a.width, activated, a.weight2);
  down.gradOut = a.gradOut;
  down.gradWeight = a.gradWeight2;
  linearGradientWeight(pool, down);
}

namespace bf16 {

// The same of products on bfloat16, one after another.
static void swigluMlp(Pool& pool, const SwigluMlp& a) {
  float* activated = pool.shared(2, static_cast<long>(a.rows) * a.hidden);
  Linear up = linearOf(a.rows, a.width, 2 * a.hidden, a.x, a.weight1);
  up.out = a.gatesAndUps;
  linear(pool, up);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int) {
    activateRows(rows, a.hidden, a.gatesAndUps + 2 * first * a.hidden, activated + first * a.hidden);
  });
  Linear down = linearOf(a.rows, a.hidden, a.width, activated, a.weight2);
  down.out = a.out;
  linear(pool, down);
}

static void swigluMlpGradient(Pool& pool, const SwigluMlp& a) {
  float* activated = pool.shared(2, static_cast<long>(a.rows) * a.hidden);
  Linear down = linearOf(a.rows, a.hidden, a.width, activated, a.weight2);
  down.gradOut = a.gradOut;
  down.sets = true;
  down.gradX = activated;
  linearGradient(pool, down);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int) {
    gradientOfActivated(rows, a.hidden, a.gatesAndUps + 2 * first * a.hidden, activated + first * a.hidden);
  });
  down.gradX = nullptr;
  down.gradWeight = a.gradWeight2;
  linearGradient(pool, down);
  Linear up = linearOf(a.rows, a.width, 2 * a.hidden, a.x, a.weight1);
  up.gradOut = a.gatesAndUps;
  up.sets = a.sets;
  up.gradX = a.gradX;
  up.gradWeight = a.gradWeight1;
  linearGradient(pool, up);
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
