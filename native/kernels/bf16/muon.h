// ../muon.h with the products with X on bfloat16. Those of its Gram matrix with itself stay float32: their rounding
// would grow with each step.
#pragma once
#include "../muon.h"
#include "pack.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

static Pair* packMatrix(Pair* to, const Operand& m) {
  for (int block = 0; block < divideUp(m.others(), kTile); block++) packBlock(to + block * m.line(), m, block);
  return to + divideUp(m.others(), kTile) * m.line();
}

// out [rows][columns] = A B, or what of it lies above the diagonal.
static void productInTiles(const Operand& left, const Operand& right, Pair* tiles, float* out, long step,
                           bool aboveDiagonal) {
  Pair *a = tiles, *b = packMatrix(a, left);
  packMatrix(b, right);
  const TileUnit unit;
  const long line = left.line();
  const int rowTiles = divideUp(left.others(), kTile), columnTiles = divideUp(right.others(), kTile);
  alignas(64) float c[4 * kTileWords];
  for (int n = 0; n < columnTiles; n += 2) {
    for (int m = 0; m < (aboveDiagonal ? minimum(rowTiles, n + 2) : rowTiles); m += 2) {
      multiplyBlock(minimum(2, rowTiles - m), minimum(2, columnTiles - n), c, 2 * kTileWords, false, a + m * line, line,
                    b + n * line, line, left.lines());
      const int row = m * kTile, column = n * kTile;
      unpackRows(c, 2 * kTileWords, minimum(kStep, left.others() - row), minimum(kStep, right.others() - column),
                 [&](int r, int first, const float* sums, int count) {
                   copyRow(sums, out + (row + r) * step + column + first, count);
                 });
    }
  }
}

static void gramMatrix(const OrthogonalSpace& s, float* out) {
  const Operand x = {Run::along, Side::a, s.x, s.m, s.n, s.step};
  const Operand turned = {Run::along, Side::b, s.x, s.m, s.n, s.step};
  productInTiles(x, turned, s.panel, out, s.squareStep, true);
  mirror(out, s.squareStep, s.m);
}

static void timesX(const OrthogonalSpace& s, const float* q) {
  const Operand left = {Run::along, Side::a, q, s.m, s.m, s.squareStep};
  const Operand x = {Run::across, Side::b, s.x, s.m, s.n, s.step};
  productInTiles(left, x, s.panel, s.next, s.step, false);
}

// Of both operands of one product.
static long tilesOf(const OrthogonalSpace& s) { return static_cast<long>(roundUp(s.m, kStep)) * roundUp(s.n, kStep); }

static void muon(Pool& pool, const Muon& a) { muonWith(pool, a, {bf16::gramMatrix, bf16::timesX, tilesOf}); }

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
