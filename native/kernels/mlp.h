// The fused MLP: out = gelu(x W1^T + b1) W2^T + b2. x [rows, D], W1 [hidden, D], W2 [D, hidden].
//
// The hidden layer is by far the widest thing in the notebook's models (13,200 against 60), so it is never
// written to memory: a chunk of it is made for a block of rows, used, and forgotten; the backward pass makes
// it again. Everything works on transposed blocks, rows of the batch along the vectors: then the hidden chunk comes
// out of the first product as [hidden][rows], which is how the second product reads its B.
//
// Loops: blocks of rows and chunks of hidden units, and within them panels of NR rows: a chunk of a panel, 96 x NR
// numbers, is made, activated and used while it lies in L1, with the chunk's weights streaming by from L2.
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "linear.h"
#include "math.h"
#include "tile.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kChunk = 96;  // most hidden units at a time
constexpr int kBlock = 96;  // rows at a time: a multiple of every NR

// How the rows of a batch are cut up: blocks of kBlock rows, the last one rounded up to whole panels of NR.
struct MlpBlocks {
  int rows, count, padded;
  explicit MlpBlocks(int rows) : rows(rows), count(divideUp(rows, kBlock)), padded(roundUp(rows, NR)) {}
  int panels() const { return padded / NR; }
  int first(int block) const { return block * kBlock; }
  int size(int block) const { return minimum(kBlock, padded - first(block)); }  // in rows, a multiple of NR
};

// Few rows make few blocks; then the hidden layer is cut into parts too, so that all threads have work.
static int forwardParts(int blocks, int hidden) {
  return blocks >= 8 ? 1 : maximum(1, minimum(16 / blocks, hidden / kChunk));
}

// Tasks are blocks of rows, or parts of the hidden layer for a block. Each keeps its sums, panels of [D][NR], in cache;
// with several parts they are added up in order at the end.
static void mlpForward(Pool& pool, const Mlp& a) {
  const int D = a.width;
  const MlpBlocks blocks(a.rows);
  const int parts = forwardParts(blocks.count, a.hidden);
  const long panelSize = static_cast<long>(D) * NR, sumsSize = static_cast<long>(D) * kBlock;
  float* xT = pool.shared(0, static_cast<long>(blocks.padded) * D);
  float* partial = parts > 1 ? pool.shared(1, blocks.count * parts * sumsSize) : nullptr;
  packTransposed(pool, xT, a.x, a.rows, D);
  pool.reserve(static_cast<long>(kChunk) * NR + sumsSize);

  const auto writeOut = [&](int block, const float* sums) {
    for (int r = 0; r < blocks.size(block); r += NR) {
      const int row = blocks.first(block) + r;
      float* out = a.out + static_cast<long>(row) * D;
      transpose(sums + static_cast<long>(r) * D, NR, D, minimum(NR, a.rows - row), out, D);
    }
  };
  pool.parallel(blocks.count * parts, [&](int task, int thread) {
    const int block = task / parts, part = task % parts, size = blocks.size(block);
    float* h = pool.scratch(thread);                                       // [kChunk][NR]
    float* sums = parts > 1 ? partial + task * sumsSize : h + kChunk * NR;  // [panel][D][NR]
    for (int r = 0; r < size; r += NR) {
      for (int c = 0; c < D; c++) {
        const Vec start = splat(part == 0 ? a.bias2[c] : 0.0f);
        for (int v = 0; v < NV; v++) store(sums + (r / NR) * panelSize + c * NR + v * W, start);
      }
    }
    const int from = static_cast<int>(static_cast<long>(a.hidden) * part / parts);
    const int to = static_cast<int>(static_cast<long>(a.hidden) * (part + 1) / parts);
    // The next chunk's weights are asked for while one is used: few rows would wait for them.
    const int lines = divideUp(kAheadStep * divideUp(D, 16), divideUp(D, MR) * (size / NR));
    for (int k = from; k < to; k += kChunk) {
      const int chunk = minimum(kChunk, to - k), next = minimum(kChunk, to - k - chunk);
      Prefetch ahead1 = {{a.weight1 + static_cast<long>(k + chunk) * D, D, D}, next, lines};
      Prefetch ahead2 = {{a.weight2 + k + chunk, a.hidden, next}, D, lines};
      for (int r = 0; r < size; r += NR) {
        const float* bias = a.bias1 + k;
        const float* panel = xT + static_cast<long>(blocks.first(block) + r) * D;
        chunkOfPanel<NV>(a.weight1 + static_cast<long>(k) * D, D, chunk, panel, h,
                     [&](int m, int) { return splat(bias[m]); });
        for (int i = 0; i < chunk * NR; i += W) store(h + i, gelu(load(h + i)));
        addAllRows<NV>(D, chunk, {a.weight2 + k, a.hidden, 1}, h, sums + static_cast<long>(r) * D, ahead1, ahead2);
      }
    }
    if (parts == 1) writeOut(block, sums);
  });
  if (parts == 1) return;
  pool.parallel(blocks.count, [&](int block, int) {
    float* total = partial + block * parts * sumsSize;
    const long size = static_cast<long>(blocks.size(block)) * D;
    for (int part = 1; part < parts; part++) {
      const float* more = total + part * sumsSize;
      for (long i = 0; i < size; i += W) store(total + i, load(total + i) + load(more + i));
    }
    writeOut(block, total);
  });
}

