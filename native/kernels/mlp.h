// The fused MLP: out = gelu(x W1^T + b1) W2^T + b2. x [rows, D], W1 [hidden, D], W2 [D, hidden].
//
// The hidden layer is by far the widest thing in the notebook's models (13,200 beside 60), so it is never
// written to memory: a chunk of it is made for a block of rows, used, and forgotten; the backward pass makes
// it again. Everything works on transposed tiles, rows of the batch along the vectors: then the hidden chunk comes
// out of the first product in just the panel layout, [hidden][NR rows], that the second product reads.
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "math.h"
#include "tile.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kChunk = 144;                      // hidden units at a time: a multiple of every MR
constexpr int kPanels = NR >= 96 ? 1 : 96 / NR;  // panels of NR rows at a time: 96 rows

// Panels of the transpose of a [rows, D] matrix: [panel][D][NR], zeros where there is no row.
static void packRows(Pool& pool, float* to, const float* x, int rows, int D) {
  pool.parallel(divideUp(rows, NR), [&](int p, int) {
    packPanel(to + static_cast<long>(p) * D * NR, x, D, rows, 1, D, p);
  });
}

// Tasks are blocks of 96 rows; each walks the whole hidden layer chunk by chunk and keeps its sums, [D][NR] a
// panel, in cache.
static void mlpForward(Pool& pool, const Mlp& a) {
  const int D = a.width, panels = divideUp(a.rows, NR);
  const long panelSize = static_cast<long>(D) * NR;
  float* xT = pool.shared(0, panels * panelSize);
  packRows(pool, xT, a.x, a.rows, D);
  const long hiddenSize = static_cast<long>(kChunk) * NR;
  pool.reserve(kPanels * (hiddenSize + panelSize));
  pool.parallel(divideUp(panels, kPanels), [&](int task, int thread) {
    float* hidden = pool.scratch(thread);          // [panel][kChunk][NR]
    float* sums = hidden + kPanels * hiddenSize;  // [panel][D][NR]
    const int first = task * kPanels, count = minimum(kPanels, panels - first);
    for (int p = 0; p < count; p++) {
      for (int c = 0; c < D; c++) {
        for (int v = 0; v < NV; v++) store(sums + p * panelSize + c * NR + v * W, splat(a.bias2[c]));
      }
    }
    for (int h = 0; h < a.hidden; h += kChunk) {
      const int chunk = minimum(kChunk, a.hidden - h);
      for (int k = 0; k < chunk; k += MR) {
        for (int p = 0; p < count; p++) {
          float* to = hidden + p * hiddenSize + k * NR;
          runTile(
              minimum(MR, chunk - k), D, {a.weight1 + static_cast<long>(h + k) * D, D, 1},
              xT + (first + p) * panelSize, NR, [&](int m, int) { return splat(a.bias1[h + k + m]); },
              [&](int m, int v, Vec sum) { store(to + m * NR + v * W, sum); });
        }
      }
      for (int p = 0; p < count; p++) {
        float* values = hidden + p * hiddenSize;
        for (int i = 0; i < chunk * NR; i += W) store(values + i, gelu(load(values + i)));
        for (int c = 0; c < D; c += MR) {
          float* at = sums + p * panelSize + c * NR;
          runTile(
              minimum(MR, D - c), chunk, {a.weight2 + static_cast<long>(c) * a.hidden + h, a.hidden, 1}, values, NR,
              [&](int m, int v) { return load(at + m * NR + v * W); },
              [&](int m, int v, Vec sum) { store(at + m * NR + v * W, sum); });
        }
      }
    }
    for (int p = 0; p < count; p++) {
      const int row = (first + p) * NR, n = minimum(NR, a.rows - row);
      for (int r = 0; r < n; r++) {
        float* out = a.out + static_cast<long>(row + r) * D;
        for (int c = 0; c < D; c++) out[c] = sums[p * panelSize + c * NR + r];
      }
    }
  });
}

// Very few rows: two passes of dot products over the weights as they lie.
static void mlpFewRows(Pool& pool, const Mlp& a) {
  float* hidden = pool.shared(1, static_cast<long>(a.rows) * a.hidden + W);
  Linear up = {};
  up.rows = a.rows;
  up.inputs = a.width;
  up.outputs = a.hidden;
  up.x = a.x;
  up.weight = a.weight1;
  up.bias = a.bias1;
  up.out = hidden;
  linearFewRows(pool, up);
  for (int i = 0; i < a.rows * a.hidden; i += W) {
    const int left = minimum(W, a.rows * a.hidden - i);
    if (left == W) store(hidden + i, gelu(load(hidden + i)));
    else storePart(hidden + i, gelu(loadPart(hidden + i, left)), left);
  }
  Linear down = {};
  down.rows = a.rows;
  down.inputs = a.hidden;
  down.outputs = a.width;
  down.x = hidden;
  down.weight = a.weight2;
  down.bias = a.bias2;
  down.out = a.out;
  linearFewRows(pool, down);
}

