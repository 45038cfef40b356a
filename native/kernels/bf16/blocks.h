// Products of the rows of a batch, a block of them at a time, while they are in a cache: packed into tiles as A, and
// for sums over all rows as operands whose k they are, in the same pass.
#pragma once
#include "../linear.h"
#include "pack.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

constexpr int kBlockRows = 64;  // rows of a task, whole steps
// Steps of a sum over rows at a time, whose operands stay in L2. The tile unit takes longer to load and store sums.
constexpr int kSumSteps = kTakesTurned ? 8 : 32;
constexpr int kSumTiles = 8;  // rows of tiles of a task there, at most

static long lineOf(int depth) { return divideUp(depth, kStep) * kTileWords; }  // words of a line of tiles
static long blockWords(int depth) { return kBlockRows / kTile * lineOf(depth); }

// Tasks over blocks of rows: work(first, rows, thread).
template <class Work>
static void overBlocks(Pool& pool, int rows, Work work) {
  pool.parallel(divideUp(rows, kBlockRows), [&](int task, int thread) {
    const TileUnit unit;
    const int first = task * kBlockRows;
    work(first, minimum(kBlockRows, rows - first), thread);
  });
}

// An operand whose k are the rows of the batch, with line and lane exchanged if it is A: tiles of B(k, n) or A(k, m),
// [others / 16] lines of [rows / 32].
struct OverRows {
  Pair* tiles;
  int rows, others;

  long line() const { return lineOf(rows); }
  static long words(int rows, int others) { return roundUp(others, kStep) / kTile * lineOf(rows); }
};

// Where a block of rows goes: into tiles of A, [rows / 16][columns / 32], and into an operand. One may be null.
struct Packed {
  Pair* a;
  const OverRows* over;
};

constexpr int kMostMade = 3;  // matrices that are packed together

// Packs `rows` by `columns` numbers of some matrices, made by make(row, column, count, numbers) for up to W columns.
// `first`, whole steps, is their first row in the batch.
template <class Make>
static LP_INLINE void packMade(int matrices, Rest rest, long first, int rows, int columns, const Packed* to,
                               Make make) {
  const long line = lineOf(columns);
  for (int top = 0; top < rows; top += kStep) {
    const long row = (first + top) / kStep * kTileWords;
    for (int left = 0; left < columns; left += kStep) {
      const int count = minimum(kStep, columns - left);
      const int half = rest == Rest::halved ? divideUp(count, 2) : kTile;
      for (int v = 0; v < kTile; v += W) {
        for (int r = 0; r < kTile; r++) {
          Vec made[2][2][kMostMade];  // [half of the rows][half of the columns]
          const auto get = [&](int down, int column, int some, Vec* numbers) {
            const int at = top + down * kTile + r;
            if (at < rows && some > 0) return make(at, left + column, minimum(some, W), numbers);
            for (int n = 0; n < matrices; n++) numbers[n] = splat(0.0f);
          };
          const auto getAll = [&](int upper) {
#pragma GCC unroll 2
            for (int down = 0; down < 2; down++) {
              get(down, v, minimum(count, upper) - v, made[down][0]);
              get(down, upper + v, count - upper - v, made[down][1]);
            }
          };
          getAll(kTile);
          for (int n = 0; n < matrices; n++) {
            if (to[n].over == nullptr) continue;
            Pair* tile = to[n].over->tiles + row + left / kTile * to[n].over->line() + r * kTile + v;
            storePairs(tile, joined(made[0][0][n], made[1][0][n]));
            storePairs(tile + to[n].over->line(), joined(made[0][1][n], made[1][1][n]));
          }
          if (half < kTile) getAll(half);
          for (int n = 0; n < matrices; n++) {
            if (to[n].a == nullptr) continue;
            Pair* tile = to[n].a + top / kTile * line + left / kStep * kTileWords + r * kTile + v;
            storePairs(tile, joined(made[0][0][n], made[0][1][n]));
            storePairs(tile + line, joined(made[1][0][n], made[1][1][n]));
          }
        }
      }
    }
  }
}

