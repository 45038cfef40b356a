// What works row by row: embedding, residual addition, LayerNorm and RMSNorm, and the loss.
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "math.h"
#include "random.h"
#include "tile.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kRows = 64;          // rows of a task
constexpr int kElements = 1 << 14;  // elements of a task, a multiple of four
constexpr float kEpsilon = 1e-5f;   // LayerNorm's

// Tasks over blocks of rows: work(firstRow, endRow, thread).
template <class Work>
static void overRows(Pool& pool, int rows, Work work) {
  pool.parallel(divideUp(rows, kRows), [&](int task, int thread) {
    work(task * kRows, minimum(rows, (task + 1) * kRows), thread);
  });
}

// Sums over all parts of some work, [lines][W], whose lanes are to be added up: work(part, sums, thread) adds to those
// of its part. They are added in the order of the parts, whose number must not depend on the threads.
template <class Work>
static const float* lanesOverParts(Pool& pool, int parts, int lines, Work work) {
  const long size = static_cast<long>(lines) * W;
  float* sums = pool.shared(0, parts * size);
  pool.parallel(parts, [&](int part, int thread) {
    float* own = sums + part * size;
    std::memset(own, 0, size * sizeof(float));
    work(part, own, thread);
  });
  for (int part = 1; part < parts; part++) {
    for (long i = 0; i < size; i += W) store(sums + i, load(sums + i) + load(sums + part * size + i));
  }
  return sums;
}

// The same over blocks of rows: work(firstRow, endRow, sums, thread).
template <class Work>
static const float* lanesOverRows(Pool& pool, int rows, int lines, Work work) {
  const int blocks = divideUp(rows, W), parts = minimum(divideUp(blocks, 4), 16);
  return lanesOverParts(pool, parts, lines, [&](int part, float* sums, int thread) {
    work(blocks * part / parts * W, minimum(rows, blocks * (part + 1) / parts * W), sums, thread);
  });
}

// Dropout factors for `count` elements from any `index`, or null where nothing is dropped; `buffer` has room for
// factorsSize(count).
static const float* factorsFrom(const Dropout& dropout, uint32_t index, int count, float* buffer) {
  if (dropout.rate == 0) return nullptr;
  const int before = static_cast<int>(index & 3u);
  dropoutFactors(dropout, index - static_cast<uint32_t>(before), before + count, buffer);
  return buffer + before;
}

static void embed(Pool& pool, const Embed& a) {
  const int D = a.width;
  pool.reserve(factorsSize(D));
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    for (int r = first; r < end; r++) {
      const float* token = a.tokenTable + static_cast<long>(a.tokens[r]) * D;
      float* out = a.out + static_cast<long>(r) * D;
      if (a.positionTable) {
        const float* position = a.positionTable + static_cast<long>(a.positions[r]) * D;
        for (int c = 0; c < D; c++) out[c] = token[c] + position[c];
      } else {
        std::memcpy(out, token, D * sizeof(float));
      }
      if (const float* factor = factorsFrom(a.dropout, static_cast<uint32_t>(r * D), D, pool.scratch(thread))) {
        for (int c = 0; c < D; c++) out[c] *= factor[c];
      }
    }
  });
}

// Rows of one token or position lie scattered, so this runs on one thread, in the order of the rows; it is a
// tiny part of a step.
static void embedGradient(Pool& pool, const Embed& a) {
  const int D = a.width;
  pool.reserve(D + factorsSize(D));
  float* grad = pool.scratch(0);
  float* buffer = grad + D;
  for (int r = 0; r < a.rows; r++) {
    const float* from = a.gradOut + static_cast<long>(r) * D;
    if (const float* factor = factorsFrom(a.dropout, static_cast<uint32_t>(r * D), D, buffer)) {
      for (int c = 0; c < D; c++) grad[c] = from[c] * factor[c];
      from = grad;
    }
    float* token = a.gradTokenTable + static_cast<long>(a.tokens[r]) * D;
    for (int c = 0; c < D; c++) token[c] += from[c];
    if (a.gradPositionTable) {
      float* position = a.gradPositionTable + static_cast<long>(a.positions[r]) * D;
      for (int c = 0; c < D; c++) position[c] += from[c];
    }
  }
}

// Tasks over pieces of a long array: work(first, count, thread).
template <class Work>
static void overElements(Pool& pool, int length, Work work) {
  pool.parallel(divideUp(length, kElements), [&](int task, int thread) {
    const int first = task * kElements;
    work(first, minimum(kElements, length - first), thread);
  });
}

