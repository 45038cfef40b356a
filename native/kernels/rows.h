// What works row by row: embedding, residual addition, LayerNorm, and the loss.
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "math.h"
#include "random.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kRows = 64;          // rows of a task
constexpr int kElements = 1 << 14;  // elements of a task, an even number
constexpr float kEpsilon = 1e-5f;   // LayerNorm's

// Tasks over blocks of rows: work(firstRow, endRow, thread).
template <class Work>
static void overRows(Pool& pool, int rows, Work work) {
  pool.parallel(divideUp(rows, kRows), [&](int task, int thread) {
    work(task * kRows, minimum(rows, (task + 1) * kRows), thread);
  });
}

// Dropout factors for `count` elements from `index`, which may be odd; `buffer` holds count + 2 floats.
static const float* factorsFrom(const Dropout& dropout, uint32_t index, int count, float* buffer) {
  const int odd = static_cast<int>(index & 1u);
  dropoutFactors(dropout, index - static_cast<uint32_t>(odd), count + odd, buffer);
  return buffer + odd;
}

static void embed(Pool& pool, const Embed& a) {
  const int D = a.width;
  pool.reserve(D + 4);
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    for (int r = first; r < end; r++) {
      const float* token = a.tokenTable + static_cast<long>(a.tokens[r]) * D;
      const float* position = a.positionTable + static_cast<long>(a.positions[r]) * D;
      float* out = a.out + static_cast<long>(r) * D;
      for (int c = 0; c < D; c++) out[c] = token[c] + position[c];
      if (a.dropout.rate > 0) {
        const float* factor = factorsFrom(a.dropout, static_cast<uint32_t>(r * D), D, pool.scratch(thread));
        for (int c = 0; c < D; c++) out[c] *= factor[c];
      }
    }
  });
}

// Rows of one token or position lie scattered, so this runs on one thread, in the order of the rows; it is a
// tiny part of a step.
static void embedGradient(Pool& pool, const Embed& a) {
  const int D = a.width;
  pool.reserve(2 * D + 4);
  float* grad = pool.scratch(0);
  float* buffer = grad + D;
  for (int r = 0; r < a.rows; r++) {
    const float* from = a.gradOut + static_cast<long>(r) * D;
    if (a.dropout.rate > 0) {
      const float* factor = factorsFrom(a.dropout, static_cast<uint32_t>(r * D), D, buffer);
      for (int c = 0; c < D; c++) grad[c] = from[c] * factor[c];
      from = grad;
    }
    float* token = a.gradTokenTable + static_cast<long>(a.tokens[r]) * D;
    float* position = a.gradPositionTable + static_cast<long>(a.positions[r]) * D;
    for (int c = 0; c < D; c++) token[c] += from[c];
    for (int c = 0; c < D; c++) position[c] += from[c];
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

static void add(Pool& pool, const Add& a) {
  pool.reserve(kElements + 4);
  overElements(pool, a.length, [&](int first, int count, int thread) {
    const float *x = a.x + first, *update = a.update + first;
    float* out = a.out + first;
    if (a.dropout.rate > 0) {
      const float* factor = factorsFrom(a.dropout, static_cast<uint32_t>(first), count, pool.scratch(thread));
      for (int i = 0; i < count; i++) out[i] = x[i] + update[i] * factor[i];
    } else {
      for (int i = 0; i < count; i++) out[i] = x[i] + update[i];
    }
  });
}

static void addGradient(Pool& pool, const Add& a) {
  pool.reserve(kElements + 4);
  overElements(pool, a.length, [&](int first, int count, int thread) {
    const float* grad = a.gradOut + first;
    float *gradX = a.gradX + first, *gradUpdate = a.gradUpdate + first;
    for (int i = 0; i < count; i++) gradX[i] += grad[i];
    if (a.dropout.rate > 0) {
      const float* factor = factorsFrom(a.dropout, static_cast<uint32_t>(first), count, pool.scratch(thread));
      for (int i = 0; i < count; i++) gradUpdate[i] += grad[i] * factor[i];
    } else {
      for (int i = 0; i < count; i++) gradUpdate[i] += grad[i];
    }
  });
}

// Row r of x + dropout(update), moved and scaled to mean 0 and variance 1, into `normal`, which is filled up with
// zeros to whole vectors. Returns 1 / sigma.
static float normalizeRow(const AddLayerNorm& a, int r, float* normal, const float*& factor, float* buffer) {
  const int D = a.width, end = roundUp(D, W);
  const float* x = a.x + static_cast<long>(r) * D;
  factor = nullptr;
  if (!a.update) {
    std::memcpy(normal, x, D * sizeof(float));
  } else {
    const float* update = a.update + static_cast<long>(r) * D;
    if (a.dropout.rate > 0) {
      factor = factorsFrom(a.dropout, static_cast<uint32_t>(r * D), D, buffer);
      for (int c = 0; c < D; c++) normal[c] = x[c] + update[c] * factor[c];
    } else {
      for (int c = 0; c < D; c++) normal[c] = x[c] + update[c];
    }
  }
  for (int c = D; c < end; c++) normal[c] = 0;
  Vec sum = splat(0.0f);
  for (int c = 0; c < end; c += W) sum += load(normal + c);
  const float mean = sumOf(sum) / static_cast<float>(D);
  for (int c = 0; c < D; c++) normal[c] -= mean;
  Vec squares = splat(0.0f);
  for (int c = 0; c < end; c += W) squares += load(normal + c) * load(normal + c);
  const float inverse = 1.0f / std::sqrt(sumOf(squares) / static_cast<float>(D) + kEpsilon);
  for (int c = 0; c < end; c += W) store(normal + c, load(normal + c) * splat(inverse));
  return inverse;
}

static void addLayerNorm(Pool& pool, const AddLayerNorm& a) {
  const int D = a.width;
  pool.reserve(2 * roundUp(D, W) + W + 4);
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    float* normal = pool.scratch(thread);
    float* buffer = normal + roundUp(D, W);
    const float* factor;
    for (int r = first; r < end; r++) {
      normalizeRow(a, r, normal, factor, buffer);
      float* out = a.out + static_cast<long>(r) * D;
      for (int c = 0; c < D; c++) out[c] = normal[c] * a.weight[c] + a.bias[c];
    }
  });
}