static void mlp(Pool& pool, const Mlp& a) { a.rows <= 4 ? mlpFewRows(pool, a) : mlpForward(pool, a); }

// How many parts the hidden layer is cut into for the gradient: given by the sizes alone.
static int hiddenGroups(int hidden) { return maximum(1, minimum(16, hidden / 48)); }

// What the gradient needs of the batch, made once: x and dout as panels of their transposes [panel][D][NR], and
// as rows padded to whole vectors [panel * NR][padded], all filled up with zeros.
struct MlpBatch {
  float *xT, *gradT, *x, *grad;
};

// One hidden group's part of the gradient. For each chunk of its hidden units and block of rows:
//   h = W1 x + b1, g = gelu h, dg = W2^T dout, dh = dg gelu'(h)
//   dx += W1^T dh (into the group's own sums), dW1 += dh x, dW2 += dout g, db1 += dh
static void mlpGradientGroup(const Mlp& a, const MlpBatch& batch, int from, int to, float* scratch, float* gradXT) {
  const int D = a.width, panels = divideUp(a.rows, NR), padded = roundUp(D, NR);
  const long panelSize = static_cast<long>(D) * NR, hiddenSize = static_cast<long>(kChunk) * NR;
  float* weight2T = scratch;                             // [kChunk][D]
  float* sums1 = weight2T + static_cast<long>(kChunk) * D;  // dW1 of the chunk, [kChunk][padded]
  float* sums2 = sums1 + static_cast<long>(kChunk) * padded;  // dW2^T of the chunk
  float* sumsBias = sums2 + static_cast<long>(kChunk) * padded;  // [kChunk][NR]
  float* activated = sumsBias + hiddenSize;              // g, [panel][kChunk][NR]
  float* gradHidden = activated + kPanels * hiddenSize;  // dg, then dh

  for (int h = from; h < to; h += kChunk) {
    const int chunk = minimum(kChunk, to - h);
    for (int c = 0; c < D; c++) {
      const float* row = a.weight2 + static_cast<long>(c) * a.hidden + h;
      for (int k = 0; k < chunk; k++) weight2T[static_cast<long>(k) * D + c] = row[k];
    }
    std::memset(sums1, 0, (2 * static_cast<long>(kChunk) * padded + hiddenSize) * sizeof(float));
    for (int block = 0; block < panels; block += kPanels) {
      const int count = minimum(kPanels, panels - block);
      for (int k = 0; k < chunk; k += MR) {
        const int rows = minimum(MR, chunk - k);
        for (int p = 0; p < count; p++) {
          float* g = activated + p * hiddenSize + k * NR;
          float* d = gradHidden + p * hiddenSize + k * NR;
          runTile(
              rows, D, {a.weight1 + static_cast<long>(h + k) * D, D, 1}, batch.xT + (block + p) * panelSize, NR,
              [&](int m, int) { return splat(a.bias1[h + k + m]); },
              [&](int m, int v, Vec sum) { store(g + m * NR + v * W, sum); });
          runTile(
              rows, D, {weight2T + static_cast<long>(k) * D, D, 1}, batch.gradT + (block + p) * panelSize, NR, zero,
              [&](int m, int v, Vec sum) { store(d + m * NR + v * W, sum); });
        }
      }
      for (int p = 0; p < count; p++) {
        float* g = activated + p * hiddenSize;
        float* d = gradHidden + p * hiddenSize;
        for (int i = 0; i < chunk * NR; i += W) {
          Vec value, derivative;
          geluWithDerivative(load(g + i), value, derivative);
          const Vec dh = load(d + i) * derivative;
          store(g + i, value);
          store(d + i, dh);
          float* bias = sumsBias + i;
          store(bias, load(bias) + dh);
        }
        for (int c = 0; c < D; c += MR) {
          float* at = gradXT + (block + p) * panelSize + c * NR;
          runTile(
              minimum(MR, D - c), chunk, {a.weight1 + static_cast<long>(h) * D + c, 1, D}, d, NR,
              [&](int m, int v) { return load(at + m * NR + v * W); },
              [&](int m, int v, Vec sum) { store(at + m * NR + v * W, sum); });
        }
      }
      for (int k = 0; k < chunk; k += MR) {
        const int rows = minimum(MR, chunk - k);
        for (int c = 0; c < padded; c += NR) {
          // NR rows of the batch a panel: the register tile stays while the panels pass.
          const auto accumulate = [&](float* sums, const float* hidden, const float* other) {
            float* at = sums + static_cast<long>(k) * padded + c;
            for (int p = 0; p < count; p++) {
              runTile(
                  rows, NR, {hidden + p * hiddenSize + k * NR, NR, 1},
                  other + static_cast<long>(block + p) * NR * padded + c, padded,
                  [&](int m, int v) { return load(at + m * padded + v * W); },
                  [&](int m, int v, Vec sum) { store(at + m * padded + v * W, sum); });
            }
          };
          accumulate(sums1, gradHidden, batch.x);
          accumulate(sums2, activated, batch.grad);
        }
      }
    }
    for (int k = 0; k < chunk; k++) {
      float* row = a.gradWeight1 + static_cast<long>(h + k) * D;
      for (int c = 0; c < D; c++) row[c] += sums1[static_cast<long>(k) * padded + c];
      Vec bias = splat(0.0f);
      for (int v = 0; v < NV; v++) bias += load(sumsBias + k * NR + v * W);
      a.gradBias1[h + k] += sumOf(bias);
    }
    for (int c = 0; c < D; c++) {
      float* row = a.gradWeight2 + static_cast<long>(c) * a.hidden + h;
      for (int k = 0; k < chunk; k++) row[k] += sums2[static_cast<long>(k) * padded + c];
    }
  }
}

