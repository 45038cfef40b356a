// linear.h with products on bfloat16: out = x W^T + b and its gradients. x [rows, inputs], W [outputs, inputs], out
// [rows, outputs]. Weights are packed into tiles once for each call.
#pragma once
#include "../api.h"
#include "blocks.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

static void linear(Pool& pool, const Linear& a) {
  const Weight weight(Run::along, a.weight, a.inputs, a.outputs);
  Pair* packed = pool.shared(0, weight.words());
  weight.pack(pool, packed);
  pool.reserve(blockWords(a.inputs));
  overBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    Pair* x = pool.scratch(thread);
    packRowsOf(a.x + first * a.inputs, first, rows, a.inputs, {x, nullptr});
    timesTiles(rows, x, weight, packed, a.bias, a.out + first * a.outputs);
  });
}

// dx += dout W, or dx = dout W; dW += dout^T x; db += column sums, in float32, for they are no product.
static void linearGradient(Pool& pool, const Linear& a) {
  const Weight weight(Run::across, a.weight, a.inputs, a.outputs);
  Pair* packed = pool.shared(0, weight.words());
  if (a.gradX) weight.pack(pool, packed);
  Pair* overRows = pool.shared(1, OverRows::words(a.rows, a.outputs) + OverRows::words(a.rows, a.inputs));
  const OverRows grad = {overRows, a.rows, a.outputs};
  const OverRows x = {overRows + OverRows::words(a.rows, a.outputs), a.rows, a.inputs};
  pool.reserve(blockWords(a.outputs));
  if (a.gradX || a.gradWeight) {
    overBlocks(pool, a.rows, [&](long first, int rows, int thread) {
      Pair* tiles = a.gradX ? pool.scratch(thread) : nullptr;
      packRowsOf(a.gradOut + first * a.outputs, first, rows, a.outputs, {tiles, a.gradWeight ? &grad : nullptr});
      if (a.gradX) {
        timesTiles(rows, tiles, weight, packed, nullptr, a.gradX + first * a.inputs, !a.sets);
      }
      if (a.gradWeight) packRowsOf(a.x + first * a.inputs, first, rows, a.inputs, {nullptr, &x});
    });
  }
  if (a.gradWeight) addProductOverRows(pool, grad, x, a.gradWeight);
  if (a.gradBias) addColumnSums(pool, a.gradOut, a.rows, a.outputs, a.gradBias);
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
