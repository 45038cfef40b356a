// Matrix products of bfloat16 numbers with float32 sums: on the tile unit of AMX-BF16, on vectors with AVX512-BF16, or
// by code for float32 that does what the unit does.
//
// A tile is 16 lines of 16 words of 32 bits, 1 KB, contiguous:
//   C   float32, line m and lane n:  C(m, n)
//   A   pairs of bfloat16, line m and lane j:  A(m, k) for the two k of pair j
//   B   pairs of bfloat16, line j and lane n:  B(k, n) for the two k of pair j
// so one product of tiles sums over 32 k, a step. Which k make a pair is free as long as A and B agree: here pair j of
// a step has k = j in its lower half and k = j + 16 in its upper one, so that a pair always joins the same lane of two
// vectors of 16 consecutive numbers or of two lines (see `joined`). What is left of a depth for the last step may be
// halved likewise: of 8 k, k = j and j + 4 make 4 pairs, and vectors need not multiply the rest of the tile.
//
// The unit multiplies without rounding, sums the lower halves of the 16 pairs in order from zero, the upper halves
// likewise, and adds both sums to C (Intel's Software Developer's Manual, TDPBF16PS). A product of two bfloat16 is
// exact in float32, so code with and without fused multiply-add gives the same bits; only numbers below 1.2e-38, which
// the unit takes as zero, are handled differently. Vectors add both products of a pair to C at once, pair by pair.
#pragma once
#include "../vector.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kTile = 16;      // lines of a tile, and lanes
constexpr int kStep = 32;      // k of a step: two tiles' worth of lanes
constexpr long kTileWords = 256;

// Which k make a pair in a step that is not full: halves of them, or k and k + 16 as in the others.
enum class Rest { halved, filled };

// Lines of B, and lanes of A, that `depth` k take.
static inline int linesOf(int depth, Rest rest) {
  const int more = depth % kStep;
  return depth / kStep * kTile + (rest == Rest::halved ? divideUp(more, 2) : minimum(more, kTile));
}

typedef float Pair;  // two bfloat16 in its bits: only ever moved, never calculated with
typedef uint32_t BitVec __attribute__((vector_size(LETTERPRESS_VECTOR_BYTES)));

static LP_INLINE void storePairs(Pair* p, BitVec v) { store(p, (Vec)v); }

#if defined(__AVX512BF16__)

// In each lane the bfloat16 of `low` in the lower half and that of `high` in the upper one, rounded to nearest even.
static LP_INLINE BitVec joined(Vec low, Vec high) {
  const __m512i apart = (__m512i)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low);
  const __m512i order = _mm512_set_epi16(31, 15, 30, 14, 29, 13, 28, 12, 27, 11, 26, 10, 25, 9, 24, 8,  //
                                         23, 7, 22, 6, 21, 5, 20, 4, 19, 3, 18, 2, 17, 1, 16, 0);
  return (BitVec)_mm512_permutexvar_epi16(order, apart);
}

#else

// The bfloat16 nearest to x in the upper half of each lane; NaN stays NaN.
static LP_INLINE BitVec rounded(Vec x) {
  const BitVec bits = (BitVec)x;
  const BitVec nearest = bits + ((bits >> 16) & 1) + 0x7fff;
  const BitVec number = (BitVec)(x == x);
  return (number & nearest) | (~number & (bits | 0x400000));
}

static LP_COMPACT_INLINE BitVec joined(Vec low, Vec high) {
  return (rounded(low) >> 16) | (rounded(high) & 0xffff0000u);
}

#endif

#if defined(__AMX_BF16__)

// Whether A may be given with line and lane exchanged, A(k, m), in products that say so.
constexpr bool kTakesTurned = false;

// Sets the unit up for a task, on whatever thread that runs: eight tiles of full size, for operands are filled up
// with zeros. Gives it back at the end, so that the system need not save it when threads change.
class TileUnit {
 public:
  TileUnit() {
    struct alignas(64) Shape {
      uint8_t palette, start, reserved[14];
      uint16_t bytes[16];
      uint8_t lines[16];
    };
    static const Shape shape = {1, 0, {}, {64, 64, 64, 64, 64, 64, 64, 64}, {16, 16, 16, 16, 16, 16, 16, 16}};
    asm volatile("" ::: "memory");
    _tile_loadconfig(&shape);
  }
  ~TileUnit() { _tile_release(); }
  TileUnit(const TileUnit&) = delete;
  TileUnit& operator=(const TileUnit&) = delete;
};

