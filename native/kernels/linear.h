// out = x W^T + b and its gradients. x [rows, inputs], W [outputs, inputs], out [rows, outputs].
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "tile.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kRowBlock = 48;     // rows of a task at most: a multiple of every MR
constexpr int kDepthBlock = 128;  // rows summed at a time in weight gradients: a panel of them stays in L1
constexpr int kAheadStep = 8;     // rows after which some of the next block is asked for
constexpr int kGroups = 2;        // tasks of a thread there

// out[o] = x w[o] + bias[o] for N rows of `depth` weights, whose sums do not wait for each other.
template <int N>
static LP_COMPACT void dotProducts(const float* x, const float* w, int depth, const float* bias, float* out) {
  Vec sums[N];
  for (int n = 0; n < N; n++) sums[n] = splat(0.0f);
  int i = 0;
  for (; i + W <= depth; i += W) {
    const Vec some = load(x + i);
#pragma GCC unroll 4
    for (int n = 0; n < N; n++) sums[n] += some * load(w + static_cast<long>(n) * depth + i);
  }
  for (int n = 0; n < N; n++) {
    const float* row = w + static_cast<long>(n) * depth;
    if (kHasMasks && i < depth) sums[n] += loadPart(x + i, depth - i) * loadPart(row + i, depth - i);
    float dot = sumOf(sums[n]);
    for (int j = i; !kHasMasks && j < depth; j++) dot += x[j] * row[j];
    out[n] = dot + (bias ? bias[n] : 0.0f);
  }
}

// Panels of the transpose of a [rows, D] matrix: [panel][D][NR], zeros where there is no row.
static void packTransposed(Pool& pool, float* to, const float* x, int rows, int D) {
  pool.parallel(divideUp(rows, NR), [&](int p, int) {
    packPanel<NR>(to + static_cast<long>(p) * D * NR, x, D, rows, 1, D, p);
  });
}

constexpr int kFewRows = 4;

// Few rows (sampling one text): packing W would cost more than the product, so each output is a dot product
// of two contiguous rows.
static void linearFewRows(Pool& pool, const Linear& a) {
  constexpr int kOutputs = 64, kTogether = 4;
  pool.parallel(divideUp(a.outputs, kOutputs), [&](int task, int) {
    const int end = minimum(a.outputs, (task + 1) * kOutputs);
    for (int r = 0; r < a.rows; r++) {
      const float* x = a.x + static_cast<long>(r) * a.inputs;
      float* out = a.out + static_cast<long>(r) * a.outputs;
      int o = task * kOutputs;
      const auto next = [&](auto together) {
        constexpr int N = decltype(together)::value;
        dotProducts<N>(x, a.weight + static_cast<long>(o) * a.inputs, a.inputs, a.bias ? a.bias + o : nullptr, out + o);
        o += N;
      };
      while (o + kTogether <= end) next(std::integral_constant<int, kTogether>());
      while (o < end) next(std::integral_constant<int, 1>());
    }
  });
}

// A matrix [depth][columns], whose numbers lie kStep and nStep apart, in panels [panel][depth][NR] at one of the pool's
// shared places; a panel stays in L1 while a block's rows pass over it.
static const float* packPanels(Pool& pool, int place, const float* from, int depth, int columns, long kStep,
                               long nStep) {
  const int panels = divideUp(columns, NR);
  const long panelSize = static_cast<long>(depth) * NR;
  float* packed = pool.shared(place, panels * panelSize);
  pool.parallel(panels, [&](int p, int) {
    packPanel<NR>(packed + p * panelSize, from, depth, columns, kStep, nStep, p);
  });
  return packed;
}

// W^T, for x W^T; and W, for dout W.
static const float* packOutputs(Pool& pool, int place, const float* weight, int inputs, int outputs) {
  return packPanels(pool, place, weight, inputs, outputs, 1, inputs);
}
static const float* packInputs(Pool& pool, int place, const float* weight, int inputs, int outputs) {
  return packPanels(pool, place, weight, outputs, inputs, inputs, 1);
}

// out = x B (+ bias), or added to it, for a block of rows: x [rows][depth], B in panels [panel][depth][NR]. Not
// inlined: it is large, and has many callers.
static LP_NOINLINE void timesPanels(int rows, const float* x, int depth, const float* panels, int columns,
                                    const float* bias, float* out, bool adds = false) {
  columnGroups(columns, [&](int first, auto vectors) {
    constexpr int V = decltype(vectors)::value;
    const int count = minimum(NR, columns - first);
    float start[NR] = {};
    if (bias) std::memcpy(start, bias + first, count * sizeof(float));
    product<V>(
        rows, {depth}, {x, depth, 1}, panels + static_cast<long>(first) * depth, NR,
        [&](int, int v) { return load(start + v * W); },
        [&](int m, int v, Vec sum) {
          float* to = out + static_cast<long>(m) * columns + first;
          adds ? addColumns(to, v, sum, count) : setColumns(to, v, sum, count);
        });
  });
}

