// mlp.h with products on bfloat16: out = gelu(x W1^T + b1) W2^T + b2. x [rows, D], W1 [hidden, D], W2 [D, hidden].
//
// As there, the hidden layer is never written to memory. Work goes in blocks of 32 rows by 32 hidden units, 2 by 2 tiles:
// the first products of a block (h, and dg in the gradient) are made while the block before goes through the GELU, which
// takes most of the time: the tile unit and the vector units run side by side, for the processor's window holds
// the few instructions that keep the former busy. What comes out of the GELU is written as tiles again, for the
// products that follow.
#pragma once
#include "../math.h"
#include "linear.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

constexpr int kMlpRows = 64;         // rows of a task of the forward pass
constexpr int kForwardSteps = 8;     // hidden units at a time there, in steps of 32
constexpr int kGradientRows = 4;     // rows at a time of the gradient, in steps of 32
constexpr int kGradientSteps = 8;    // most hidden units at a time there, in steps of 32
constexpr long kBlockWords = 4 * kTileWords;

static Pair* pairsAt(float* memory) { return reinterpret_cast<Pair*>(memory); }

// A bias filled up with zeros to whole steps; returns where it ends.
static float* padBias(float* to, const float* bias, int count) {
  const int end = roundUp(count, kStep);
  std::memcpy(to, bias, count * sizeof(float));
  std::memset(to + count, 0, (end - count) * sizeof(float));
  return to + end;
}

// 32 rows by 32 hidden units: g = gelu(h + b1), as the A of the product with W2. h is [2][2] tiles, g two tiles `gRow`
// apart.
static LP_INLINE void activate(const float* h, const float* bias, Pair* g, long gRow) {
  for (int v = 0; v < kTile; v += W) {
    const Vec bias0 = load(bias + v), bias1 = load(bias + kTile + v);
    for (int i = v; i < kTileWords; i += kTile) {
      for (int t = 0; t < 2; t++) {
        const float* from = h + t * 2 * kTileWords + i;
        storePairs(g + t * gRow + i, joined(gelu(load(from) + bias0), gelu(load(from + kTileWords) + bias1)));
      }
    }
  }
}

// Tasks are blocks of 64 rows; each walks the hidden layer, and keeps its sums, [rows / 16][D / 16] tiles, in cache.
static void mlp(Pool& pool, const Mlp& a) {
  const int D = a.width, widthTiles = divideUp(D, kTile), hiddenSteps = divideUp(a.hidden, kStep);
  const int rowSteps = divideUp(a.rows, kStep);
  const Operand x = {Run::along, Side::a, a.x, a.rows, D, D};
  const Operand weight1 = {Run::along, Side::b, a.weight1, a.hidden, D, D};
  const Operand weight2 = {Run::along, Side::b, a.weight2, D, a.hidden, a.hidden};
  const int steps = x.steps();
  const long line = steps * kTileWords, line2 = hiddenSteps * kTileWords;
  float* shared = pool.shared(0, packedSize(x, 2 * rowSteps) + packedSize(weight1, 2 * hiddenSteps) +
                                     packedSize(weight2, widthTiles) + hiddenSteps * kStep);
  padBias(shared, a.bias1, a.hidden);
  Pair* xTiles = pairsAt(shared + hiddenSteps * kStep);
  Pair* tiles1 = packAll(pool, xTiles, x, 2 * rowSteps);
  Pair* tiles2 = packAll(pool, tiles1, weight1, 2 * hiddenSteps);
  packAll(pool, tiles2, weight2, widthTiles);

  constexpr int kRowSteps = kMlpRows / kStep;
  constexpr long kActivated = 2 * kRowSteps * kForwardSteps * kTileWords;
  pool.reserve(2 * kBlockWords + kActivated + 2 * kRowSteps * widthTiles * kTileWords);
  pool.parallel(divideUp(rowSteps, kRowSteps), [&](int task, int thread) {
    const TileUnit unit;
    float* blocks = pool.scratch(thread);                  // h of two blocks
    Pair* activated = pairsAt(blocks + 2 * kBlockWords);   // g, [row / 16][step]
    float* sums = blocks + 2 * kBlockWords + kActivated;  // [row / 16][D / 16]
    const long sumsRow = widthTiles * kTileWords;
    const int first = task * kRowSteps, rowCount = minimum(kRowSteps, rowSteps - first);
    // Block `index` of `count`: chunks of hidden units, in each the steps of rows, in each the steps of hidden units.
    const int chunkBlocks = kForwardSteps * rowCount, count = hiddenSteps * rowCount;
    const auto inChunk = [&](int chunk) { return minimum(kForwardSteps, hiddenSteps - chunk * kForwardSteps); };
    const auto multiplyBlock = [&](int index) {
      const int chunk = index / chunkBlocks, at = index % chunkBlocks, n = inChunk(chunk);
      const Pair* rowsOfX = xTiles + 2 * (first + at / n) * line;
      const Pair* units = tiles1 + 2 * (chunk * kForwardSteps + at % n) * line;
      multiplyTiles<2, 2>(blocks + index % 2 * kBlockWords, 2 * kTileWords, false, rowsOfX, line, units, line, steps);
    };
    multiplyBlock(0);
    for (int index = 0; index < count; index++) {
      const int chunk = index / chunkBlocks, at = index % chunkBlocks, n = inChunk(chunk);
      if (index + 1 < count) multiplyBlock(index + 1);
      activate(blocks + index % 2 * kBlockWords, shared + (chunk * kForwardSteps + at % n) * kStep,
               activated + (2 * (at / n) * kForwardSteps + at % n) * kTileWords, kForwardSteps * kTileWords);
      if (at + 1 == n * rowCount) {
        multiply(2 * rowCount, widthTiles, sums, sumsRow, chunk > 0, activated, kForwardSteps * kTileWords,
                 tiles2 + chunk * kForwardSteps * kTileWords, line2, n);
      }
    }
    const int row = first * kStep;
    unpackRows(sums, sumsRow, minimum(rowCount * kStep, a.rows - row), D,
               [&](int r, int column, const float* from, int width) {
                 float* out = a.out + static_cast<long>(row + r) * D + column;
                 for (int i = 0; i < width; i++) out[i] = from[i] + a.bias2[column + i];
               });
  });
}

