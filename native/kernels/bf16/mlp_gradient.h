// The gradient of mlp.h: with dout [rows, D], for each block of 32 rows by 32 hidden units,
//   h = x W1^T + b1, g = gelu h, dg = dout W2, dh = dg gelu' h, and then
//   dx += dh W1, dW1^T += x^T dh, dW2 += dout^T g, db1 += dh
// The blocks are made again, and alternate with products as in the forward pass.
#pragma once
#include "mlp.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

constexpr int kGradientRows = 4;  // rows at a time, in steps of 32

// Hidden units of a chunk, in steps of 32: fewer where the model is wide, so that what a chunk needs stays in L2.
static int gradientSteps(int widthTiles) { return widthTiles > 8 ? 4 : 8; }

// What the gradient needs of the batch and the weights, made once.
struct MlpTiles {
  int widthTiles, widthSteps, widthLines, rowSteps, hiddenSteps;
  float* bias1;
  Pair *x, *grad;              // A, k along D: [rows / 16][D / 32]
  Pair *xTransposed, *gradTransposed;  // A, k along the rows: [D / 16][rows / 32]
  Pair *weight1, *weight2;     // B, k along D: [hidden / 16][D / 32]
  Pair* weight1Transposed;         // B, k along the hidden units: [D / 16][hidden / 32]
};

// Where a batch of blocks goes when it is activated, as operands of the products that use it.
struct Activated {
  Pair* dhRows;             // A, k along the hidden units: [rows / 16] tiles, `dhRow` apart, of [hidden / 32]
  long dhRow;
  Pair *dhUnits, *gUnits;   // B, k along the rows: [hidden / 16] tiles, `column` apart, of [rows / 32]
  long column;
};

// A part of a block from h and dg, both [2][2] tiles, to `to`, and the sums of dh over the rows onto `biasSums`.
static LP_COMPACT void activateGradient(const float* h, const float* dg, const float* bias, float* biasSums,
                                       const Activated& to, int part) {
  for (int v = 0; v < kTile; v += W) {
    const Vec bias0 = load(bias + v), bias1 = load(bias + kTile + v);
    Vec sum0 = load(biasSums + v), sum1 = load(biasSums + kTile + v);
    for (int i = part * kPartWords + v; i < (part + 1) * kPartWords; i += kTile) {
      Vec g[4], dh[4];  // [rows / 16][hidden units / 16]
#pragma GCC unroll 4
      for (int t = 0; t < 4; t++) {
        Vec slope;
        geluWithDerivative(load(h + t * kTileWords + i) + (t % 2 ? bias1 : bias0), g[t], slope);
        dh[t] = load(dg + t * kTileWords + i) * slope;
      }
      sum0 += dh[0] + dh[2];
      sum1 += dh[1] + dh[3];
      storePairs(to.dhRows + i, joined(dh[0], dh[1]));
      storePairs(to.dhRows + to.dhRow + i, joined(dh[2], dh[3]));
      storePairs(to.dhUnits + i, joined(dh[0], dh[2]));
      storePairs(to.dhUnits + to.column + i, joined(dh[1], dh[3]));
      storePairs(to.gUnits + i, joined(g[0], g[2]));
      storePairs(to.gUnits + to.column + i, joined(g[1], g[3]));
    }
    store(biasSums + v, sum0);
    store(biasSums + kTile + v, sum1);
  }
}

// Scratch memory of a thread.
struct MlpScratch {
  float* blocks;             // h and dg of two blocks
  float* biasSums;           // db1 of a chunk
  float *sums1, *sums2;      // dW1^T and dW2 of a chunk: [D / 16][hidden / 16] tiles
  Pair* activated[2];        // two batches of blocks: dhRows, dhUnits, gUnits
  static constexpr long kBlocks = 4 * kBlockWords;