#if defined(__wasm__)
struct Made {
  const void* context;
  void (*make)(const void* context, int row, int column, int count, Vec* numbers);
  void operator()(int row, int column, int count, Vec* numbers) const { make(context, row, column, count, numbers); }
};
static LP_NOINLINE void packAnyMade(int matrices, Rest rest, long first, int rows, int columns, const Packed* to,
                                    const Made& made) {
  packMade(matrices, rest, first, rows, columns, to, made);
}
#endif

// The same of N matrices. Pages download one copy of the loop for all of them.
template <int N, Rest kRest, class Make>
static LP_INLINE void packRows(long first, int rows, int columns, const Packed (&to)[N], const Make& make) {
#if defined(__wasm__)
  const Made erased = {&make, [](const void* context, int row, int column, int count, Vec* numbers) {
                         (*static_cast<const Make*>(context))(row, column, count, numbers);
                       }};
  packAnyMade(N, kRest, first, rows, columns, to, erased);
#else
  packMade(N, kRest, first, rows, columns, to, make);
#endif
}

// Rows as they lie in memory.
static LP_NOINLINE void packRowsOf(const float* from, long first, int rows, int columns, Packed to) {
  packRows<1, Rest::halved>(first, rows, columns, {to}, [&](int r, int column, int count, Vec* made) {
    made[0] = loadColumns(from + static_cast<long>(r) * columns + column, count);
  });
}

// W [outputs, inputs] in tiles: along its rows for x W^T, across for dout W.
struct Weight : Operand {
  Weight(Run run, const float* weight, int inputs, int outputs, Rest rest = Rest::halved)
      : Operand{run, Side::b, weight, outputs, inputs, inputs, rest} {}
  int tiles() const { return divideUp(others(), kTile); }
  long words() const { return packedSize(*this, tiles()); }
  // Returns where it ends.
  Pair* pack(Pool& pool, Pair* to) const { return packAll(pool, to, *this, tiles()); }
};

// out = A B (+ bias), or added to it, for a block of rows in tiles.
static LP_NOINLINE void timesTiles(int rows, const Pair* a, const Weight& weight, const Pair* b, const float* bias,
                                   float* out, bool adds = false) {
  const int columns = weight.others(), lines = weight.lines();
  const int rowTiles = divideUp(rows, kTile), columnTiles = weight.tiles();
  const long line = weight.line();
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

// grad [a's others][b's others] += A B, each sum in the order of the rows.
static void addProductOverRows(Pool& pool, const OverRows& a, const OverRows& b, float* grad) {
  const int rowTiles = divideUp(a.others, kTile), columnTiles = divideUp(b.others, kTile);
  const int most = minimum(kSumTiles, roundUp(divideUp(rowTiles, kGroups * pool.threads()), 2));
  const long line = a.line(), sumsRow = columnTiles * kTileWords, some = kSumSteps * kTileWords;
  pool.reserve(most * (sumsRow + (kTakesTurned ? 0 : some)));
  pool.parallel(divideUp(rowTiles, most), [&](int task, int thread) {
    const TileUnit unit;
    float *sums = pool.scratch(thread), *straight = sums + most * sumsRow;
    const int first = task * most, count = minimum(most, rowTiles - first);
    for (long done = 0; done < line; done += some) {
      const long words = done + some < line ? some : line - done;
      const Pair* left = a.tiles + first * line + done;
      long leftRow = line;
      if constexpr (!kTakesTurned) {
        for (int m = 0; m < count; m++) {
          for (long i = 0; i < words; i += kTileWords) transposeTile(straight + m * some + i, left + m * line + i);
        }
        left = straight;
        leftRow = some;
      }
      for (int n = 0; n < columnTiles; n += 2) {
        for (int m = 0; m < count; m += 2) {
          multiplyBlock<kTakesTurned>(minimum(2, count - m), minimum(2, columnTiles - n),
                                      sums + m * sumsRow + n * kTileWords, sumsRow, done > 0, left + m * leftRow,
                                      leftRow, b.tiles + n * line + done, line, words / kTile);
        }
      }
    }
    const int row = first * kTile;
    unpackRows(sums, sumsRow, minimum(count * kTile, a.others - row), b.others,
               [&](int r, int column, const float* from, int width) {
                 addLine(grad + static_cast<long>(row + r) * b.others + column, from, width);
               });
  });
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
