// Muon: matrices move along their momentum, made nearly orthogonal by the iteration of Newton and Schulz. The formulas
// are those of src/backend/portable/muon.ts, but several steps are taken before X is touched: with A = X X^T and
// Q = a I + b A + c A^2, the next A is Q A Q, and what X is multiplied by in the end is the product of the Qs. All of
// these are polynomials of the first A: symmetric, so that half of each is computed, and smaller than X. Rounding grows
// with the small singular values of A, twelvefold a step, so A is made of X again after three steps. (After two, with
// three to follow, the result is four times less exact; without it, thirty times.)
#pragma once
#include <utility>

#include "mlp.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kNewtonSchulzSteps[] = {3, 2};
constexpr float kNewtonSchulz[] = {3.4445f, -4.775f, 2.0315f};
constexpr float kNormEpsilon = 1e-7f;

// One matrix, wide or made so: X [m][n] with m <= n, rows `step` numbers apart; squares [m][m], rows `squareStep`
// apart; and one panel of columns of a factor, or what else a
// product needs.
struct OrthogonalSpace {
  int m, n;
  long step, squareStep;
  float *x, *next, *gram, *polynomial, *product, *spare, *panel;

  OrthogonalSpace(int rows, int columns)
      : m(minimum(rows, columns)), n(maximum(rows, columns)), step(rowStep(n)), squareStep(rowStep(m)) {}
  long floats() const { return 2 * m * step + 4 * m * squareStep; }  // before the panel
  void place(float* scratch) {
    x = scratch;
    next = x + m * step;
    gram = next + m * step;
    polynomial = gram + m * squareStep;
    product = polynomial + m * squareStep;
    spare = product + m * squareStep;
    panel = spare + m * squareStep;
  }
};

// Copies what is above the diagonal of a symmetric matrix below it: panel by panel, for above the diagonal the products
// below end with the panel.
static void mirror(float* square, long step, int m) {
  for (int c = 0; c < m; c += NR) {
    const int columns = minimum(NR, m - c);
    transpose(square + c, step, c, columns, square + c * step, step);
    for (int i = c; i < c + columns; i++) {
      for (int j = c; j < i; j++) square[i * step + j] = square[j * step + i];
    }
  }
}

// out = a B for some columns, of B's panel [depth][NR] and the first `rows` rows of a. Not inlined, like timesPanels.
template <int V>
static LP_NOINLINE void columnsOfProduct(int rows, int depth, const float* a, long aStep,
                                         const float* panel, float* out, long step) {
  product<V>(
      rows, {depth}, {a, aStep, 1}, panel, NR, zero,
      [&](int r, int v, Vec sum) { store(out + r * step + v * W, sum); });
}

// A factor on the right: its numbers lie kStep and nStep apart.
struct RightFactor {
  const float* data;
  int depth, columns;
  long kStep, nStep;
};

// out = left right, with `rows` rows; or what is not below the diagonal, which is then a copy.
static LP_NOINLINE void productOf(const OrthogonalSpace& s, int rows, const float* left, long leftStep,
                                  RightFactor right, float* out, long step, bool symmetric) {
  columnGroups(right.columns, [&](int first, auto vectors) {
    constexpr int V = decltype(vectors)::value;
    packPanel<NR>(s.panel, right.data, right.depth, right.columns, right.kStep, right.nStep, first / NR);
    const int needed = symmetric ? minimum(rows, first + V * W) : rows;
    columnsOfProduct<V>(needed, right.depth, left, leftStep, s.panel, out + first, step);
  });
  if (symmetric) mirror(out, step, rows);
}

// out = X X^T.
static void gramMatrix(const OrthogonalSpace& s, float* out) {
  productOf(s, s.m, s.x, s.step, {s.x, s.n, s.m, 1, s.step}, out, s.squareStep, true);
}

// out = left * right, where that is symmetric.
static void symmetricProduct(const OrthogonalSpace& s, const float* left, const float* right, float* out) {
  productOf(s, s.m, left, s.squareStep, {right, s.m, s.m, s.squareStep, 1}, out, s.squareStep, true);
}

// next = Q X.
static void timesX(const OrthogonalSpace& s, const float* q) {
  productOf(s, s.m, q, s.squareStep, {s.x, s.m, s.n, s.step, 1}, s.next, s.step, false);
}

// How the products with X are made, which take two thirds of the time.
struct XProducts {
  void (*gram)(const OrthogonalSpace& s, float* out);
  void (*times)(const OrthogonalSpace& s, const float* q);
  long (*floats)(const OrthogonalSpace& s);  // of memory at the panel's place
};

