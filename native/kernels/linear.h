// out = x W^T + b and its gradients. x [rows, inputs], W [outputs, inputs], out [rows, outputs].
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "tile.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kRowBlock = 48;     // rows of a task: a multiple of every MR
constexpr int kDepthBlock = 128;  // rows summed at a time in weight gradients: a panel of them stays in L1

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
    packPanel<NR>(packed + p * panelSize, a.weight, a.inputs, a.outputs, 1, a.inputs, p);
  });
  pool.parallel(divideUp(a.rows, kRowBlock), [&](int task, int) {
    const int row = task * kRowBlock, rows = minimum(kRowBlock, a.rows - row);
    columnGroups(a.outputs, [&](int first, auto vectors) {
      constexpr int V = decltype(vectors)::value;
      const int count = minimum(NR, a.outputs - first);
      float bias[NR] = {};
      if (a.bias) std::memcpy(bias, a.bias + first, count * sizeof(float));
      float* out = a.out + static_cast<long>(row) * a.outputs + first;
      product<V>(
          rows, {a.inputs}, {a.x + static_cast<long>(row) * a.inputs, a.inputs, 1}, packed + first / NR * panelSize, NR,
          [&](int, int v) { return load(bias + v * W); },
          [&](int m, int v, Vec sum) { setColumns(out + static_cast<long>(m) * a.outputs, v, sum, count); });
    });
  });
}

// dx += dout W, or dx = dout W: tasks are blocks of rows, W packed in panels of NR inputs, [panel][outputs][NR].
static void linearGradientX(Pool& pool, const Linear& a) {
  const int panels = divideUp(a.inputs, NR);
  const long panelSize = static_cast<long>(a.outputs) * NR;
  float* packed = pool.shared(0, panels * panelSize);
  pool.parallel(panels, [&](int p, int) {
    packPanel<NR>(packed + p * panelSize, a.weight, a.outputs, a.inputs, a.inputs, 1, p);
  });
  pool.parallel(divideUp(a.rows, kRowBlock), [&](int task, int) {
    const int row = task * kRowBlock, rows = minimum(kRowBlock, a.rows - row);
    columnGroups(a.inputs, [&](int first, auto vectors) {
      constexpr int V = decltype(vectors)::value;
      const int count = minimum(NR, a.inputs - first);
      float* gradX = a.gradX + static_cast<long>(row) * a.inputs + first;
      product<V>(
          rows, {a.outputs}, {a.gradOut + static_cast<long>(row) * a.outputs, a.outputs, 1},
          packed + first / NR * panelSize, NR, zero,
          [&](int m, int v, Vec sum) {
            float* to = gradX + static_cast<long>(m) * a.inputs;
            a.sets ? setColumns(to, v, sum, count) : addColumns(to, v, sum, count);
          });
    });
  });
}

// dW^T += x^T dout and db += column sums: tasks are panels of NR outputs, and parts of the inputs where there are few
// panels. A task walks all rows in blocks and adds to its own [inputs][NR] sums, transposed into dW at the end. Its
// columns of dout are copied into a contiguous panel where they are not whole vectors or lie far apart.
static void linearGradientWeight(Pool& pool, const Linear& a) {
  const int panels = divideUp(a.outputs, NR);
  const int parts = panels >= 8 ? 1 : maximum(1, minimum(8 / panels, a.inputs / 24));
  const long sumsSize = static_cast<long>(divideUp(a.inputs, parts)) * NR;
  pool.reserve(sumsSize + kDepthBlock * NR);
  pool.parallel(panels * parts, [&](int task, int thread) {
    float* sums = pool.scratch(thread);
    float* panel = sums + sumsSize;
    const int p = task / parts, part = task % parts;
    const int from = static_cast<int>(static_cast<long>(a.inputs) * part / parts);
    const int inputs = static_cast<int>(static_cast<long>(a.inputs) * (part + 1) / parts) - from;
    const int first = p * NR, count = minimum(NR, a.outputs - first);
    std::memset(sums, 0, sumsSize * sizeof(float));
    Vec bias[NV] = {};
    columnGroups(count, [&](int, auto vectors) {  // one group: NV vectors, or one where that is enough
      constexpr int V = decltype(vectors)::value;
      for (int r = 0; r < a.rows; r += kDepthBlock) {
        const int depth = minimum(kDepthBlock, a.rows - r);
        const float* b = a.gradOut + static_cast<long>(r) * a.outputs + first;
        long bStep = a.outputs;
        if (parts == 1 || count < V * W) {
          packPanel<NR>(panel, a.gradOut + static_cast<long>(r) * a.outputs, depth, a.outputs, a.outputs, 1, p);
          b = panel;
          bStep = NR;
        }
        for (int k = 0; a.gradBias && part == 0 && k < depth; k++) {
          for (int v = 0; v < V; v++) bias[v] += load(b + k * bStep + v * W);
        }
        addProduct<V>(
            inputs, {depth}, {a.x + static_cast<long>(r) * a.inputs + from, 1, a.inputs}, b, bStep, sums, NR);
      }
    });
    for (int n = 0; a.gradWeight && n < count; n++) {
      float* row = a.gradWeight + static_cast<long>(first + n) * a.inputs + from;
      for (int i = 0; i < inputs; i++) row[i] += sums[static_cast<long>(i) * NR + n];
    }
    if (a.gradBias && part == 0) {
      for (int v = 0; v < NV; v++) addColumns(a.gradBias + first, v, bias[v], count);
    }
  });
}

static void linearGradient(Pool& pool, const Linear& a) {
  if (a.gradX) linearGradientX(pool, a);
  if (a.gradWeight || a.gradBias) linearGradientWeight(pool, a);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