// What the gradient needs of the batch and the weights, made once.
struct MlpTiles {
  int widthTiles, widthSteps, rowSteps, hiddenSteps;
  float* bias1;
  Pair *x, *grad;                    // A, k along D: [rows / 16][D / 32]
  Pair *xTurned, *gradTurned;        // A, k along the rows: [D / 16][rows / 32]
  Pair *weight1, *weight2;           // B, k along D: [hidden / 16][D / 32]
  Pair* weight1Turned;               // B, k along the hidden units: [D / 16][hidden / 32]
};

// 32 rows by 32 hidden units: from h and dg, both [2][2] tiles, to
//   dh = dg gelu'(h + b1), as the A of the product with W1, two tiles `aRow` apart
//   dh and g = gelu(h + b1), as the B of the products with x^T and dout^T, two tiles `bColumn` apart each
// and the sums of dh over the rows onto `biasSums`.
static LP_INLINE void activateGradient(const float* h, const float* dg, const float* bias, float* biasSums, Pair* dhRows,
                                       long aRow, Pair* dhUnits, Pair* gUnits, long bColumn) {
  for (int v = 0; v < kTile; v += W) {
    const Vec bias0 = load(bias + v), bias1 = load(bias + kTile + v);
    Vec sum0 = load(biasSums + v), sum1 = load(biasSums + kTile + v);
    for (int i = v; i < kTileWords; i += kTile) {
      Vec g[4], dh[4];  // [rows / 16][units / 16]
#pragma GCC unroll 4
      for (int t = 0; t < 4; t++) {
        Vec slope;
        geluWithDerivative(load(h + t * kTileWords + i) + (t % 2 ? bias1 : bias0), g[t], slope);
        dh[t] = load(dg + t * kTileWords + i) * slope;
      }
      sum0 += dh[0] + dh[2];
      sum1 += dh[1] + dh[3];
      storePairs(dhRows + i, joined(dh[0], dh[1]));
      storePairs(dhRows + aRow + i, joined(dh[2], dh[3]));
      storePairs(dhUnits + i, joined(dh[0], dh[2]));
      storePairs(dhUnits + bColumn + i, joined(dh[1], dh[3]));
      storePairs(gUnits + i, joined(g[0], g[2]));
      storePairs(gUnits + bColumn + i, joined(g[1], g[3]));
    }
    store(biasSums + v, sum0);
    store(biasSums + kTile + v, sum1);
  }
}

