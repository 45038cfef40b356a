// The register tile that every matrix product here is made of:
//
//   C[m][n] (+)= sum over k of A(m, k) * B(k, n),   m < M,  n < V * W
//
// A is read one number at a time and broadcast, so it may lie in memory with any strides; B lies in rows of V
// vectors, `bStep` apart. Sums run over k in order, so a result does not depend on the tiling.
#pragma once
#include "vector.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

template <int M, int V>
struct Tile {
  Vec sum[M][V];
};

// Where A's numbers are: A(m, k) = data[m * row + k * step].
struct Broadcast {
  const float* data;
  long row, step;
};

// Hides from the compiler where a pointer comes from, so that it keeps it in one register as it is.
template <class T>
static LP_INLINE T* opaque(T* pointer) {
  asm("" : "+r"(pointer));
  return pointer;
}

// V8 moves the loads of an unrolled loop to its beginning, and runs out of registers.
#if defined(__wasm__)
constexpr int kDepthUnroll = 1;
#else
constexpr int kDepthUnroll = 2;
#endif

template <int M, int V>
static LP_INLINE void multiply(Tile<M, V>& tile, int depth, Broadcast a, const float* b, long bStep) {
  // A pointer to every third row: with it and the distance of two rows an instruction addresses three rows. Left to
  // itself, the compiler makes a pointer of each row and runs out of registers for them.
  constexpr int kPointers = (M + 2) / 3;
  const float* rows[kPointers];
#pragma GCC unroll 8
  for (int i = 0; i < kPointers; i++) rows[i] = opaque(a.data + 3 * i * a.row);
#pragma GCC unroll kDepthUnroll
  for (int k = 0; k < depth; k++) {
    Vec bv[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) bv[v] = load(b + v * W);
#pragma GCC unroll 16
    for (int m = 0; m < M; m++) {
      const Vec av = splat(rows[m / 3][m % 3 * a.row]);
#pragma GCC unroll 8
      for (int v = 0; v < V; v++) tile.sum[m][v] += av * bv[v];
    }
#pragma GCC unroll 8
    for (int i = 0; i < kPointers; i++) rows[i] = opaque(rows[i] + a.step);
    b += bStep;
  }
}

// Most rows of a tile of V vectors: what the register file holds. One vector alone needs more rows, to hide the latency
// of a multiplication: twelve, where they fit.
template <int V>
constexpr int kTileRows = V == 1 ? (MR < 6 ? 2 * MR : 12) : MR;

// The sum over k may go over several panels of A, each of `depth` numbers: panel i of A(m, k) starts at i * `panel`.
struct Depth {
  int depth;
  int panels = 1;
  long panel = 0;
};

// What is done before each panel of A's numbers: nothing, or asking for memory that will soon be read.
constexpr auto nothing = [] {};

template <int M, int V, class Start, class Finish, class Ahead>
static LP_INLINE void runRows(Depth depth, Broadcast a, const float* b, long bStep, Start start, Finish finish,
                              Ahead ahead) {
  Tile<M, V> tile;
#pragma GCC unroll 16
  for (int m = 0; m < M; m++) {
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) tile.sum[m][v] = start(m, v);
  }
  for (int i = 0; i < depth.panels; i++) {
    ahead();
    multiply<M, V>(tile, depth.depth, a, b, bStep);
    a.data += depth.panel;
    b += depth.depth * bStep;
  }
#pragma GCC unroll 16
  for (int m = 0; m < M; m++) {
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) finish(m, v, tile.sum[m][v]);
  }
}

// Picks the code for a tile of `rows` <= M rows. Few heights occur in one product (see tiles).
template <int M, int V, class Start, class Finish, class Ahead>
static LP_INLINE void runTileOf(int rows, Depth depth, Broadcast a, const float* b, long bStep, Start start,
                                Finish finish, Ahead ahead) {
  if (rows == M) return runRows<M, V>(depth, a, b, bStep, start, finish, ahead);
  if constexpr (M > 1) runTileOf<M - 1, V>(rows, depth, a, b, bStep, start, finish, ahead);
}

// Cuts `count` rows of the result into tiles as even as can be, since a low tile leaves the processor waiting for its
// sums: work(first, rows).
template <int V, class Work>
static LP_INLINE void tiles(int count, Work work) {
  const int parts = divideUp(count, kTileRows<V>);
  for (int i = 0, first = 0; i < parts; i++) {
    const int end = static_cast<int>(static_cast<long>(count) * (i + 1) / parts);
    work(first, end - first);
    first = end;
  }
}

// C's rows 0 ... rows - 1 and V vectors of columns, tile by tile: start(m, v) gives the first value of vector v of row
// m, finish(m, v, sum) takes the result.
template <int V, class Start, class Finish, class Ahead = decltype(nothing)>
static LP_INLINE void product(int rows, Depth depth, Broadcast a, const float* b, long bStep, Start start,
                              Finish finish, Ahead ahead = nothing) {
  tiles<V>(rows, [&](int first, int count) {
    runTileOf<kTileRows<V>, V>(
        count, depth, {a.data + first * a.row, a.row, a.step}, b, bStep,
        [&](int m, int v) { return start(first + m, v); },
        [&](int m, int v, Vec sum) { finish(first + m, v, sum); }, ahead);
  });
}

