// mlp.h with products on bfloat16: out = gelu(x W1^T + b1) W2^T + b2. x [rows, D], W1 [hidden, D], W2 [D, hidden].
//
// As there, the hidden layer is never written to memory. Blocks are 32 rows by 32 hidden units, 2 by 2 tiles.
// The GELU takes more time than the products, and the tile unit can work while the vector units do, if the processor
// sees instructions for both at once; but it looks only some hundreds of instructions ahead. So a block goes through
// the GELU in four parts, and before each part come a few products that do not depend on it: those that make the next
// block, and a share of those that use the blocks of the chunk before.
#pragma once
#include "gelu.h"
#include "linear.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

constexpr int kParts = 4;                        // of a block, each of 4 lines of its tiles
constexpr int kPartWords = kTileWords / kParts;  // of a tile
constexpr long kBlockWords = 4 * kTileWords;     // of a block: [rows / 16][hidden units / 16] tiles
constexpr int kForwardRows = 2;                  // rows of a task of the forward pass, in steps of 32
constexpr int kForwardSteps = 8;                 // hidden units of a chunk there, in steps of 32

// Products that are made a few at a time.
template <class Make>
class Pending {
 public:
  Pending(int count, Make make) : count_(count), make_(make) {}
  // Makes the first part / parts of them, as far as that is not done yet.
  LP_INLINE void upTo(int part, int parts) {
    const int end = count_ * part / parts;
    for (; done_ < end; done_++) make_(done_);
  }

 private:
  int count_, done_ = 0;
  Make make_;
};

// A bias filled up with zeros to whole steps; returns where it ends.
static float* padBias(float* to, const float* bias, int count) {
  const int end = roundUp(count, kStep);
  std::memcpy(to, bias, count * sizeof(float));
  std::memset(to + count, 0, (end - count) * sizeof(float));
  return to + end;
}

// A part of a block: g = gelu(h + b1), as the A of the product with W2, two tiles `gRow` apart.
static LP_COMPACT void activate(const float* h, const float* bias, Pair* g, long gRow, int part) {
  for (int v = 0; v < kTile; v += W) {
    const Vec bias0 = load(bias + v), bias1 = load(bias + kTile + v);
    for (int i = part * kPartWords + v; i < (part + 1) * kPartWords; i += kTile) {
      for (int t = 0; t < 2; t++) {
        const float* from = h + t * 2 * kTileWords + i;
        storePairs(g + t * gRow + i, joined(gelu(load(from) + bias0), gelu(load(from + kTileWords) + bias1)));
      }
    }
  }
}

// Tasks are blocks of 64 rows; each walks the hidden layer in chunks, and keeps its sums, [rows / 16][D / 16] tiles, in
// cache.
static void mlp(Pool& pool, const Mlp& a) {
  const int D = a.width, widthTiles = divideUp(D, kTile), hiddenSteps = divideUp(a.hidden, kStep);
  const int rowSteps = divideUp(a.rows, kStep);
  const Operand x = {Run::along, Side::a, a.x, a.rows, D, D};
  const Operand weight1 = {Run::along, Side::b, a.weight1, a.hidden, D, D};
  const Operand weight2 = {Run::along, Side::b, a.weight2, D, a.hidden, a.hidden, Rest::filled};
  const long line = x.steps() * kTileWords, line2 = hiddenSteps * kTileWords;
  float* bias1 = pool.shared(0, packedSize(x, 2 * rowSteps) + packedSize(weight1, 2 * hiddenSteps) +
                                    packedSize(weight2, widthTiles) + hiddenSteps * kStep);
  Pair* xTiles = padBias(bias1, a.bias1, a.hidden);
  Pair* tiles1 = packAll(pool, xTiles, x, 2 * rowSteps);
  Pair* tiles2 = packAll(pool, tiles1, weight1, 2 * hiddenSteps);
  packAll(pool, tiles2, weight2, widthTiles);

  constexpr long kActivated = 2 * kForwardRows * kForwardSteps * kTileWords, kActivatedRow = kForwardSteps * kTileWords;
  pool.reserve(2 * kBlockWords + 2 * kActivated + 2 * kForwardRows * widthTiles * kTileWords);
  pool.parallel(divideUp(rowSteps, kForwardRows), [&](int task, int thread) {
    const TileUnit unit;
    float* blocks = pool.scratch(thread);                // h of two blocks
    Pair* activated = blocks + 2 * kBlockWords;          // g of two chunks, [row / 16][step]
    float* sums = activated + 2 * kActivated;            // [row / 16][D / 16]
    const long sumsRow = widthTiles * kTileWords;
    const int first = task * kForwardRows, rows = minimum(kForwardRows, rowSteps - first);
    const int chunks = divideUp(hiddenSteps, kForwardSteps), all = hiddenSteps * rows;
    const auto stepsOf = [&](int chunk) { return minimum(kForwardSteps, hiddenSteps - chunk * kForwardSteps); };
    // Blocks are numbered by chunks, in a chunk by rows, for some rows by hidden units.
    const auto makeBlock = [&](int index) {
      const int chunk = index / (kForwardSteps * rows), at = index % (kForwardSteps * rows), n = stepsOf(chunk);
      multiplyBlock(2, 2, blocks + index % 2 * kBlockWords, 2 * kTileWords, false, xTiles + 2 * (first + at / n) * line,
                    line, tiles1 + 2 * (chunk * kForwardSteps + at % n) * line, line, x.lines());
    };
    makeBlock(0);
    int index = 0;
    for (int chunk = 0; chunk <= chunks; chunk++) {
      const int last = maximum(0, chunk - 1);  // the chunk whose products are made now
      const TileProduct out = {2 * rows, widthTiles, sums, sumsRow, last > 0, activated + last % 2 * kActivated,
                               kActivatedRow, tiles2 + last * kActivatedRow, line2, stepsOf(last) * kTile};
      Pending pending(chunk == 0 ? 0 : out.blocks(), [&](int block) { out.make(block); });
      const int count = chunk < chunks ? stepsOf(chunk) * rows : 0, parts = count * kParts;
      for (int at = 0; at < count; at++, index++) {
        const int row = at / stepsOf(chunk), step = at % stepsOf(chunk);
        if (index + 1 < all) makeBlock(index + 1);
        for (int part = 0; part < kParts; part++) {
          pending.upTo(at * kParts + part + 1, parts);
          activate(blocks + index % 2 * kBlockWords, bias1 + (chunk * kForwardSteps + step) * kStep,
                   activated + chunk % 2 * kActivated + 2 * row * kActivatedRow + step * kTileWords, kActivatedRow,
                   part);
        }
      }
      pending.upTo(1, 1);
    }
    const int row = first * kStep;
    unpackRows(sums, sumsRow, minimum(rows * kStep, a.rows - row), D,
               [&](int r, int column, const float* from, int width) {
                 float* out = a.out + static_cast<long>(row + r) * D + column;
                 for (int i = 0; i < width; i++) out[i] = from[i] + a.bias2[column + i];
               });
  });
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