// `out` may be `update`.
static void add(Pool& pool, const Add& a) {
  pool.reserve(factorsSize(kElements));
  overElements(pool, a.length, [&](int first, int count, int thread) {
    const float *x = a.x + first, *update = a.update + first;
    float* out = a.out + first;
    const float* factor = factorsFrom(a.dropout, static_cast<uint32_t>(first), count, pool.scratch(thread));
    overColumns<kSmall>(count, [&](int i, int part) {
      Vec some = loadColumns(update + i, part);
      if (factor) some = some * loadColumns(factor + i, part);
      storeColumns(out + i, loadColumns(x + i, part) + some, part);
    });
  });
}

// to (+)= value * factor, where there are factors.
static LP_INLINE void addOrSet(bool sets, float* to, Vec value, const float* factor, int count) {
  if (factor) value = value * loadColumns(factor, count);
  storeColumns(to, sets ? value : loadColumns(to, count) + value, count);
}

static void addGradient(Pool& pool, const Add& a) {
  pool.reserve(factorsSize(kElements));
  overElements(pool, a.length, [&](int first, int count, int thread) {
    const float* grad = a.gradOut + first;
    float* to = a.gradUpdate + first;
    const float* factor = factorsFrom(a.dropout, static_cast<uint32_t>(first), count, pool.scratch(thread));
    overColumns<kSmall>(count, [&](int i, int part) {
      addOrSet(a.sets, to + i, loadColumns(grad + i, part), factor ? factor + i : nullptr, part);
    });
  });
}

// `count` rows of D numbers, `step` apart, the rest of W filled up with zeros, to `transposed` [D][W].
static void transposeRows(const float* from, long step, int count, int D, float* transposed) {
  if (count < W) std::memset(transposed, 0, static_cast<std::size_t>(D) * W * sizeof(float));
  transpose(from, step, count, D, transposed, W);
}

// What LayerNorm needs for a row.
struct NormScratch {
  float* centred;        // x + dropout(update) less its mean, filled up with zeros to whole vectors
  float* grad;           // likewise
  float* buffer;         // factorsSize(D)
  const float* factors;  // of dropout, where there is any

  NormScratch(float* memory, int D)
      : centred(memory), grad(memory + roundUp(D, W)), buffer(memory + 2 * roundUp(D, W)), factors(nullptr) {}
  static long size(int D) { return 2L * roundUp(D, W) + factorsSize(D); }
};

// Centres row r; returns 1 / sigma.
static LP_COMPACT float centreRow(const AddLayerNorm& a, int r, NormScratch& row) {
  const int D = a.width;
  const float* x = a.x + static_cast<long>(r) * D;
  if (a.update) {
    const float* update = a.update + static_cast<long>(r) * D;
    row.factors = factorsFrom(a.dropout, static_cast<uint32_t>(r * D), D, row.buffer);
    if (row.factors) {
      for (int c = 0; c < D; c++) row.centred[c] = x[c] + update[c] * row.factors[c];
    } else {
      for (int c = 0; c < D; c++) row.centred[c] = x[c] + update[c];
    }
    x = row.centred;
  }
  Vec sum = splat(0.0f), squares = splat(0.0f);
  overColumns(D, [&](int c, int count) { sum += loadColumns(x + c, count); });
  const float mean = sumOf(sum) / static_cast<float>(D);
  overColumns(D, [&](int c, int count) {
    const Vec centred = loadColumns(x + c, count, mean) - splat(mean);
    store(row.centred + c, centred);
    squares += centred * centred;
  });
  return 1.0f / std::sqrt(sumOf(squares) / static_cast<float>(D) + kEpsilon);
}

static void addLayerNorm(Pool& pool, const AddLayerNorm& a) {
  const int D = a.width;
  pool.reserve(NormScratch::size(D));
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    NormScratch row(pool.scratch(thread), D);
    for (int r = first; r < end; r++) {
      const Vec inverse = splat(centreRow(a, r, row));
      float* out = a.out + static_cast<long>(r) * D;
      overColumns(D, [&](int c, int count) {
        const Vec normal = load(row.centred + c) * inverse;
        storeColumns(out + c, normal * loadColumns(a.weight + c, count) + loadColumns(a.bias + c, count), count);
      });
    }
  });
}