// Tasks over blocks of rows, one for each thread at least, unless tiles would be lower: work(first, rows, thread).
template <class Work>
static void overRowBlocks(Pool& pool, int rows, Work work) {
  const int block = minimum(kRowBlock, maximum(MR, divideUp(rows, pool.threads())));
  pool.parallel(divideUp(rows, block), [&](int task, int thread) {
    const int first = task * block;
    work(first, minimum(block, rows - first), thread);
  });
}

// Whether to turn rows and results takes less than to pack W, and most lanes of the vectors have rows. Pages do without
// the code for it.
static bool areSome(int rows, int inputs, int outputs) {
  const int lanes = rows <= W ? W : roundUp(rows, NR);
  const long turned = static_cast<long>(rows) * (inputs + outputs), packed = static_cast<long>(inputs) * outputs;
  return !kSmall && 4 * rows >= 3 * lanes && turned <= packed;
}

// out = weight x + start for `chunk` outputs and V vectors of a panel x [D][NR]: [chunk][NR].
template <int V, class Start>
static LP_INLINE void chunkOfPanel(const float* weight, int D, int chunk, const float* x, float* out, Start start) {
  product<V>(
      chunk, {D}, {weight, D, 1}, x, NR, start, [&](int m, int v, Vec sum) { store(out + m * NR + v * W, sum); });
}

// Some rows (sampling many texts): instead of W, which is much larger, x is turned, once for each panel of NR rows, and
// tasks are blocks of outputs. They make out^T, which is turned back.
static void linearSomeRows(Pool& pool, const Linear& a) {
  constexpr int kOutputs = 48;
  const long panelSize = static_cast<long>(a.inputs) * NR;
  float* xT = pool.shared(0, divideUp(a.rows, NR) * panelSize);
  packTransposed(pool, xT, a.x, a.rows, a.inputs);
  pool.reserve(kOutputs * NR);
  pool.parallel(divideUp(a.outputs, kOutputs), [&](int task, int thread) {
    const int first = task * kOutputs, count = minimum(kOutputs, a.outputs - first);
    const float *weight = a.weight + static_cast<long>(first) * a.inputs, *bias = a.bias ? a.bias + first : nullptr;
    float* outT = pool.scratch(thread);  // [outputs of the task][NR]
    columnGroups(a.rows, [&](int row, auto vectors) {
      constexpr int V = decltype(vectors)::value;
      chunkOfPanel<V>(weight, a.inputs, count, xT + row / NR * panelSize, outT,
                      [&](int m, int) { return splat(bias ? bias[m] : 0.0f); });
      transpose(outT, NR, count, minimum(NR, a.rows - row), a.out + static_cast<long>(row) * a.outputs + first,
                a.outputs);
    });
  });
}

static void linear(Pool& pool, const Linear& a) {
  if (a.rows <= kFewRows) return linearFewRows(pool, a);
  if (areSome(a.rows, a.inputs, a.outputs)) return linearSomeRows(pool, a);
  const float* packed = packOutputs(pool, 0, a.weight, a.inputs, a.outputs);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int) {
    timesPanels(rows, a.x + first * a.inputs, a.inputs, packed, a.outputs, a.bias, a.out + first * a.outputs);
  });
}

// dx += dout W, or dx = dout W.
static void linearGradientX(Pool& pool, const Linear& a) {
  const float* packed = packInputs(pool, 0, a.weight, a.inputs, a.outputs);
  overRowBlocks(pool, a.rows, [&](long first, int rows, int) {
    timesPanels(rows, a.gradOut + first * a.outputs, a.outputs, packed, a.inputs, nullptr, a.gradX + first * a.inputs,
                !a.sets);
  });
}

// Some columns of rows, `stride` numbers apart.
struct Columns {
  const float* data;
  long stride;
  int count;
};

// Asks for the cache lines of some columns of `rows` rows, `lines` of them with each call: the next block of a long sum
// is on its way while the last one is computed, but never so much of it that the processor waits.
struct Prefetch {
  Columns of;
  int rows, lines;
  int row = 0, column = 0;
  LP_INLINE void next() {
#if !defined(__wasm__)  // which cannot ask
    for (int i = 0; i < lines && row < rows; i++) {
      __builtin_prefetch(of.data + row * of.stride + column, 0, 2);
      column += 16;
      if (column < of.count) continue;
      column = 0;
      row++;
    }
#endif
  }
};

// Adds the products of some rows of one panel to its sums. Not inlined, like timesPanels.
template <int V>
static LP_NOINLINE void addRows(int count, Depth depth, Broadcast q, const float* packed, float* sums,
                                Prefetch& aheadP, Prefetch& aheadQ) {
  addProduct<V>(count, depth, q, packed, NR, sums, NR, [&] {
    aheadP.next();
    aheadQ.next();
  });
}