// Tasks are groups of hidden units: each owns its rows of dW1, db1 and columns of dW2, and has dx sums of its own,
// which are added up at last in the order of the groups.
static void mlpGradient(Pool& pool, const Mlp& a) {
  const int D = a.width, panels = divideUp(a.rows, NR), padded = roundUp(D, NR), groups = hiddenGroups(a.hidden);
  const long panelSize = static_cast<long>(D) * NR, rowsSize = static_cast<long>(panels) * NR * padded;
  MlpBatch batch;
  batch.xT = pool.shared(0, 2 * panels * panelSize + 2 * rowsSize);
  batch.gradT = batch.xT + panels * panelSize;
  batch.x = batch.gradT + panels * panelSize;
  batch.grad = batch.x + rowsSize;
  packRows(pool, batch.xT, a.x, a.rows, D);
  packRows(pool, batch.gradT, a.gradOut, a.rows, D);
  pool.parallel(panels, [&](int p, int) {
    for (int r = p * NR; r < (p + 1) * NR; r++) {
      float* x = batch.x + static_cast<long>(r) * padded;
      float* grad = batch.grad + static_cast<long>(r) * padded;
      const int valid = r < a.rows ? D : 0;
      if (valid) {
        std::memcpy(x, a.x + static_cast<long>(r) * D, D * sizeof(float));
        std::memcpy(grad, a.gradOut + static_cast<long>(r) * D, D * sizeof(float));
      }
      std::memset(x + valid, 0, (padded - valid) * sizeof(float));
      std::memset(grad + valid, 0, (padded - valid) * sizeof(float));
    }
  });
  float* gradXT = pool.shared(1, groups * panels * panelSize);
  const long chunk = kChunk;
  pool.reserve(chunk * D + 2 * chunk * padded + (1 + 2 * kPanels) * chunk * NR);
  pool.parallel(groups, [&](int g, int thread) {
    float* sums = gradXT + g * panels * panelSize;
    std::memset(sums, 0, panels * panelSize * sizeof(float));
    const int from = static_cast<int>(static_cast<long>(a.hidden) * g / groups);
    const int to = static_cast<int>(static_cast<long>(a.hidden) * (g + 1) / groups);
    mlpGradientGroup(a, batch, from, to, pool.scratch(thread), sums);
  });
  pool.parallel(panels, [&](int p, int) {
    float* total = gradXT + p * panelSize;
    for (int g = 1; g < groups; g++) {
      const float* part = total + g * panels * panelSize;
      for (int i = 0; i < D * NR; i += W) store(total + i, load(total + i) + load(part + i));
    }
    const int n = minimum(NR, a.rows - p * NR);
    for (int r = 0; r < n; r++) {
      float* row = a.gradX + static_cast<long>(p * NR + r) * D;
      for (int c = 0; c < D; c++) row[c] += total[c * NR + r];
    }
  });
  pool.parallel(padded / NR, [&](int p, int) {
    Vec sums[NV] = {};
    for (int r = 0; r < a.rows; r++) {
      for (int v = 0; v < NV; v++) sums[v] += load(batch.grad + static_cast<long>(r) * padded + p * NR + v * W);
    }
    for (int v = 0; v < NV; v++) addColumns(a.gradBias2 + p * NR, v, sums[v], minimum(NR, D - p * NR));
  });
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
