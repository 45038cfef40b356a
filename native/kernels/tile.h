// The register tile that every matrix product here is made of:
//
//   C[m][n] (+)= sum over k of A(m, k) * B(k, n),   m < M <= MR,  n < NR
//
// A is read one number at a time and broadcast, so it may lie in memory with any strides; B lies in a panel,
// NR numbers for each k, `bStep` apart. Sums run over k in order, so a result does not depend on the tiling.
#pragma once
#include "vector.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

template <int M>
struct Tile {
  Vec sum[M][NV];
};

// Where A's numbers are: A(m, k) = data[m * row + k * step].
struct Broadcast {
  const float* data;
  long row, step;
};

template <int M>
static LP_INLINE void multiply(Tile<M>& tile, int depth, Broadcast a, const float* b, long bStep) {
  const float* ak = a.data;
  const long row = a.row, step = a.step;
  for (int k = 0; k < depth; k++) {
    Vec bv[NV];
#pragma GCC unroll 8
    for (int v = 0; v < NV; v++) bv[v] = load(b + v * W);
#pragma GCC unroll 16
    for (int m = 0; m < M; m++) {
      const Vec av = splat(ak[m * row]);
#pragma GCC unroll 8
      for (int v = 0; v < NV; v++) tile.sum[m][v] += av * bv[v];
    }
    ak += step;
    b += bStep;
  }
}

// Rows from `first` to first + M of a tile.
template <int M, class Start, class Finish>
static LP_INLINE void runRows(int first, int depth, Broadcast a, const float* b, long bStep, Start start,
                              Finish finish) {
  Tile<M> tile;
#pragma GCC unroll 16
  for (int m = 0; m < M; m++) {
#pragma GCC unroll 8
    for (int v = 0; v < NV; v++) tile.sum[m][v] = start(first + m, v);
  }
  a.data += first * a.row;
  multiply<M>(tile, depth, a, b, bStep);
#pragma GCC unroll 16
  for (int m = 0; m < M; m++) {
#pragma GCC unroll 8
    for (int v = 0; v < NV; v++) finish(first + m, v, tile.sum[m][v]);
  }
}

// One tile of `rows` <= MR rows: start(m, v) gives the first value of vector v of row m, finish(m, v, sum)
// takes the result. A full tile is one piece of code; what is left at an edge is done in pieces of half a tile,
// two rows and one row, so that the code stays small.
template <class Start, class Finish>
static LP_INLINE void runTile(int rows, int depth, Broadcast a, const float* b, long bStep, Start start,
                              Finish finish) {
  if (__builtin_expect(rows == MR, 1)) return runRows<MR>(0, depth, a, b, bStep, start, finish);
  int first = 0;
  if (rows >= MR / 2) {
    runRows<MR / 2>(0, depth, a, b, bStep, start, finish);
    first = MR / 2;
  }
  for (; first + 2 <= rows; first += 2) runRows<2>(first, depth, a, b, bStep, start, finish);
  if (first < rows) runRows<1>(first, depth, a, b, bStep, start, finish);
}

static LP_INLINE Vec zero(int, int) { return splat(0.0f); }

// Copies a matrix into panels of NR columns, filled up with zeros: panel p has, for each k, the NR numbers
// source[k * kStep + n * nStep] with n from p * NR. `only` picks one panel, written to `to`.
static inline void packPanel(float* to, const float* source, int depth, int columns, long kStep, long nStep, int only) {
  const int first = only * NR;
  const int count = minimum(NR, columns - first);
  if (nStep == 1) {
    for (int k = 0; k < depth; k++) {
      const float* from = source + k * kStep + first;
      float* line = to + k * NR;
      if (count == NR) {
        for (int v = 0; v < NV; v++) store(line + v * W, load(from + v * W));
      } else {
        for (int n = 0; n < count; n++) line[n] = from[n];
        for (int n = count; n < NR; n++) line[n] = 0;
      }
    }
    return;
  }
  for (int n = 0; n < count; n++) {
    const float* from = source + (first + n) * nStep;
    for (int k = 0; k < depth; k++) to[k * NR + n] = from[k * kStep];
  }
  for (int n = count; n < NR; n++) {
    for (int k = 0; k < depth; k++) to[k * NR + n] = 0;
  }
}

// Adds to, or sets, the first `count` of the NR columns of a row from a tile's vector v.
static LP_INLINE void addColumns(float* row, int v, Vec sum, int count) {
  const int left = count - v * W;
  float* at = row + v * W;
  if (left >= W) store(at, load(at) + sum);
  else if (left > 0) addPart(at, sum, left);
}
static LP_INLINE void setColumns(float* row, int v, Vec sum, int count) {
  const int left = count - v * W;
  float* at = row + v * W;
  if (left >= W) store(at, sum);
  else if (left > 0) storePart(at, sum, left);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
