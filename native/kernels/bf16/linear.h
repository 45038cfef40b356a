// linear.h with products on bfloat16: out = x W^T + b and its gradients. x [rows, inputs], W [outputs, inputs], out
// [rows, outputs]. Weights are packed into tiles once for each call, rows a block at a time, while they are in a cache.
#pragma once
#include "../api.h"
#include "../linear.h"
#include "pack.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

constexpr int kBlockRows = 64;  // rows of a task, whole steps
constexpr int kSumSteps = 8;    // steps of a weight gradient at a time: what they need of both operands stays in L2
constexpr int kSumTiles = 8;    // rows of tiles of a task there, at most

static long wordsOf(int depth) { return divideUp(depth, kStep) * kTileWords; }  // of a line of tiles
static long rowWords(int depth) { return kBlockRows / kTile * wordsOf(depth); }  // of a block of rows

// W [outputs, inputs] for x W^T, and for dout W.
static Operand outputsOf(const float* weight, int inputs, int outputs) {
  return {Run::along, Side::b, weight, outputs, inputs, inputs};
}
static Operand inputsOf(const float* weight, int inputs, int outputs) {
  return {Run::across, Side::b, weight, outputs, inputs, inputs};
}

// A weight in tiles, at one of the pool's shared places or behind what is there already. Returns where it ends.
static long weightWords(const Operand& weight) { return packedSize(weight, divideUp(weight.others(), kTile)); }
static Pair* packWeight(Pool& pool, Pair* to, const Operand& weight) {
  return packAll(pool, to, weight, divideUp(weight.others(), kTile));
}

// Tasks over blocks of rows: work(first, rows, thread).
template <class Work>
static void overBlocks(Pool& pool, int rows, Work work) {
  pool.parallel(divideUp(rows, kBlockRows), [&](int task, int thread) {
    const TileUnit unit;
    const int first = task * kBlockRows;
    work(first, minimum(kBlockRows, rows - first), thread);
  });
}

// out = A B (+ bias), or added to it, for a block of rows in tiles.
static LP_NOINLINE void timesTiles(int rows, const Pair* a, int depth, const Pair* b, int columns, const float* bias,
                                   float* out, bool adds = false) {
  const int rowTiles = divideUp(rows, kTile), columnTiles = divideUp(columns, kTile), lines = linesOf(depth);
  const long line = wordsOf(depth);
  alignas(64) float c[4 * kTileWords];
  for (int n = 0; n < columnTiles; n += 2) {
    const int first = n * kTile, count = minimum(2 * kTile, columns - first);
    float start[2 * kTile] = {};
    if (bias) std::memcpy(start, bias + first, count * sizeof(float));
    for (int m = 0; m < rowTiles; m += 2) {
      multiplyBlock(minimum(2, rowTiles - m), minimum(2, columnTiles - n), c, 2 * kTileWords, false, a + m * line, line,
                    b + n * line, line, lines);
      for (int r = 0; r < minimum(2 * kTile, rows - m * kTile); r++) {
        const float* sums = c + r / kTile * 2 * kTileWords + r % kTile * kTile;
        float* to = out + static_cast<long>(m * kTile + r) * columns + first;
        for (int v = 0; v * W < count; v++) {
          const Vec sum = load(sums + v * W / kTile * kTileWords + v * W % kTile) + load(start + v * W);
          adds ? addColumns(to, v, sum, count) : setColumns(to, v, sum, count);
        }
      }
    }
  }
}

// Rows of A or columns of B in tiles, with the rows of the batch as k: [others / 16] lines.
struct OverRows {
  Pair* tiles;
  int rows, others;
  Side side;

  long line() const { return wordsOf(rows); }
  static long words(int rows, int others) { return divideUp(others, kTile) * wordsOf(rows); }
  // Packs some rows, from `first` on, of a matrix that has `others` columns.
  void pack(int first, int count, const float* from) const {
    packTiles(tiles + first / kStep * kTileWords, line(), {Run::across, side, from, count, others, others});
  }
};