// Scratch memory of a hidden group, with room for `chunkSteps` steps of hidden units at a time.
struct MlpScratch {
  float *blocks;             // h and dg of two blocks
  float *biasSums;           // db1 of the chunk
  float *sums1, *sums2;      // dW1^T and dW2 of the chunk: [D / 16][hidden / 16] tiles
  Pair* dhRows;              // [rows / 16][step of hidden units]
  Pair *dhUnits, *gUnits;    // [hidden / 16][step of rows]

  static long size(int widthTiles) {
    return 4 * kBlockWords + kGradientSteps * kStep + 2L * widthTiles * 2 * kGradientSteps * kTileWords +
           3L * 2 * kGradientRows * kGradientSteps * kTileWords;
  }
  MlpScratch(float* memory, int widthTiles) {
    const long sums = 2L * widthTiles * kGradientSteps * kTileWords;
    constexpr long kPairs = 2L * kGradientRows * kGradientSteps * kTileWords;
    blocks = memory;
    biasSums = blocks + 4 * kBlockWords;
    sums1 = biasSums + kGradientSteps * kStep;
    sums2 = sums1 + sums;
    dhRows = pairsAt(sums2 + sums);
    dhUnits = dhRows + kPairs;
    gUnits = dhUnits + kPairs;
  }
};

// One chunk of a group: `n` steps of hidden units from step `from` on. dx is added to, or begun, in the group's own
// sums; dW1, db1 and dW2 of these hidden units are complete at the end.
static void mlpGradientChunk(const Mlp& a, const MlpTiles& tiles, const MlpScratch& s, int from, int n, bool begin,
                             float* gradX) {
  const long line = tiles.widthSteps * kTileWords, rowLine = tiles.rowSteps * kTileWords;
  const long hiddenLine = tiles.hiddenSteps * kTileWords, gradXRow = tiles.widthTiles * kTileWords;
  const long sumsRow = 2 * n * kTileWords;
  const int widthTiles = tiles.widthTiles;
  std::memset(s.biasSums, 0, n * kStep * sizeof(float));
  for (int first = 0; first < tiles.rowSteps; first += kGradientRows) {
    const int rows = minimum(kGradientRows, tiles.rowSteps - first), count = rows * n;
    const long unitsColumn = rows * kTileWords, dhRow = n * kTileWords;
    const auto multiplyBlock = [&](int index) {
      float* h = s.blocks + index % 2 * 2 * kBlockWords;
      const long row = 2 * (first + index / n) * line, unit = 2 * (from + index % n) * line;
      multiplyTiles<2, 2>(h, 2 * kTileWords, false, tiles.x + row, line, tiles.weight1 + unit, line, tiles.widthSteps);
      multiplyTiles<2, 2>(h + kBlockWords, 2 * kTileWords, false, tiles.grad + row, line, tiles.weight2 + unit, line,
                          tiles.widthSteps);
    };
    multiplyBlock(0);
    for (int index = 0; index < count; index++) {
      if (index + 1 < count) multiplyBlock(index + 1);
      const int row = index / n, unit = index % n;
      const float* h = s.blocks + index % 2 * 2 * kBlockWords;
      const long inUnits = 2 * unit * unitsColumn + row * kTileWords;
      activateGradient(h, h + kBlockWords, tiles.bias1 + (from + unit) * kStep, s.biasSums + unit * kStep,
                       s.dhRows + 2 * row * dhRow + unit * kTileWords, dhRow, s.dhUnits + inUnits, s.gUnits + inUnits,
                       unitsColumn);
    }
    multiply(2 * rows, widthTiles, gradX + 2 * first * gradXRow, gradXRow, !begin, s.dhRows, dhRow,
             tiles.weight1Turned + from * kTileWords, hiddenLine, n);
    multiply(widthTiles, 2 * n, s.sums1, sumsRow, first > 0, tiles.xTurned + first * kTileWords, rowLine, s.dhUnits,
             unitsColumn, rows);
    multiply(widthTiles, 2 * n, s.sums2, sumsRow, first > 0, tiles.gradTurned + first * kTileWords, rowLine, s.gUnits,
             unitsColumn, rows);
  }
  const int unit = from * kStep, units = minimum(n * kStep, a.hidden - unit), D = a.width;
  unpackRows(s.sums2, sumsRow, D, units, [&](int c, int column, const float* line2, int width) {
    float* to = a.gradWeight2 + static_cast<long>(c) * a.hidden + unit + column;
    for (int i = 0; i < width; i++) to[i] += line2[i];
  });
  unpackRows(s.sums1, sumsRow, D, units, [&](int c, int column, const float* line1, int width) {
    float* to = a.gradWeight1 + static_cast<long>(unit + column) * D + c;
    for (int i = 0; i < width; i++) to[static_cast<long>(i) * D] += line1[i];
  });
  for (int i = 0; i < units; i++) a.gradBias1[unit + i] += s.biasSums[i];
}