// The products to the hidden layer, of which `kept` numbers a unit are kept, and from it; with their gradients.
static Linear upOf(const Mlp& a, int kept) {
  Linear up = {};
  up.rows = a.rows;
  up.inputs = a.width;
  up.outputs = kept * a.hidden;
  up.x = a.x;
  up.weight = a.weight1;
  up.bias = a.bias1;
  up.out = a.kept;
  up.gradOut = a.kept;
  up.sets = a.sets;
  up.gradX = a.gradX;
  up.gradWeight = a.gradWeight1;
  up.gradBias = a.gradBias1;
  return up;
}
static Linear downOf(const Mlp& a, float* activated) {
  Linear down = {};
  down.rows = a.rows;
  down.inputs = a.hidden;
  down.outputs = a.width;
  down.x = activated;
  down.weight = a.weight2;
  down.bias = a.bias2;
  down.out = a.out;
  down.gradOut = a.gradOut;
  down.gradWeight = a.gradWeight2;
  down.gradBias = a.gradBias2;
  return down;
}

// activated = gelu(kept), row by row; both may be the same.
static void activateGelu(int rows, int hidden, const float* kept, float* activated) {
  overColumns<kSmall>(rows * hidden, [&](int i, int part) {
    storeColumns(activated + i, gelu(loadColumns(kept + i, part)), part);
  });
}

// Very few rows: two passes of dot products over the weights as they lie.
static void mlpFewRows(Pool& pool, const Mlp& a) {
  float* hidden = pool.shared(1, static_cast<long>(a.rows) * a.hidden);
  Linear up = upOf(a, 1);
  up.out = hidden;
  linearFewRows(pool, up);
  activateGelu(a.rows, a.hidden, hidden, hidden);
  linearFewRows(pool, downOf(a, hidden));
}

static void mlp(Pool& pool, const Mlp& a) { a.rows <= kFewRows ? mlpFewRows(pool, a) : mlpForward(pool, a); }

// How many parts the hidden layer is cut into for the gradient: given by the sizes alone.
static int hiddenGroups(int hidden) { return maximum(1, minimum(16, hidden / 48)); }

// What the gradient needs of the batch, made once: x and dout as panels of their transposes [panel][D][NR], and
// as rows padded to whole vectors [padded rows][padded], all filled up with zeros.
struct MlpBatch {
  float *xT, *gradT, *x, *grad;
};

// Numbers from one row of whole vectors to the next. Rows 512 bytes apart, or a multiple of that, would all compete for
// the same few lines of L1.
static int rowStep(int D) { return roundUp(D, W) + (roundUp(D, W) % 128 == 0 ? 16 : 0); }