static long panelOf(const OrthogonalSpace& s) { return static_cast<long>(s.n) * NR; }
constexpr XProducts kXProducts = {gramMatrix, timesX, panelOf};

// Some steps.
static void newtonSchulz(OrthogonalSpace& s, int steps, const XProducts& x) {
  const float a = kNewtonSchulz[0], b = kNewtonSchulz[1], c = kNewtonSchulz[2];
  x.gram(s, s.gram);
  for (int step = 0; step < steps; step++) {
    symmetricProduct(s, s.gram, s.gram, s.polynomial);
    for (int r = 0; r < s.m; r++) {
      float *row = s.polynomial + r * s.squareStep, *gram = s.gram + r * s.squareStep;
      overColumns(s.m, [&](int i, int) { store(row + i, splat(b) * load(gram + i) + splat(c) * load(row + i)); });
      row[r] += a;
    }
    if (step == 0) {
      std::memcpy(s.product, s.polynomial, s.m * s.squareStep * sizeof(float));
    } else {
      symmetricProduct(s, s.polynomial, s.product, s.spare);
      std::swap(s.product, s.spare);
    }
    if (step == steps - 1) break;
    symmetricProduct(s, s.polynomial, s.gram, s.spare);
    symmetricProduct(s, s.polynomial, s.spare, s.gram);
  }
  x.times(s, s.product);
  std::swap(s.x, s.next);
}

// One matrix's update. `momentum` is the matrix's own.
static void moveMatrix(const Muon& a, long offset, int rows, int columns, float* momentum, OrthogonalSpace& s,
                       const XProducts& x) {
  const float* gradients = a.gradients + offset;
  float* weights = a.parameters + offset;
  const float scale = static_cast<float>(a.gradientScale), decay = static_cast<float>(a.momentumDecay);
  const bool isTall = rows > columns;
  std::memset(s.x, 0, s.m * s.step * sizeof(float));
  double squares = 0;
  for (int r = 0; r < rows; r++) {
    const long from = static_cast<long>(r) * columns;
    float* direction = isTall ? s.next + from : s.x + r * s.step;
    double lanes[8] = {};  // independent sums, so that the compiler may use vectors
    for (int c = 0; c < columns; c++) {
      const float g = gradients[from + c] * scale;
      const float m = decay * momentum[from + c] + g;
      momentum[from + c] = m;
      direction[c] = g + decay * m;
    }
    for (int c = 0; c < columns; c++) lanes[c % 8] += static_cast<double>(direction[c]) * direction[c];
    for (double lane : lanes) squares += lane;
  }
  if (isTall) transpose(s.next, columns, rows, columns, s.x, s.step);
  const float inverse = 1.0f / (static_cast<float>(std::sqrt(squares)) + kNormEpsilon);
  for (long i = 0; i < s.m * s.step; i += W) store(s.x + i, load(s.x + i) * splat(inverse));

  for (const int steps : kNewtonSchulzSteps) newtonSchulz(s, steps, x);

  const float kept = static_cast<float>(1 - a.learningRate * a.weightDecay);
  const float rate = static_cast<float>(a.learningRate * a.updateSize * std::sqrt(static_cast<double>(s.n)));
  if (isTall) transpose(s.x, s.step, columns, rows, s.next, columns);
  for (int r = 0; r < rows; r++) {
    const float* orthogonal = isTall ? s.next + static_cast<long>(r) * columns : s.x + r * s.step;
    float* row = weights + static_cast<long>(r) * columns;
    for (int c = 0; c < columns; c++) row[c] = kept * row[c] - rate * orthogonal[c];
  }
}

// Tasks are matrices.
static void muonWith(Pool& pool, const Muon& a, const XProducts& x) {
  long most = 0;
  for (int i = 0; i < a.count; i++) {
    const OrthogonalSpace space(a.matrices[3 * i + 1], a.matrices[3 * i + 2]);
    const long floats = space.floats() + x.floats(space);
    most = floats > most ? floats : most;
  }
  pool.reserve(most);
  pool.parallel(a.count, [&](int task, int thread) {
    long before = 0;
    for (int i = 0; i < task; i++) before += static_cast<long>(a.matrices[3 * i + 1]) * a.matrices[3 * i + 2];
    const int32_t* matrix = a.matrices + 3 * task;
    OrthogonalSpace space(matrix[1], matrix[2]);
    space.place(pool.scratch(thread));
    moveMatrix(a, matrix[0], matrix[1], matrix[2], a.momentum + before, space, x);
  });
}

static void muon(Pool& pool, const Muon& a) { muonWith(pool, a, kXProducts); }

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