// Tasks are groups of hidden units, whose number is given by the sizes alone: each owns its rows of dW1, db1 and columns
// of dW2, and has dx sums of its own, [rows / 16][D / 16] tiles, which are added up at last in the order of the groups.
static void mlpGradient(Pool& pool, const Mlp& a) {
  const int D = a.width;
  MlpTiles t;
  t.widthTiles = divideUp(D, kTile);
  t.widthSteps = divideUp(D, kStep);
  t.rowSteps = divideUp(a.rows, kStep);
  t.hiddenSteps = divideUp(a.hidden, kStep);
  const Operand x = {Run::along, Side::a, a.x, a.rows, D, D};
  const Operand grad = {Run::along, Side::a, a.gradOut, a.rows, D, D};
  const Operand xTurned = {Run::across, Side::a, a.x, a.rows, D, D};
  const Operand gradTurned = {Run::across, Side::a, a.gradOut, a.rows, D, D};
  const Operand weight1 = {Run::along, Side::b, a.weight1, a.hidden, D, D};
  const Operand weight2 = {Run::across, Side::b, a.weight2, D, a.hidden, a.hidden};
  const Operand weight1Turned = {Run::across, Side::b, a.weight1, a.hidden, D, D};
  const int rowTiles = 2 * t.rowSteps, hiddenTiles = 2 * t.hiddenSteps;
  t.bias1 = pool.shared(0, 2 * packedSize(x, rowTiles) + 2 * packedSize(xTurned, t.widthTiles) +
                               2 * packedSize(weight1, hiddenTiles) + packedSize(weight1Turned, t.widthTiles) +
                               t.hiddenSteps * kStep);
  t.x = pairsAt(padBias(t.bias1, a.bias1, a.hidden));
  t.grad = packAll(pool, t.x, x, rowTiles);
  t.xTurned = packAll(pool, t.grad, grad, rowTiles);
  t.gradTurned = packAll(pool, t.xTurned, xTurned, t.widthTiles);
  t.weight1 = packAll(pool, t.gradTurned, gradTurned, t.widthTiles);
  t.weight2 = packAll(pool, t.weight1, weight1, hiddenTiles);
  t.weight1Turned = packAll(pool, t.weight2, weight2, hiddenTiles);
  packAll(pool, t.weight1Turned, weight1Turned, t.widthTiles);

  const int groups = minimum(16, t.hiddenSteps);
  const long gradXSize = static_cast<long>(rowTiles) * t.widthTiles * kTileWords;
  float* gradX = pool.shared(1, groups * gradXSize);
  pool.reserve(MlpScratch::size(t.widthTiles));
  pool.parallel(groups, [&](int g, int thread) {
    const TileUnit unit;
    const MlpScratch scratch(pool.scratch(thread), t.widthTiles);
    const int from = t.hiddenSteps * g / groups, to = t.hiddenSteps * (g + 1) / groups;
    const int chunks = divideUp(to - from, kGradientSteps);
    for (int c = 0; c < chunks; c++) {
      const int start = from + (to - from) * c / chunks, end = from + (to - from) * (c + 1) / chunks;
      mlpGradientChunk(a, t, scratch, start, end - start, c == 0, gradX + g * gradXSize);
    }
  });
  const long gradXRow = t.widthTiles * kTileWords;
  pool.parallel(rowTiles, [&](int tile, int) {
    float* total = gradX + tile * gradXRow;
    for (int g = 1; g < groups; g++) {
      const float* part = total + g * gradXSize;
      for (long i = 0; i < gradXRow; i += W) store(total + i, load(total + i) + load(part + i));
    }
    const int row = tile * kTile;
    unpackRows(total, 0, minimum(kTile, a.rows - row), D, [&](int r, int column, const float* from, int width) {
      float* to = a.gradX + static_cast<long>(row + r) * D + column;
      for (int i = 0; i < width; i++) to[i] += from[i];
    });
  });
  addColumnSums(pool, a.gradOut, a.rows, D, a.gradBias2);
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
