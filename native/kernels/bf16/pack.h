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
static LP_COMPACT void transposeTile(float* to, const float* from) {
  for (int i = 0; i < kTile; i += W) {
    for (int j = 0; j < kTile; j += W) transposeSquare(from + i * kTile + j, kTile, to + j * kTile + i, kTile);
  }
}

// A matrix as it lies in memory, and what it is to be.
struct Operand {
  Run run;
  Side side;
  const float* data;
  int rows, columns;
  long stride;
  Rest rest = Rest::halved;

  int others() const { return run == Run::along ? rows : columns; }
  int depth() const { return run == Run::along ? columns : rows; }
  int steps() const { return divideUp(depth(), kStep); }
  long line() const { return steps() * kTileWords; }
  int lines() const { return linesOf(depth(), rest); }
};

// The first `count` of a vector's numbers, perhaps none, and zeros.
static LP_INLINE Vec someOf(const float* p, int count) {
  return count >= W ? load(p) : count > 0 ? loadPart(p, count) : splat(0.0f);
}

// One tile of `others` by `depth` numbers at most that are there, up to 16 by 32.
static void packTile(Pair* to, const Operand& m, const float* source, int others, int depth) {
  const bool along = m.run == Run::along;
  const int halved = m.rest == Rest::halved ? divideUp(minimum(depth, kStep), 2) : kTile;
  const float* upper = source + (along ? halved : halved * m.stride);
  Pair lines[kTileWords];
  const bool transposed = along == (m.side == Side::b);
  Pair* direct = transposed ? lines : to;
  if (!kSmall && others >= kTile && depth >= kStep) {
    for (int i = 0; i < kTile; i++) {
      for (int v = 0; v < kTile; v += W) {
        const long at = i * m.stride + v;
        storePairs(direct + i * kTile + v, joined(load(source + at), load(upper + at)));
      }
    }
  } else {
    const int low = minimum(depth, halved), high = minimum(depth, kStep) - low;
    for (int i = 0; i < kTile; i++) {
      const int inLow = along ? (i < others ? low : 0) : (i < low ? others : 0);
      const int inHigh = along ? (i < others ? high : 0) : (i < high ? others : 0);
      for (int v = 0; v < kTile; v += W) {
        const long at = i * m.stride + v;
        const Vec first = someOf(source + at, minimum(inLow, kTile) - v);
        storePairs(direct + i * kTile + v, joined(first, someOf(upper + at, minimum(inHigh, kTile) - v)));
      }
    }
  }
  if (transposed) transposeTile(to, lines);
}

// The tiles of the others from 16 * block on: [steps].
static void packBlock(Pair* to, const Operand& m, int block) {
  const int other = block * kTile;
  for (int s = 0; s < m.steps(); s++, to += kTileWords) {
    const int k = s * kStep;
    const float* from = m.data + (m.run == Run::along ? other * m.stride + k : k * m.stride + other);
    if (other >= m.others()) std::memset(to, 0, kTileWords * sizeof(Pair));
    else packTile(to, m, from, m.others() - other, m.depth() - k);
  }
}

// All of it, with `blocks` blocks of 16 others, which may be more than there are. Returns where it ends.
static Pair* packAll(Pool& pool, Pair* to, const Operand& m, int blocks) {
  const long size = m.steps() * kTileWords;
  pool.parallel(blocks, [&](int block, int) { packBlock(to + block * size, m, block); });
  return to + blocks * size;
}

static long packedSize(const Operand& m, int blocks) { return static_cast<long>(blocks) * m.steps() * kTileWords; }

// Adds the first `count` numbers of a tile's line.
static LP_COMPACT_INLINE void addLine(float* to, const float* line, int count) {
  overColumns<kSmall>(count, [&](int i, int some) {
    storeColumns(to + i, loadColumns(to + i, some) + load(line + i), some);
  });
}

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