// One hidden group's part of the gradient. For each chunk of its hidden units and block of rows:
//   h = W1 x + b1, g = gelu h, dg = W2^T dout, dh = dg gelu'(h)
//   dx += W1^T dh (into the group's own sums), dW1 += dh x, dW2 += dout g, db1 += dh
// The first line and dx panel by panel; the weights' gradients over all of the block's rows at a time.
static void mlpGradientGroup(const Mlp& a, const MlpBatch& batch, int from, int to, float* scratch, float* gradXT) {
  const MlpBlocks blocks(a.rows);
  const int D = a.width, padded = rowStep(D);
  const long hiddenSize = static_cast<long>(kChunk) * NR, weightsSize = static_cast<long>(kChunk) * padded;
  float* weight2T = scratch;               // [kChunk][D]
  float* sums1 = weight2T + weightsSize;   // dW1 of the chunk, [kChunk][padded]
  float* sums2 = sums1 + weightsSize;      // dW2^T of the chunk
  float* sumsBias = sums2 + weightsSize;   // [kChunk][W]
  float* gs = sumsBias + kChunk * W;       // h, then g: [panel][kChunk][NR]
  float* ds = gs + kChunk * kBlock;        // dg, then dh

  for (int h = from; h < to; h += kChunk) {
    const int chunk = minimum(kChunk, to - h);
    const float* weight1 = a.weight1 + static_cast<long>(h) * D;
    const float* bias1 = a.bias1 + h;
    transpose(a.weight2 + h, a.hidden, D, chunk, weight2T, D);
    std::memset(sums1, 0, (2 * weightsSize + kChunk * W) * sizeof(float));
    for (int block = 0; block < blocks.count; block++) {
      const int row = blocks.first(block), panels = blocks.size(block) / NR;
      for (int p = 0; p < panels; p++) {
        const long at = static_cast<long>(row + p * NR) * D;
        float *g = gs + p * hiddenSize, *dh = ds + p * hiddenSize, *dx = gradXT + at;
        chunkOfPanel<NV>(weight1, D, chunk, batch.xT + at, g, [&](int m, int) { return splat(bias1[m]); });
        chunkOfPanel<NV>(weight2T, D, chunk, batch.gradT + at, dh, zero);
        for (int k = 0; k < chunk; k++) {
          Vec bias = load(sumsBias + k * W);
          for (int v = 0; v < NV; v++) {
            float *gAt = g + k * NR + v * W, *dAt = dh + k * NR + v * W;
            Vec value, derivative;
            geluWithDerivative(load(gAt), value, derivative);
            const Vec d = load(dAt) * derivative;
            store(gAt, value);
            store(dAt, d);
            bias += d;
          }
          store(sumsBias + k * W, bias);
        }
        addProduct<NV>(D, {chunk}, {weight1, 1, D}, dh, NR, dx, NR);
      }
      columnGroups(D, [&](int c, auto vectors) {
        constexpr int V = decltype(vectors)::value;
        const auto accumulate = [&](float* sums, const float* hidden, const float* other) {
          addProduct<V>(chunk, {NR, panels, hiddenSize}, {hidden, NR, 1}, other + static_cast<long>(row) * padded + c,
                        padded, sums + c, padded);
        };
        accumulate(sums1, ds, batch.x);
        accumulate(sums2, gs, batch.grad);
      });
    }
    for (int k = 0; k < chunk; k++) {
      float* row = a.gradWeight1 + static_cast<long>(h + k) * D;
      for (int c = 0; c < D; c++) row[c] += sums1[static_cast<long>(k) * padded + c];
      a.gradBias1[h + k] += sumOf(load(sumsBias + k * W));
    }
    for (int c = 0; c < D; c++) {
      float* row = a.gradWeight2 + static_cast<long>(c) * a.hidden + h;
      for (int k = 0; k < chunk; k++) row[k] += sums2[static_cast<long>(k) * padded + c];
    }
  }
}

// Tasks are groups of hidden units: each owns its rows of dW1, db1 and columns of dW2, and has dx sums of its own,
// which are added up at the end in the order of the groups.
static void mlpGradient(Pool& pool, const Mlp& a) {
  const MlpBlocks blocks(a.rows);
  const int D = a.width, padded = rowStep(D), groups = hiddenGroups(a.hidden), panels = blocks.panels();
  const long panelSize = static_cast<long>(D) * NR;
  const long transposedSize = panels * panelSize, rowsSize = static_cast<long>(blocks.padded) * padded;
  MlpBatch batch;
  batch.xT = pool.shared(0, 2 * transposedSize + 2 * rowsSize);
  batch.gradT = batch.xT + transposedSize;
  batch.x = batch.gradT + transposedSize;
  batch.grad = batch.x + rowsSize;
  packTransposed(pool, batch.xT, a.x, a.rows, D);
  packTransposed(pool, batch.gradT, a.gradOut, a.rows, D);
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
  float* gradXT = pool.shared(1, groups * transposedSize);
  const long chunk = kChunk;
  pool.reserve(3 * chunk * padded + chunk * W + 2 * chunk * kBlock);
  pool.parallel(groups, [&](int group, int thread) {
    float* sums = gradXT + group * transposedSize;
    std::memset(sums, 0, transposedSize * sizeof(float));
    const int from = static_cast<int>(static_cast<long>(a.hidden) * group / groups);
    const int to = static_cast<int>(static_cast<long>(a.hidden) * (group + 1) / groups);
    mlpGradientGroup(a, batch, from, to, pool.scratch(thread), sums);
  });
  pool.parallel(panels, [&](int p, int) {
    float* total = gradXT + p * panelSize;
    for (int group = 1; group < groups; group++) {
      const float* part = total + group * transposedSize;
      for (int i = 0; i < D * NR; i += W) store(total + i, load(total + i) + load(part + i));
    }
    const int n = minimum(NR, a.rows - p * NR);
    for (int r = 0; r < n; r++) {
      float* row = a.gradX + static_cast<long>(p * NR + r) * D;
      for (int c = 0; c < D; c++) row[c] = total[c * NR + r] + (a.sets ? 0 : row[c]);
    }
  });
  pool.parallel(divideUp(D, W), [&](int p, int) {
    Vec sum = splat(0.0f);
    for (int r = 0; r < a.rows; r++) sum += load(batch.grad + static_cast<long>(r) * padded + p * W);
    addColumns(a.gradBias2 + p * W, 0, sum, minimum(W, D - p * W));
  });
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