// grad [a's others][b's others] += A B, each sum in the order of the rows.
static void addProductOverRows(Pool& pool, const OverRows& a, const OverRows& b, float* grad) {
  const int rowTiles = divideUp(a.others, kTile), columnTiles = divideUp(b.others, kTile);
  const int tiles = minimum(kSumTiles, roundUp(divideUp(rowTiles, kGroups * pool.threads()), 2));
  const long line = a.line(), sumsRow = columnTiles * kTileWords;
  pool.reserve(tiles * sumsRow);
  pool.parallel(divideUp(rowTiles, tiles), [&](int task, int thread) {
    const TileUnit unit;
    float* sums = pool.scratch(thread);
    const int first = task * tiles, count = minimum(tiles, rowTiles - first);
    const int lines = linesOf(a.rows), some = kSumSteps * kTile;
    for (int done = 0; done < lines; done += some) {
      const long at = done / kTile * kTileWords;
      for (int n = 0; n < columnTiles; n += 2) {
        for (int m = 0; m < count; m += 2) {
          multiplyBlock<true>(minimum(2, count - m), minimum(2, columnTiles - n), sums + m * sumsRow + n * kTileWords,
                        sumsRow, done > 0, a.tiles + (first + m) * line + at, line, b.tiles + n * line + at, line,
                        minimum(some, lines - done));
        }
      }
    }
    const int row = first * kTile;
    unpackRows(sums, sumsRow, minimum(count * kTile, a.others - row), b.others,
               [&](int r, int column, const float* from, int width) {
                 float* to = grad + static_cast<long>(row + r) * b.others + column;
                 for (int i = 0; i < width; i++) to[i] += from[i];
               });
  });
}

static void linear(Pool& pool, const Linear& a) {
  const Operand weight = outputsOf(a.weight, a.inputs, a.outputs);
  Pair* packed = pool.shared(0, weightWords(weight));
  packWeight(pool, packed, weight);
  pool.reserve(rowWords(a.inputs));
  overBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    Pair* x = pool.scratch(thread);
    packTiles(x, wordsOf(a.inputs), {Run::along, Side::a, a.x + first * a.inputs, rows, a.inputs, a.inputs});
    timesTiles(rows, x, a.inputs, packed, a.outputs, a.bias, a.out + first * a.outputs);
  });
}

// dx += dout W, or dx = dout W; dW += dout^T x; db += column sums, in float32, for they are no product.
static void linearGradient(Pool& pool, const Linear& a) {
  const Operand weight = inputsOf(a.weight, a.inputs, a.outputs);
  Pair* packed = pool.shared(0, weightWords(weight));
  if (a.gradX) packWeight(pool, packed, weight);
  Pair* overRows = pool.shared(1, OverRows::words(a.rows, a.outputs) + OverRows::words(a.rows, a.inputs));
  const OverRows grad = {overRows, a.rows, a.outputs, Side::turned};
  const OverRows x = {overRows + OverRows::words(a.rows, a.outputs), a.rows, a.inputs, Side::b};
  pool.reserve(rowWords(a.outputs));
  overBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    const float* gradOut = a.gradOut + first * a.outputs;
    if (a.gradX) {
      Pair* scratch = pool.scratch(thread);
      packTiles(scratch, wordsOf(a.outputs), {Run::along, Side::a, gradOut, rows, a.outputs, a.outputs});
      timesTiles(rows, scratch, a.outputs, packed, a.inputs, nullptr, a.gradX + first * a.inputs, !a.sets);
    }
    if (!a.gradWeight) return;
    grad.pack(first, rows, gradOut);
    x.pack(first, rows, a.x + first * a.inputs);
  });
  if (a.gradWeight) addProductOverRows(pool, grad, x, a.gradWeight);
  if (a.gradBias) addColumnSums(pool, a.gradOut, a.rows, a.outputs, a.gradBias);
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
