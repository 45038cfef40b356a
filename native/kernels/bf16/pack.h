// Copies float32 matrices into bfloat16 tiles (see tiles.h), filled up with zeros.
//
// In a product, k runs along the rows of the operand as it lies in memory, or across them:
//   along    [others, k]  rows of the batch in x, in dout; W where x W^T is wanted
//   across   [k, others]  W where dout W is wanted; x and dout where k is the rows of the batch
// The operand A has one of the others in each line of a tile, B in each lane. The packed form of both is
// [others / 16][k / 32] tiles.
#pragma once
#include "../../thread_pool.h"
#include "../tile.h"
#include "tiles.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

enum class Run { along, across };
enum class Side { a, b };

// The transpose of a tile of 16 lines of 16 words.
static LP_INLINE void transposeTile(float* to, const float* from) {
  for (int i = 0; i < kTile; i += W) {
    for (int j = 0; j < kTile; j += W) transposeSquare(from + i * kTile + j, kTile, to + j * kTile + i, kTile);
  }
}

// One tile, of `rows` and `columns` numbers at most that are there: up to 16 by 32 along, 32 by 16 across.
static void packTile(Pair* to, Run run, Side side, const float* source, long stride, int rows, int columns) {
  const int wantedRows = run == Run::along ? kTile : kStep, wantedColumns = run == Run::along ? kStep : kTile;
  float padded[kTile * kStep];
  if (rows < wantedRows || columns < wantedColumns) {
    std::memset(padded, 0, sizeof padded);
    const int count = minimum(columns, wantedColumns);
    for (int r = 0; r < minimum(rows, wantedRows); r++) {
      std::memcpy(padded + r * wantedColumns, source + r * stride, static_cast<size_t>(count) * sizeof(float));
    }
    source = padded;
    stride = wantedColumns;
  }
  const long other = run == Run::along ? kTile : kTile * stride;  // from a lower half to its upper half
  const bool transposed = (run == Run::along) == (side == Side::b);
  Pair lines[kTileWords];
  Pair* direct = transposed ? lines : to;
  for (int i = 0; i < kTile; i++) {
    const float* from = source + i * stride;
    for (int v = 0; v < kTile; v += W) {
      storePairs(direct + i * kTile + v, joined(load(from + v), load(from + v + other)));
    }
  }
  if (!transposed) return;
  transposeTile(to, lines);
}

// A matrix as it lies in memory, and what it is to be.
struct Operand {
  Run run;
  Side side;
  const float* data;
  int rows, columns;
  long stride;

  int others() const { return run == Run::along ? rows : columns; }
  int depth() const { return run == Run::along ? columns : rows; }
  int steps() const { return divideUp(depth(), kStep); }
};

// The tiles of the others from 16 * block on: [steps].
static void packBlock(Pair* to, const Operand& m, int block) {
  for (int s = 0; s < m.steps(); s++, to += kTileWords) {
    const int row = m.run == Run::along ? block * kTile : s * kStep;
    const int column = m.run == Run::along ? s * kStep : block * kTile;
    if (row >= m.rows || column >= m.columns) std::memset(to, 0, kTileWords * sizeof(Pair));
    else packTile(to, m.run, m.side, m.data + row * m.stride + column, m.stride, m.rows - row, m.columns - column);
  }
}

// All of it, with `blocks` blocks of 16 others, which may be more than there are. Returns where it ends.
static Pair* packAll(Pool& pool, Pair* to, const Operand& m, int blocks) {
  const long size = m.steps() * kTileWords;
  pool.parallel(blocks, [&](int block, int) { packBlock(to + block * size, m, block); });
  return to + blocks * size;
}

static long packedSize(const Operand& m, int blocks) { return static_cast<long>(blocks) * m.steps() * kTileWords; }

// Tiles of C, one row of them `cRow` apart, into or onto a row-major matrix, as far as it goes.
template <class Finish>
static LP_INLINE void unpackRows(const float* tiles, long cRow, int rows, int columns, Finish finish) {
  for (int r = 0; r < rows; r++) {
    const float* line = tiles + r / kTile * cRow + r % kTile * kTile;
    for (int c = 0; c < columns; c += kTile, line += kTileWords) finish(r, c, line, minimum(kTile, columns - c));
  }
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