  static long sums(int widthTiles) { return 2L * widthTiles * gradientSteps(widthTiles) * kTileWords; }
  static long pairs(int widthTiles) { return 2L * kGradientRows * gradientSteps(widthTiles) * kTileWords; }
  static long size(int widthTiles) {
    return kBlocks + gradientSteps(widthTiles) * kStep + 2 * sums(widthTiles) + 6 * pairs(widthTiles);
  }
  MlpScratch(float* memory, int widthTiles) {
    blocks = memory;
    biasSums = blocks + kBlocks;
    sums1 = biasSums + gradientSteps(widthTiles) * kStep;
    sums2 = sums1 + sums(widthTiles);
    activated[0] = sums2 + sums(widthTiles);
    activated[1] = activated[0] + 3 * pairs(widthTiles);
  }
};

// dx of a hidden group: its own sums, [rows / 16][D / 16] tiles; or, where that is less to write and read again, dh of
// all groups as it is, [rows / 16][hidden / 32] tiles, for one product at the end.
struct MlpInputGradient {
  float* sums;
  Pair* dh;
};

// Adds a chunk's dW1^T, dW2 and db1 to the gradients.
static void addWeightGradients(const Mlp& a, const MlpScratch& s, int from, int n) {
  const int unit = from * kStep, units = minimum(n * kStep, a.hidden - unit), D = a.width;
  const long row = 2 * n * kTileWords;
  unpackRows(s.sums2, row, D, units, [&](int c, int column, const float* line, int width) {
    addLine(a.gradWeight2 + static_cast<long>(c) * a.hidden + unit + column, line, width);
  });
  for (int column = 0; column < units; column += kTile) {
    for (int c = 0; c < D; c += kTile) {
      alignas(64) float transposed[kTileWords];
      transposeTile(transposed, s.sums1 + c / kTile * row + column / kTile * kTileWords);
      unpackRows(transposed, 0, minimum(kTile, units - column), minimum(kTile, D - c),
                 [&](int r, int, const float* line, int width) {
                   addLine(a.gradWeight1 + static_cast<long>(unit + column + r) * D + c, line, width);
                 });
    }
  }
  for (int i = 0; i < units; i++) a.gradBias1[unit + i] += s.biasSums[i];
}