// C of MT by NT tiles, each 1 or 2, `cRow` apart between rows of tiles: the sum, or with `add` C and the sum, over
// `lines` pairs of A and B, whose tiles of one step follow each other; rows of A and columns of B lie `aRow` and
// `bColumn` apart. Four sums hide the latency of the unit, and each tile that is loaded is used twice.
template <int MT, int NT, bool kTurned>
static LP_INLINE void multiplyTiles(float* c, long cRow, bool add, const Pair* a, long aRow, const Pair* b,
                                    long bColumn, int lines) {
  asm volatile("" ::: "memory");  // GCC does not know that tile loads read memory
  if (add) {
    _tile_loadd(0, c, 64);
    if constexpr (NT == 2) _tile_loadd(1, c + kTileWords, 64);
    if constexpr (MT == 2) _tile_loadd(2, c + cRow, 64);
    if constexpr (MT == 2 && NT == 2) _tile_loadd(3, c + cRow + kTileWords, 64);
  } else {
    _tile_zero(0);
    if constexpr (NT == 2) _tile_zero(1);
    if constexpr (MT == 2) _tile_zero(2);
    if constexpr (MT == 2 && NT == 2) _tile_zero(3);
  }
  for (int j = 0; j < lines; j += kTile, a += kTileWords, b += kTileWords) {
    _tile_loadd(4, a, 64);
    _tile_loadd(6, b, 64);
    _tile_dpbf16ps(0, 4, 6);
    if constexpr (NT == 2) {
      _tile_loadd(7, b + bColumn, 64);
      _tile_dpbf16ps(1, 4, 7);
    }
    if constexpr (MT == 2) {
      _tile_loadd(5, a + aRow, 64);
      _tile_dpbf16ps(2, 5, 6);
    }
    if constexpr (MT == 2 && NT == 2) _tile_dpbf16ps(3, 5, 7);
  }
  _tile_stored(0, c, 64);
  if constexpr (NT == 2) _tile_stored(1, c + kTileWords, 64);
  if constexpr (MT == 2) _tile_stored(2, c + cRow, 64);
  if constexpr (MT == 2 && NT == 2) _tile_stored(3, c + cRow + kTileWords, 64);
}

#else

class TileUnit {
 public:
  TileUnit() {}
  ~TileUnit() {}
};

#if defined(__AVX512BF16__)

constexpr bool kTakesTurned = true;

// The same on vectors: with each instruction, every lane adds two products to its sum. 16 sums at a time stay in
// registers: more than the latency of that instruction needs.
template <int NT, bool kTurned>
static LP_INLINE void multiplyLines(float* c, bool add, const Pair* a, const Pair* b, long bColumn, int lines) {
  constexpr int M = kTile / NT;
  __m512 sums[M][NT];
#pragma GCC unroll 16
  for (int i = 0; i < M; i++) {
#pragma GCC unroll 2
    for (int n = 0; n < NT; n++) {
      sums[i][n] = add ? _mm512_loadu_ps(c + n * kTileWords + i * kTile) : _mm512_setzero_ps();
    }
  }
  for (; lines > 0; lines -= kTile, a += kTileWords, b += kTileWords) {
    const int count = minimum(lines, kTile);
    for (int j = 0; j < count; j++) {
      __m512bh right[NT];
#pragma GCC unroll 2
      for (int n = 0; n < NT; n++) right[n] = (__m512bh)_mm512_loadu_ps(b + n * bColumn + j * kTile);
#pragma GCC unroll 16
      for (int i = 0; i < M; i++) {
        const __m512bh left = (__m512bh)_mm512_set1_ps(kTurned ? a[j * kTile + i] : a[i * kTile + j]);
#pragma GCC unroll 2
        for (int n = 0; n < NT; n++) sums[i][n] = _mm512_dpbf16_ps(sums[i][n], left, right[n]);
      }
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < M; i++) {
#pragma GCC unroll 2
    for (int n = 0; n < NT; n++) _mm512_storeu_ps(c + n * kTileWords + i * kTile, sums[i][n]);
  }
}

template <int MT, int NT, bool kTurned>
static LP_INLINE void multiplyTiles(float* c, long cRow, bool add, const Pair* a, long aRow, const Pair* b,
                                    long bColumn, int lines) {
  for (int m = 0; m < MT; m++) {
    for (int first = 0; first < kTile; first += kTile / NT) {
      multiplyLines<NT, kTurned>(c + m * cRow + first * kTile, add, a + m * aRow + first * (kTurned ? 1 : kTile), b,
                                 bColumn, lines);
    }
  }
}

#else

constexpr bool kTakesTurned = false;

// The lower and upper halves of a tile's pairs as float32.
struct Halves {
  alignas(64) float low[kTileWords], high[kTileWords];

  void take(const Pair* tile) {
    for (int i = 0; i < kTileWords; i += W) {
      const BitVec pairs = (BitVec)load(tile + i);
      store(low + i, (Vec)(pairs << 16));
      store(high + i, (Vec)(pairs & 0xffff0000u));
    }
  }
};

// C += A B for one tile each; M lines of C at a time stay in registers.
static __attribute__((noinline, unused)) void multiplyTile(float* c, const Halves& a, const Halves& b) {
  constexpr int V = kTile / W, M = W / 4;
  for (int m = 0; m < kTile; m += M) {
    Vec low[M][V] = {}, high[M][V] = {};
    for (int j = 0; j < kTile; j++) {
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) {
        const Vec bLow = load(b.low + j * kTile + v * W), bHigh = load(b.high + j * kTile + v * W);
#pragma GCC unroll 4
        for (int i = 0; i < M; i++) {
          low[i][v] += splat(a.low[(m + i) * kTile + j]) * bLow;
          high[i][v] += splat(a.high[(m + i) * kTile + j]) * bHigh;
        }
      }
    }
#pragma GCC unroll 4
    for (int i = 0; i < M; i++) {
#pragma GCC unroll 4
      for (int v = 0; v < V; v++) {
        float* at = c + (m + i) * kTile + v * W;
        store(at, load(at) + (low[i][v] + high[i][v]));
      }
    }
  }
}