// The same for any number of them, which asks for what comes next after every kAheadStep, where it can.
template <int V>
static void addAllRows(int count, int depth, Broadcast q, const float* packed, float* sums, Prefetch& aheadP,
                       Prefetch& aheadQ) {
  if (kSmall) return addRows<V>(count, {depth}, q, packed, sums, aheadP, aheadQ);
  const int steps = depth / kAheadStep, done = steps * kAheadStep;
  addRows<V>(count, {kAheadStep, steps, kAheadStep * q.step}, q, packed, sums, aheadP, aheadQ);
  if (done == depth) return;
  addRows<V>(count, {depth - done}, {q.data + done * q.step, q.row, q.step}, packed + done * NR, sums, aheadP, aheadQ);
}

// sums[panel][q][NR] = q^T p over all rows, for `end - from` panels of p: block by block of rows, whose panels of p are
// copied to `packed` first, kDepthBlock x NR each.
static LP_NOINLINE void sumOverRows(int rows, Columns p, int from, int end, Columns q, float* packed, float* sums) {
  const int panels = end - from, most = kDepthBlock / kAheadStep;
  const long sumsSize = static_cast<long>(q.count) * NR;
  std::memset(sums, 0, panels * sumsSize * sizeof(float));
  for (int r = 0; r < rows; r += kDepthBlock) {
    const int depth = minimum(kDepthBlock, rows - r), next = minimum(kDepthBlock, rows - r - depth);
    const int calls = panels * divideUp(q.count, MR) * most;
    const auto ahead = [&](Columns of, int columns) {
      return Prefetch{{of.data + static_cast<long>(r + depth) * of.stride, of.stride, columns}, next,
                      divideUp(kDepthBlock * divideUp(columns, 16), calls)};
    };
    Prefetch aheadP = ahead({p.data + from * NR, p.stride, 0}, minimum(panels * NR, p.count - from * NR));
    Prefetch aheadQ = ahead(q, q.count);
    for (int i = 0; i < panels; i++) {
      packPanel<NR>(packed, p.data + static_cast<long>(r) * p.stride, depth, p.count, p.stride, 1, from + i);
      const Broadcast a = {q.data + static_cast<long>(r) * q.stride, 1, q.stride};
      const auto add = [&](auto vectors) {
        constexpr int V = decltype(vectors)::value;
        addAllRows<V>(q.count, depth, a, packed, sums + i * sumsSize, aheadP, aheadQ);
      };
      if (p.count - (from + i) * NR > W) add(std::integral_constant<int, NV>());
      else add(std::integral_constant<int, 1>());
    }
  }
}

// sums += column sums of a matrix, in the order of the rows.
static void addColumnSums(Pool& pool, const float* matrix, int rows, int columns, float* sums) {
  pool.parallel(divideUp(columns, NR), [&](int task, int) {
    const int first = task * NR, count = minimum(NR, columns - first);
    float total[NR] = {};
    for (int r = 0; r < rows; r++) {
      const float* row = matrix + static_cast<long>(r) * columns + first;
      for (int c = 0; c < count; c++) total[c] += row[c];
    }
    for (int c = 0; c < count; c++) sums[first + c] += total[c];
  });
}

// dW += dout^T x and db += column sums. The wider of x and dout is cut into panels, and tasks are groups of them. Every
// sum is in the order of the rows, however many groups there are.
static void linearGradientWeight(Pool& pool, const Linear& a) {
  const Columns x = {a.x, a.inputs, a.inputs}, gradOut = {a.gradOut, a.outputs, a.outputs};
  const bool wide = a.inputs > a.outputs;
  const Columns p = wide ? x : gradOut, q = wide ? gradOut : x;
  const int panels = divideUp(p.count, NR), groups = minimum(panels, kGroups * pool.threads());
  const long sumsSize = static_cast<long>(q.count) * NR;
  if (a.gradBias) addColumnSums(pool, a.gradOut, a.rows, a.outputs, a.gradBias);
  if (!a.gradWeight) return;
  pool.reserve(kDepthBlock * NR + (divideUp(panels, groups) + 1) * sumsSize);
  pool.parallel(groups, [&](int group, int thread) {
    const int from = panels * group / groups, end = panels * (group + 1) / groups;
    float* packed = pool.scratch(thread);
    float* turned = packed + kDepthBlock * NR;  // [NR][q]
    float* sums = turned + sumsSize;
    sumOverRows(a.rows, p, from, end, q, packed, sums);
    for (int panel = from; panel < end; panel++) {
      const float* of = sums + (panel - from) * sumsSize;
      const int first = panel * NR, count = minimum(NR, p.count - first);
      if (wide) {
        for (int o = 0; o < a.outputs; o++) {
          float* to = a.gradWeight + static_cast<long>(o) * a.inputs + first;
          for (int v = 0; v < NV; v++) addColumns(to, v, load(of + o * NR + v * W), count);
        }
      } else {
        transpose(of, NR, a.inputs, NR, turned, a.inputs);
        float* to = a.gradWeight + static_cast<long>(first) * a.inputs;
        for (long i = 0; i < static_cast<long>(count) * a.inputs; i++) to[i] += turned[i];
      }
    }
  });
}

static void linearGradient(Pool& pool, const Linear& a) {
  if (a.gradX) linearGradientX(pool, a);
  if (a.gradWeight || a.gradBias) linearGradientWeight(pool, a);
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