// One chunk of a group: `n` steps of hidden units from step `from` on. dx is added to, or begun.
static void mlpGradientChunk(const Mlp& a, const MlpTiles& tiles, const MlpScratch& s, int from, int n, bool begin,
                             const MlpInputGradient& inputs) {
  const long line = tiles.widthSteps * kTileWords, rowLine = tiles.rowSteps * kTileWords;
  const long hiddenLine = tiles.hiddenSteps * kTileWords, inputsRow = tiles.widthTiles * kTileWords;
  const long sumsRow = 2 * n * kTileWords, pairs = MlpScratch::pairs(tiles.widthTiles);
  const int widthTiles = tiles.widthTiles, all = tiles.rowSteps * n;
  const int batches = divideUp(tiles.rowSteps, kGradientRows);
  const auto rowsOf = [&](int batch) { return minimum(kGradientRows, tiles.rowSteps - batch * kGradientRows); };
  const auto activatedOf = [&](int batch) {
    Pair* memory = s.activated[batch % 2];
    const long column = rowsOf(batch) * kTileWords;
    if (!inputs.dh) return Activated{memory, n * kTileWords, memory + pairs, memory + 2 * pairs, column};
    Pair* dh = inputs.dh + 2L * batch * kGradientRows * hiddenLine + from * kTileWords;
    return Activated{dh, hiddenLine, memory + pairs, memory + 2 * pairs, column};
  };
  // Blocks are numbered by rows, for some rows by hidden units.
  const auto blockOf = [&](int index) { return s.blocks + index % 2 * 2 * kBlockWords; };
  const auto makeH = [&](int index) {
    multiplyBlock(2, 2, blockOf(index), 2 * kTileWords, false, tiles.x + 2 * (index / n) * line, line,
                  tiles.weight1 + 2 * (from + index % n) * line, line, tiles.widthLines);
  };
  const auto makeDg = [&](int index) {
    multiplyBlock(2, 2, blockOf(index) + kBlockWords, 2 * kTileWords, false, tiles.grad + 2 * (index / n) * line, line,
                  tiles.weight2 + 2 * (from + index % n) * line, line, tiles.widthLines);
  };
  std::memset(s.biasSums, 0, n * kStep * sizeof(float));
  makeH(0);
  makeDg(0);
  int index = 0;
  for (int batch = 0; batch <= batches; batch++) {
    const int last = maximum(0, batch - 1), lastRows = rowsOf(last), lastRow = last * kGradientRows;
    const Activated used = activatedOf(last);
    const TileProduct products[] = {
        {widthTiles, 2 * n, s.sums1, sumsRow, last > 0, tiles.xTransposed + lastRow * kTileWords, rowLine, used.dhUnits,
         used.column, lastRows * kTile},
        {widthTiles, 2 * n, s.sums2, sumsRow, last > 0, tiles.gradTransposed + lastRow * kTileWords, rowLine,
         used.gUnits, used.column, lastRows * kTile},
        {2 * lastRows, widthTiles, inputs.dh ? nullptr : inputs.sums + 2 * lastRow * inputsRow, inputsRow, !begin,
         used.dhRows, used.dhRow, tiles.weight1Transposed + from * kTileWords, hiddenLine, n * kTile},
    };
    const int each = products[0].blocks();
    Pending pending(batch == 0 ? 0 : 2 * each + (inputs.dh ? 0 : products[2].blocks()), [&](int block) {
      const int which = minimum(2, block / each);
      products[which].make(block - which * each);
    });
    const int count = batch < batches ? rowsOf(batch) * n : 0, parts = count * kParts;
    for (int at = 0; at < count; at++, index++) {
      const int row = at / n, step = at % n;
      Activated to = activatedOf(batch);
      to.dhRows += 2 * row * to.dhRow + step * kTileWords;
      to.dhUnits += 2 * step * to.column + row * kTileWords;
      to.gUnits += 2 * step * to.column + row * kTileWords;
      for (int part = 0; part < kParts; part++) {
        if (index + 1 < all && part == 0) makeH(index + 1);
        if (index + 1 < all && part == 1) makeDg(index + 1);
        pending.upTo(at * kParts + part + 1, parts);
        activateGradient(blockOf(index), blockOf(index) + kBlockWords, tiles.bias1 + (from + step) * kStep,
                         s.biasSums + step * kStep, to, part);
      }
    }
    pending.upTo(1, 1);
  }
  addWeightGradients(a, s, from, n);
}

// Tiles of dx, `tilesRow` apart, onto rows of the gradient from tile row `tile` on.
static void addInputGradient(const Mlp& a, const float* tiles, long tilesRow, int tile, int count) {
  const int row = tile * kTile, D = a.width;
  unpackRows(tiles, tilesRow, minimum(count * kTile, a.rows - row), D,
             [&](int r, int column, const float* from, int width) {
               float* to = a.gradX + static_cast<long>(row + r) * D + column;
               for (int i = 0; i < width; i++) to[i] = from[i] + (a.sets ? 0 : to[i]);
             });
}