// Sums that start at 0. (An object, for a function would be called through a pointer.)
constexpr auto zero = [](int, int) { return splat(0.0f); };

// Adds a product to what lies at `to`, rows `step` numbers apart.
template <int V, class Ahead = decltype(nothing)>
static LP_INLINE void addProduct(int rows, Depth depth, Broadcast a, const float* b, long bStep, float* to, long step,
                                 Ahead ahead = nothing) {
  product<V>(
      rows, depth, a, b, bStep, [&](int m, int v) { return load(to + m * step + v * W); },
      [&](int m, int v, Vec sum) { store(to + m * step + v * W, sum); }, ahead);
}

// Of W vectors, the rows of a matrix, makes the columns.
static LP_INLINE void transposeVectors(Vec (&x)[W]) {
  Vec y[W];
  // log2 W times: row i of the upper half is interleaved with row i of the lower half.
#pragma GCC unroll 4
  for (int round = 1; round < W; round *= 2) {
#pragma GCC unroll 16
    for (int i = 0; i < W / 2; i++) interleave(x[i], x[i + W / 2], y[2 * i], y[2 * i + 1]);
#pragma GCC unroll 16
    for (int i = 0; i < W; i++) x[i] = y[i];
  }
}

// The W x W matrix at `from`, rows `fromStep` apart, transposed to `to`.
static LP_INLINE void transposeSquare(const float* from, long fromStep, float* to, long toStep) {
  Vec x[W];
#pragma GCC unroll 16
  for (int i = 0; i < W; i++) x[i] = load(from + i * fromStep);
  transposeVectors(x);
#pragma GCC unroll 16
  for (int i = 0; i < W; i++) store(to + i * toStep, x[i]);
}

// The same of at most W rows and columns.
static LP_NOINLINE void transposePart(const float* from, long fromStep, int rows, int columns, float* to, long toStep) {
  Vec x[W];
#pragma GCC unroll 16
  for (int i = 0; i < W; i++) x[i] = i < rows ? loadPart(from + i * fromStep, columns) : splat(0.0f);
  transposeVectors(x);
#pragma GCC unroll 16
  for (int i = 0; i < W; i++) {
    if (i < columns) storePart(to + i * toStep, x[i], rows);
  }
}

// to[c * toStep + r] = from[r * fromStep + c] for r < rows, c < columns. In squares; the last of a row or column of
// squares moves back to end where the matrix does, so what two squares share is copied twice.
static LP_COMPACT void transpose(const float* from, long fromStep, int rows, int columns, float* to, long toStep) {
  if (rows >= W && columns >= W) {
    for (int c = 0; c < columns; c += W) {
      const int column = minimum(c, columns - W);
      for (int r = 0; r < rows; r += W) {
        const int row = minimum(r, rows - W);
        transposeSquare(from + row * fromStep + column, fromStep, to + column * toStep + row, toStep);
      }
    }
    return;
  }
  if constexpr (kHasMasks) {
    for (int c = 0; c < columns; c += W) {
      for (int r = 0; r < rows; r += W) {
        transposePart(from + r * fromStep + c, fromStep, minimum(W, rows - r), minimum(W, columns - c),
                      to + c * toStep + r, toStep);
      }
    }
    return;
  }
  for (int c = 0; c < columns; c++) {
    for (int r = 0; r < rows; r++) to[c * toStep + r] = from[r * fromStep + c];
  }
}

// Copies a matrix into panels of N columns (a multiple of W), filled up with zeros: panel p has, for each k, the N
// numbers source[k * kStep + n * nStep] with n from p * N. One of the steps is 1. `only` picks one panel, written to
// `to`.
template <int N>
static LP_COMPACT void packPanel(float* to, const float* source, int depth, int columns, long kStep, long nStep,
                                 int only) {
  const int first = only * N;
  const int count = minimum(N, columns - first);
  if (nStep == 1) {
    for (int k = 0; k < depth; k++) {
      const float* from = source + k * kStep + first;
      float* line = to + static_cast<long>(k) * N;
      if (count == N) {
        for (int v = 0; v < N / W; v++) store(line + v * W, load(from + v * W));
      } else {
        for (int n = 0; n < count; n++) line[n] = from[n];
        for (int n = count; n < N; n++) line[n] = 0;
      }
    }
    return;
  }
  if (count < N) std::memset(to, 0, static_cast<std::size_t>(depth) * N * sizeof(float));
  transpose(source + first * nStep, nStep, count, depth, to, N);
}

// Adds to, or sets, the first `count` columns of a row from a tile's vector v.
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

// Calls work(first, V as a std::integral_constant) for the columns in groups of NV vectors, the last group of one
// vector where that is enough.
template <class Work>
static LP_INLINE void columnGroups(int columns, Work work) {
  int c = 0;
  for (; columns - c > W; c += NR) work(c, std::integral_constant<int, NV>());
  if (c < columns) work(c, std::integral_constant<int, 1>());
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