// With x^ the normalised row and g = dy w: dx = (g - mean g - x^ mean(g x^)) / sigma.
static void addLayerNormGradient(Pool& pool, const AddLayerNorm& a) {
  const int D = a.width, padded = roundUp(D, W);
  pool.reserve(NormScratch::size(D));
  const float* sums = lanesOverRows(pool, a.rows, 2 * padded / W, [&](int first, int end, float* own, int thread) {
    float *gradWeight = own, *gradBias = own + padded;
    NormScratch row(pool.scratch(thread), D);
    for (int r = first; r < end; r++) {
      const long at = static_cast<long>(r) * D;
      const Vec inverse = splat(centreRow(a, r, row));
      Vec sum = splat(0.0f), dot = splat(0.0f);
      overColumns(D, [&](int c, int count) {
        const Vec g = loadColumns(a.gradOut + at + c, count), normal = load(row.centred + c) * inverse;
        store(row.centred + c, normal);
        store(gradWeight + c, load(gradWeight + c) + g * normal);
        store(gradBias + c, load(gradBias + c) + g);
        const Vec scaled = g * loadColumns(a.weight + c, count);
        store(row.grad + c, scaled);
        sum += scaled;
        dot += scaled * normal;
      });
      const Vec mean = splat(sumOf(sum) / static_cast<float>(D)), slope = splat(sumOf(dot) / static_cast<float>(D));
      overColumns<kSmall>(D, [&](int c, int count) {
        const Vec grad = inverse * (load(row.grad + c) - mean - load(row.centred + c) * slope);
        addOrSet(a.sets, a.gradX + at + c, grad, nullptr, count);
        if (!a.gradUpdate) return;
        addOrSet(a.sets, a.gradUpdate + at + c, grad, row.factors ? row.factors + c : nullptr, count);
      });
    }
  });
  for (int c = 0; c < D; c++) a.gradWeight[c] += sums[c];
  for (int c = 0; c < D; c++) a.gradBias[c] += sums[padded + c];
}

// exp(logits * scale - max) of one row into `e`, filled up with zeros to whole vectors; returns max + log of their
// sum, and the sum.
static LP_COMPACT float logSumExp(const float* logits, int count, float scale, float* e, float& sum) {
  Vec top = splat(-1e30f), total = splat(0.0f);
  overColumns(count, [&](int v, int part) {
    const Vec x = loadColumns(logits + v, part, logits[0]) * splat(scale);
    store(e + v, x);
    top = larger(top, x);
  });
  const float max = maxOf(top);
  overColumns(count, [&](int v, int part) {
    store(e + v, exponential(load(e + v) - splat(max)));
    if (part < W) store(e + v, loadPart(e + v, part));
    total += load(e + v);
  });
  sum = sumOf(total);
  return max + std::log(sum);
}

static void crossEntropy(Pool& pool, const CrossEntropy& a) {
  pool.reserve(roundUp(a.vocabulary, W));
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    float* e = pool.scratch(thread);
    for (int r = first; r < end; r++) {
      const float* logits = a.logits + static_cast<long>(r) * a.vocabulary;
      float sum;
      const int target = a.targets[r];
      a.nll[r] = logSumExp(logits, a.vocabulary, 1.0f, e, sum) - logits[target];
      // Whether the target is the first of the largest.
      bool correct = true;
      for (int v = 0; v < target; v++) correct &= logits[v] < logits[target];
      for (int v = target; v < a.vocabulary; v++) correct &= logits[v] <= logits[target];
      a.correct[r] = correct ? 1.0f : 0.0f;
    }
  });
}

static void crossEntropyGradient(Pool& pool, const CrossEntropy& a) {
  pool.reserve(roundUp(a.vocabulary, W));
  // Of the gradient: what goes to the target, and what is spread. Without soft targets, `hard` is the scale to the bit.
  const float hard = static_cast<float>(a.scale * (1 - a.softShare));
  const float soft = static_cast<float>(a.scale * a.softShare);
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    float* e = pool.scratch(thread);
    for (int r = first; r < end; r++) {
      const long at = static_cast<long>(r) * a.vocabulary;
      float sum;
      logSumExp(a.logits + at, a.vocabulary, 1.0f, e, sum);
      const float factor = a.scale / sum;
      for (int v = 0; v < a.vocabulary; v++) a.gradLogits[at + v] = e[v] * factor;
      a.gradLogits[at + a.targets[r]] -= hard;
      if (a.softShare == 0) continue;
      if (a.soft) {
        for (int v = 0; v < a.vocabulary; v++) a.gradLogits[at + v] -= soft * a.soft[at + v];
      } else {
        const float even = soft / static_cast<float>(a.vocabulary);
        for (int v = 0; v < a.vocabulary; v++) a.gradLogits[at + v] -= even;
      }
    }
  });
}

static void logSoftmax(Pool& pool, const LogSoftmax& a) {
  pool.reserve(roundUp(a.vocabulary, W));
  const float scale = 1.0f / a.temperature;
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    float* e = pool.scratch(thread);
    for (int r = first; r < end; r++) {
      const long at = static_cast<long>(r) * a.vocabulary;
      float sum;
      const float total = logSumExp(a.logits + at, a.vocabulary, scale, e, sum);
      for (int v = 0; v < a.vocabulary; v++) a.out[at + v] = a.logits[at + v] * scale - total;
    }
  });
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
