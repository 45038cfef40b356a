// linear.h with products on bfloat16: out = x W^T + b and its gradients. x [rows, inputs], W [outputs, inputs], out
// [rows, outputs]. Operands are packed into tiles once for each call; a block of 2 by 2 tiles of a result sums over its
// whole depth in the unit's registers before it is written.
#pragma once
#include "../api.h"
#include "../linear.h"
#include "pack.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

constexpr int kLinearRows = 64;  // rows of a task

// C = A B in blocks of 32 by 32, each handed to finish(row, column, tiles). Tasks are blocks of rows.
template <class Finish>
static void products(Pool& pool, const Operand& a, const Operand& b, Finish finish) {
  const int rowTiles = divideUp(a.others(), kTile), columnTiles = divideUp(b.others(), kTile), steps = a.steps();
  const long line = steps * kTileWords;
  Pair* packedA = pool.shared(0, packedSize(a, rowTiles) + packedSize(b, columnTiles));
  Pair* packedB = packAll(pool, packedA, a, rowTiles);
  packAll(pool, packedB, b, columnTiles);
  constexpr int kTiles = kLinearRows / kTile;
  pool.parallel(divideUp(rowTiles, kTiles), [&](int task, int) {
    const TileUnit unit;
    alignas(64) float c[4 * kTileWords];
    const int end = minimum(rowTiles, (task + 1) * kTiles);
    for (int n = 0; n < columnTiles; n += 2) {
      for (int m = task * kTiles; m < end; m += 2) {
        multiplyBlock(minimum(2, end - m), minimum(2, columnTiles - n), c, 2 * kTileWords, false, packedA + m * line,
                      line, packedB + n * line, line, steps);
        finish(m * kTile, n * kTile, c);
      }
    }
  });
}

// Adds the first `rows` by `columns` numbers of a block of 2 by 2 tiles to what lies at `to`.
static void addBlock(const float* c, int rows, int columns, float* to, long stride) {
  unpackRows(c, 2 * kTileWords, rows, columns, [&](int r, int first, const float* line, int count) {
    for (int i = 0; i < count; i++) to[r * stride + first + i] += line[i];
  });
}

static void linear(Pool& pool, const Linear& a) {
  const Operand x = {Run::along, Side::a, a.x, a.rows, a.inputs, a.inputs};
  const Operand weight = {Run::along, Side::b, a.weight, a.outputs, a.inputs, a.inputs};
  products(pool, x, weight, [&](int row, int column, const float* c) {
    unpackRows(c, 2 * kTileWords, minimum(kStep, a.rows - row), minimum(kStep, a.outputs - column),
               [&](int r, int first, const float* line, int count) {
                 float* out = a.out + static_cast<long>(row + r) * a.outputs + column + first;
                 if (!a.bias) std::memcpy(out, line, count * sizeof(float));
                 else for (int i = 0; i < count; i++) out[i] = line[i] + a.bias[column + first + i];
               });
  });
}

// dx += dout W, or dx = dout W
static void linearGradientX(Pool& pool, const Linear& a) {
  const Operand grad = {Run::along, Side::a, a.gradOut, a.rows, a.outputs, a.outputs};
  const Operand weight = {Run::across, Side::b, a.weight, a.outputs, a.inputs, a.inputs};
  products(pool, grad, weight, [&](int row, int column, const float* c) {
    const int rows = minimum(kStep, a.rows - row), columns = minimum(kStep, a.inputs - column);
    float* to = a.gradX + static_cast<long>(row) * a.inputs + column;
    if (!a.sets) return addBlock(c, rows, columns, to, a.inputs);
    unpackRows(c, 2 * kTileWords, rows, columns, [&](int r, int first, const float* line, int count) {
      std::memcpy(to + static_cast<long>(r) * a.inputs + first, line, count * sizeof(float));
    });
  });
}

// dW += dout^T x, with the rows of the batch as k. Tasks are pairs of tiles of outputs, so that both operands of a task
// stay in L2.
static void linearGradientWeight(Pool& pool, const Linear& a) {
  const Operand grad = {Run::across, Side::a, a.gradOut, a.rows, a.outputs, a.outputs};
  const Operand x = {Run::across, Side::b, a.x, a.rows, a.inputs, a.inputs};
  const int columnTiles = divideUp(a.inputs, kTile), steps = x.steps();
  const long line = steps * kTileWords;
  Pair* packedX = pool.shared(0, packedSize(x, columnTiles));
  packAll(pool, packedX, x, columnTiles);
  pool.reserve(2 * line);
  pool.parallel(divideUp(a.outputs, kStep), [&](int task, int thread) {
    const TileUnit unit;
    Pair* packed = pool.scratch(thread);
    const int row = task * kStep, rows = minimum(kStep, a.outputs - row), rowTiles = divideUp(rows, kTile);
    for (int i = 0; i < rowTiles; i++) packBlock(packed + i * line, grad, 2 * task + i);
    alignas(64) float c[4 * kTileWords];
    for (int n = 0; n < columnTiles; n += 2) {
      multiplyBlock(rowTiles, minimum(2, columnTiles - n), c, 2 * kTileWords, false, packed, line, packedX + n * line,
                    line, steps);
      const int column = n * kTile;
      addBlock(c, rows, minimum(kStep, a.inputs - column), a.gradWeight + static_cast<long>(row) * a.inputs + column,
               a.inputs);
    }
  });
}

static void linearGradient(Pool& pool, const Linear& a) {
  if (a.gradX) linearGradientX(pool, a);
  if (a.gradWeight) linearGradientWeight(pool, a);
  if (a.gradBias) addColumnSums(pool, a.gradOut, a.rows, a.outputs, a.gradBias);  // in float32, for it is no product
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
