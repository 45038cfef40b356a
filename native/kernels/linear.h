// out = x W^T + b and its gradients. x [rows, inputs], W [outputs, inputs], out [rows, outputs].
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "tile.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kRowBlock = 48;     // rows of a task: a multiple of every MR
constexpr int kDepthBlock = 256;  // rows summed at a time in weight gradients: a panel of them stays in L1

// Few rows (sampling one text): packing W would cost more than the product, so each output is a dot product
// of two contiguous rows.
static void linearFewRows(Pool& pool, const Linear& a) {
  constexpr int kOutputs = 64;
  pool.parallel(divideUp(a.outputs, kOutputs), [&](int task, int) {
    const int end = minimum(a.outputs, (task + 1) * kOutputs);
    for (int r = 0; r < a.rows; r++) {
      const float* x = a.x + static_cast<long>(r) * a.inputs;
      for (int o = task * kOutputs; o < end; o++) {
        const float* w = a.weight + static_cast<long>(o) * a.inputs;
        Vec sum = splat(0.0f);
        int i = 0;
        for (; i + W <= a.inputs; i += W) sum += load(x + i) * load(w + i);
        float dot = sumOf(sum);
        for (; i < a.inputs; i++) dot += x[i] * w[i];
        a.out[static_cast<long>(r) * a.outputs + o] = dot + (a.bias ? a.bias[o] : 0.0f);
      }
    }
  });
}

// Tasks are blocks of rows. W^T is packed once into panels of NR outputs, [panel][inputs][NR]; a panel stays in
// L1 while the block's rows pass over it.
static void linear(Pool& pool, const Linear& a) {
  if (a.rows <= 4) return linearFewRows(pool, a);
  const int panels = divideUp(a.outputs, NR);
  const long panelSize = static_cast<long>(a.inputs) * NR;
  float* packed = pool.shared(0, panels * panelSize);
  pool.parallel(panels, [&](int p, int) {
    packPanel(packed + p * panelSize, a.weight, a.inputs, a.outputs, 1, a.inputs, p);
  });
  pool.parallel(divideUp(a.rows, kRowBlock), [&](int task, int) {
    const int end = minimum(a.rows, (task + 1) * kRowBlock);
    for (int p = 0; p < panels; p++) {
      const int first = p * NR, count = minimum(NR, a.outputs - first);
      float bias[NR] = {};
      if (a.bias) std::memcpy(bias, a.bias + first, count * sizeof(float));
      for (int r = task * kRowBlock; r < end; r += MR) {
        runTile(
            minimum(MR, end - r), a.inputs, {a.x + static_cast<long>(r) * a.inputs, a.inputs, 1},
            packed + p * panelSize, NR, [&](int, int v) { return load(bias + v * W); },
            [&](int m, int v, Vec sum) {
              setColumns(a.out + static_cast<long>(r + m) * a.outputs + first, v, sum, count);
            });
      }
    }
  });
}

// dx += dout W: tasks are blocks of rows, W packed in panels of NR inputs, [panel][outputs][NR].
static void linearGradientX(Pool& pool, const Linear& a) {
  const int panels = divideUp(a.inputs, NR);
  const long panelSize = static_cast<long>(a.outputs) * NR;
  float* packed = pool.shared(0, panels * panelSize);
  pool.parallel(panels, [&](int p, int) {
    packPanel(packed + p * panelSize, a.weight, a.outputs, a.inputs, a.inputs, 1, p);
  });
  pool.parallel(divideUp(a.rows, kRowBlock), [&](int task, int) {
    const int end = minimum(a.rows, (task + 1) * kRowBlock);
    for (int p = 0; p < panels; p++) {
      const int first = p * NR, count = minimum(NR, a.inputs - first);
      for (int r = task * kRowBlock; r < end; r += MR) {
        runTile(
            minimum(MR, end - r), a.outputs, {a.gradOut + static_cast<long>(r) * a.outputs, a.outputs, 1},
            packed + p * panelSize, NR, zero, [&](int m, int v, Vec sum) {
              addColumns(a.gradX + static_cast<long>(r + m) * a.inputs + first, v, sum, count);
            });
      }
    }
  });
}

// dW^T += x^T dout and db += column sums: tasks are panels of NR outputs. A task walks all rows in blocks, copies
// its columns of dout into a contiguous panel, and adds to its own [inputs][NR] sums, transposed into dW at last.
static void linearGradientWeight(Pool& pool, const Linear& a) {
  const long sumsSize = static_cast<long>(a.inputs) * NR;
  pool.reserve(sumsSize + kDepthBlock * NR);
  pool.parallel(divideUp(a.outputs, NR), [&](int p, int thread) {
    float* sums = pool.scratch(thread);
    float* panel = sums + sumsSize;
    std::memset(sums, 0, sumsSize * sizeof(float));
    Vec bias[NV] = {};
    for (int r = 0; r < a.rows; r += kDepthBlock) {
      const int depth = minimum(kDepthBlock, a.rows - r);
      packPanel(panel, a.gradOut + static_cast<long>(r) * a.outputs, depth, a.outputs, a.outputs, 1, p);
      for (int k = 0; k < depth; k++) {
        for (int v = 0; v < NV; v++) bias[v] += load(panel + k * NR + v * W);
      }
      for (int i = 0; i < a.inputs; i += MR) {
        float* at = sums + static_cast<long>(i) * NR;
        runTile(
            minimum(MR, a.inputs - i), depth, {a.x + static_cast<long>(r) * a.inputs + i, 1, a.inputs}, panel, NR,
            [&](int m, int v) { return load(at + m * NR + v * W); },
            [&](int m, int v, Vec sum) { store(at + m * NR + v * W, sum); });
      }
    }
    const int first = p * NR, count = minimum(NR, a.outputs - first);
    for (int n = 0; n < count; n++) {
      float* row = a.gradWeight + static_cast<long>(first + n) * a.inputs;
      for (int i = 0; i < a.inputs; i++) row[i] += sums[static_cast<long>(i) * NR + n];
    }
    if (a.gradBias) {
      for (int v = 0; v < NV; v++) addColumns(a.gradBias + first, v, bias[v], count);
    }
  });
}

static void linearGradient(Pool& pool, const Linear& a) {
  linearGradientX(pool, a);
  linearGradientWeight(pool, a);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