template <int MT, int NT, bool kTurned>
static void multiplyTiles(float* c, long cRow, bool add, const Pair* a, long aRow, const Pair* b, long bColumn,
                          int lines) {
  if (!add) {
    for (int m = 0; m < MT; m++) std::memset(c + m * cRow, 0, NT * kTileWords * sizeof(float));
  }
  Halves aHalves[MT], bHalves[NT];
  for (int s = 0; s < divideUp(lines, kTile); s++) {
    for (int m = 0; m < MT; m++) aHalves[m].take(a + m * aRow + s * kTileWords);
    for (int n = 0; n < NT; n++) bHalves[n].take(b + n * bColumn + s * kTileWords);
    for (int m = 0; m < MT; m++) {
      for (int n = 0; n < NT; n++) multiplyTile(c + m * cRow + n * kTileWords, aHalves[m], bHalves[n]);
    }
  }
}

#endif

#endif

// The same, with numbers of tiles that are 1 or 2.
template <bool kTurned = false>
static LP_NOINLINE void multiplyBlock(int rowTiles, int columnTiles, float* c, long cRow, bool add, const Pair* a,
                                      long aRow, const Pair* b, long bColumn, int lines) {
  if (rowTiles == 2 && columnTiles == 2) multiplyTiles<2, 2, kTurned>(c, cRow, add, a, aRow, b, bColumn, lines);
  else if (rowTiles == 2) multiplyTiles<2, 1, kTurned>(c, cRow, add, a, aRow, b, bColumn, lines);
  else if (columnTiles == 2) multiplyTiles<1, 2, kTurned>(c, cRow, add, a, aRow, b, bColumn, lines);
  else multiplyTiles<1, 1, kTurned>(c, cRow, add, a, aRow, b, bColumn, lines);
}

// A product of any number of tiles, cut into blocks of 2 by 2 tiles of C that can be made one by one.
struct TileProduct {
  int rowTiles, columnTiles;
  float* c;
  long cRow;
  bool add;
  const Pair* a;
  long aRow;
  const Pair* b;
  long bColumn;
  int lines;

  int blocks() const { return divideUp(rowTiles, 2) * divideUp(columnTiles, 2); }
  void make(int block) const {
    const int across = divideUp(columnTiles, 2), m = block / across * 2, n = block % across * 2;
    multiplyBlock(minimum(2, rowTiles - m), minimum(2, columnTiles - n), c + m * cRow + n * kTileWords, cRow, add,
                  a + m * aRow, aRow, b + n * bColumn, bColumn, lines);
  }
};

static inline void makeAll(const TileProduct& product) {
  for (int block = 0; block < product.blocks(); block++) product.make(block);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