// Tasks are groups of hidden units, whose number depends on the sizes alone: each owns its rows of dW1, db1 and columns
// of dW2. Sums for dx are added up at the end in the order of the groups.
static void mlpGradient(Pool& pool, const Mlp& a) {
  const int D = a.width;
  MlpTiles t;
  t.widthTiles = divideUp(D, kTile);
  t.widthSteps = divideUp(D, kStep);
  t.widthLines = linesOf(D, Rest::halved);
  t.rowSteps = divideUp(a.rows, kStep);
  t.hiddenSteps = divideUp(a.hidden, kStep);
  const Operand x = {Run::along, Side::a, a.x, a.rows, D, D};
  const Operand grad = {Run::along, Side::a, a.gradOut, a.rows, D, D};
  const Operand xTransposed = {Run::across, Side::a, a.x, a.rows, D, D, Rest::filled};
  const Operand gradTransposed = {Run::across, Side::a, a.gradOut, a.rows, D, D, Rest::filled};
  const Operand weight1 = {Run::along, Side::b, a.weight1, a.hidden, D, D};
  const Operand weight2 = {Run::across, Side::b, a.weight2, D, a.hidden, a.hidden};
  const Operand weight1Transposed = {Run::across, Side::b, a.weight1, a.hidden, D, D, Rest::filled};
  const int rowTiles = 2 * t.rowSteps, hiddenTiles = 2 * t.hiddenSteps;
  t.bias1 = pool.shared(0, 2 * packedSize(x, rowTiles) + 2 * packedSize(xTransposed, t.widthTiles) +
                               2 * packedSize(weight1, hiddenTiles) + packedSize(weight1Transposed, t.widthTiles) +
                               t.hiddenSteps * kStep);
  t.x = padBias(t.bias1, a.bias1, a.hidden);
  t.grad = packAll(pool, t.x, x, rowTiles);
  t.xTransposed = packAll(pool, t.grad, grad, rowTiles);
  t.gradTransposed = packAll(pool, t.xTransposed, xTransposed, t.widthTiles);
  t.weight1 = packAll(pool, t.gradTransposed, gradTransposed, t.widthTiles);
  t.weight2 = packAll(pool, t.weight1, weight1, hiddenTiles);
  t.weight1Transposed = packAll(pool, t.weight2, weight2, hiddenTiles);
  packAll(pool, t.weight1Transposed, weight1Transposed, t.widthTiles);

  const int groups = minimum(16, t.hiddenSteps);
  const long inputsRow = t.widthTiles * kTileWords, inputsSize = rowTiles * inputsRow;
  const long hiddenLine = t.hiddenSteps * kTileWords;
  const bool keepsDh = t.hiddenSteps <= groups * t.widthTiles;
  float* memory = pool.shared(1, keepsDh ? rowTiles * hiddenLine : groups * inputsSize);
  pool.reserve(MlpScratch::size(t.widthTiles));  // more than two rows of tiles of dx, for which it serves too
  pool.parallel(groups, [&](int g, int thread) {
    const TileUnit unit;
    const MlpScratch scratch(pool.scratch(thread), t.widthTiles);
    const MlpInputGradient inputs = keepsDh ? MlpInputGradient{nullptr, memory}
                                            : MlpInputGradient{memory + g * inputsSize, nullptr};
    const int from = t.hiddenSteps * g / groups, to = t.hiddenSteps * (g + 1) / groups;
    const int chunks = divideUp(to - from, gradientSteps(t.widthTiles));
    for (int c = 0; c < chunks; c++) {
      const int start = from + (to - from) * c / chunks, end = from + (to - from) * (c + 1) / chunks;
      mlpGradientChunk(a, t, scratch, start, end - start, c == 0, inputs);
    }
  });
  if (keepsDh) {
    pool.parallel(t.rowSteps, [&](int step, int thread) {
      const TileUnit unit;
      float* sums = pool.scratch(thread);
      makeAll({2, t.widthTiles, sums, inputsRow, false, memory + 2 * step * hiddenLine, hiddenLine, t.weight1Transposed,
               hiddenLine, t.hiddenSteps * kTile});
      addInputGradient(a, sums, inputsRow, 2 * step, 2);
    });
  } else {
    pool.parallel(rowTiles, [&](int tile, int) {
      float* total = memory + tile * inputsRow;
      for (int g = 1; g < groups; g++) {
        const float* part = total + g * inputsSize;
        for (long i = 0; i < inputsRow; i += W) store(total + i, load(total + i) + load(part + i));
      }
      addInputGradient(a, total, inputsRow, tile, 1);
    });
  }
  addColumnSums(pool, a.gradOut, a.rows, D, a.gradBias2);
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