// Weight and bias gradients are sums over all rows: a fixed number of parts, whatever the threads, added in order.
static void addLayerNormGradient(Pool& pool, const AddLayerNorm& a) {
  constexpr int kParts = 16;
  const int D = a.width;
  const long padded = roundUp(D, W);
  float* parts = pool.shared(0, kParts * 2 * padded);
  pool.reserve(3 * padded + W + 4);
  pool.parallel(kParts, [&](int part, int thread) {
    float* gradWeight = parts + part * 2 * padded;
    float* gradBias = gradWeight + padded;
    std::memset(gradWeight, 0, 2 * padded * sizeof(float));
    float* normal = pool.scratch(thread);
    float* scaled = normal + padded;
    float* buffer = scaled + padded;
    for (long c = D; c < padded; c++) scaled[c] = 0;
    const int first = static_cast<int>(static_cast<long>(a.rows) * part / kParts);
    const int end = static_cast<int>(static_cast<long>(a.rows) * (part + 1) / kParts);
    const float* factor;
    for (int r = first; r < end; r++) {
      const float inverse = normalizeRow(a, r, normal, factor, buffer);
      const float* grad = a.gradOut + static_cast<long>(r) * D;
      for (int c = 0; c < D; c++) {
        gradWeight[c] += grad[c] * normal[c];
        gradBias[c] += grad[c];
        scaled[c] = grad[c] * a.weight[c];
      }
      Vec sum = splat(0.0f), dot = splat(0.0f);
      for (int c = 0; c < padded; c += W) {
        sum += load(scaled + c);
        dot += load(scaled + c) * load(normal + c);
      }
      const float mean = sumOf(sum) / static_cast<float>(D), slope = sumOf(dot) / static_cast<float>(D);
      for (int c = 0; c < D; c++) scaled[c] = inverse * (scaled[c] - mean - normal[c] * slope);
      float* gradX = a.gradX + static_cast<long>(r) * D;
      for (int c = 0; c < D; c++) gradX[c] += scaled[c];
      if (a.gradUpdate) {
        float* gradUpdate = a.gradUpdate + static_cast<long>(r) * D;
        if (factor) {
          for (int c = 0; c < D; c++) gradUpdate[c] += scaled[c] * factor[c];
        } else {
          for (int c = 0; c < D; c++) gradUpdate[c] += scaled[c];
        }
      }
    }
  });
  for (int part = 0; part < kParts; part++) {
    const float* gradWeight = parts + part * 2 * padded;
    for (int c = 0; c < D; c++) a.gradWeight[c] += gradWeight[c];
    for (int c = 0; c < D; c++) a.gradBias[c] += gradWeight[padded + c];
  }
}

// exp(logits * scale - max) of one row into `e`, filled up with zeros to whole vectors; returns max + log of their
// sum, and the sum.
static float logSumExp(const float* logits, int count, float scale, float* e, float& sum) {
  const int end = roundUp(count, W);
  float max = -1e30f;
  for (int v = 0; v < count; v++) {
    e[v] = logits[v] * scale;
    max = e[v] > max ? e[v] : max;
  }
  for (int v = count; v < end; v++) e[v] = max;
  for (int v = 0; v < end; v += W) store(e + v, exponential(load(e + v) - splat(max)));
  for (int v = count; v < end; v++) e[v] = 0;
  Vec total = splat(0.0f);
  for (int v = 0; v < end; v += W) total += load(e + v);
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
      a.nll[r] = logSumExp(logits, a.vocabulary, 1.0f, e, sum) - logits[a.targets[r]];
      int best = 0;
      for (int v = 1; v < a.vocabulary; v++) best = logits[v] > logits[best] ? v : best;
      a.correct[r] = best == a.targets[r] ? 1.0f : 0.0f;
    }
  });
}

static void crossEntropyGradient(Pool& pool, const CrossEntropy& a) {
  pool.reserve(roundUp(a.vocabulary, W));
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    float* e = pool.scratch(thread);
    for (int r = first; r < end; r++) {
      const long at = static_cast<long>(r) * a.vocabulary;
      float sum;
      logSumExp(a.logits + at, a.vocabulary, 1.0f, e, sum);
      const float factor = a.scale / sum;
      for (int v = 0; v < a.vocabulary; v++) a.gradLogits[at + v] += e[v] * factor;
      a.gradLogits[at + a.targets[r]] -= a.scale;
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
