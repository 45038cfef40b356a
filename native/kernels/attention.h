// Causal attention within each text of a packed batch: tasks are pairs of a text and a head, and each works on
// its own columns of its own rows. T letters, head width D: scores are made MR query rows at a time and never
// leave the cache. Tiles right of the diagonal are skipped.
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "math.h"
#include "random.h"
#include "tile.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr uint32_t kAttentionStride = 1024;  // numbering of attention weights for dropout, as in dropout.ts

static int longestText(const Attention& a) {
  int longest = 0;
  for (int b = 0; b < a.texts; b++) longest = maximum(longest, a.offsets[b + 1] - a.offsets[b]);
  return longest;
}

// One head of one text: where its numbers are.
struct Head {
  int length, width, index, firstRow, heads;
  long stride, outStride;
  const float *key, *query, *value;

  Head(const Attention& a, int task)
      : width(a.headWidth), index(task % a.heads), heads(a.heads), outStride(static_cast<long>(a.heads) * a.headWidth) {
    const int text = task / a.heads;
    firstRow = a.offsets[text];
    length = a.offsets[text + 1] - firstRow;
    stride = 3 * outStride;
    key = a.kqv + firstRow * stride + static_cast<long>(index) * width;
    query = key + outStride;
    value = query + outStride;
  }
  long outAt() const { return firstRow * outStride + static_cast<long>(index) * width; }
};

// Packs all panels of a [depth, columns] matrix; returns where they end.
static float* packAll(float* to, const float* source, int depth, int columns, long kStep, long nStep) {
  const int panels = divideUp(columns, NR);
  for (int p = 0; p < panels; p++, to += static_cast<long>(depth) * NR) {
    packPanel(to, source, depth, columns, kStep, nStep, p);
  }
  return to;
}

// Scores of query rows i ... i + rows - 1 against all keys up to the diagonal, into `scores` [rows][padded];
// then their softmax, with exact zeros right of the diagonal up to the end of the last panel.
static void attentionWeights(const Head& h, int i, int rows, const float* keysT, float* scores, long padded) {
  const float scale = 1.0f / std::sqrt(static_cast<float>(h.width));
  const int keys = i + rows, panels = divideUp(keys, NR);
  for (int p = 0; p < panels; p++) {
    runTile(
        rows, h.width, {h.query + i * h.stride, h.stride, 1}, keysT + static_cast<long>(p) * h.width * NR, NR, zero,
        [&](int m, int v, Vec sum) { store(scores + m * padded + p * NR + v * W, sum * splat(scale)); });
  }
  for (int m = 0; m < rows; m++) {
    float* row = scores + m * padded;
    const int valid = i + m + 1, end = panels * NR;
    for (int j = valid; j < end; j++) row[j] = -1e30f;
    Vec top = load(row);
    for (int j = W; j < end; j += W) {
      const Vec x = load(row + j);
      top = select(x > top, x, top);
    }
    const Vec max = splat(maxOf(top));
    for (int j = 0; j < end; j += W) store(row + j, exponential(load(row + j) - max));
    for (int j = valid; j < end; j++) row[j] = 0;
    Vec sum = splat(0.0f);
    for (int j = 0; j < end; j += W) sum += load(row + j);
    const Vec inverse = splat(1.0f / sumOf(sum));
    for (int j = 0; j < end; j += W) store(row + j, load(row + j) * inverse);
  }
}

// Dropout factors of query row i (within the text), for `keys` keys.
static void attentionFactors(const Head& h, const Dropout& dropout, int i, int keys, float* factors) {
  const uint32_t row = static_cast<uint32_t>((h.firstRow + i) * h.heads + h.index);
  dropoutFactors(dropout, row * kAttentionStride, keys, factors);
}

static void attention(Pool& pool, const Attention& a) {
  const int longest = longestText(a), padded = roundUp(longest, NR) + NR;
  const long keysSize = static_cast<long>(padded) * a.headWidth;
  const long valuesSize = static_cast<long>(roundUp(a.headWidth, NR)) * longest;
  pool.reserve(keysSize + valuesSize + (MR + 1) * padded);
  pool.parallel(a.texts * a.heads, [&](int task, int thread) {
    const Head h(a, task);
    float* keysT = pool.scratch(thread);
    float* values = keysT + keysSize;
    float* scores = values + valuesSize;
    float* factors = scores + MR * padded;
    packAll(keysT, h.key, h.width, h.length, 1, h.stride);   // [keys / NR][width][NR]
    packAll(values, h.value, h.length, h.width, h.stride, 1);  // [width / NR][keys][NR]
    for (int i = 0; i < h.length; i += MR) {
      const int rows = minimum(MR, h.length - i), keys = i + rows;
      attentionWeights(h, i, rows, keysT, scores, padded);
      if (a.dropout.rate > 0) {
        for (int m = 0; m < rows; m++) {
          attentionFactors(h, a.dropout, i + m, keys, factors);
          for (int j = 0; j < keys; j++) scores[m * padded + j] *= factors[j];
        }
      }
      for (int c = 0; c < h.width; c += NR) {
        const int count = minimum(NR, h.width - c);
        runTile(
            rows, keys, {scores, padded, 1}, values + static_cast<long>(c) * h.length, NR, zero,
            [&](int m, int v, Vec sum) {
              setColumns(a.out + h.outAt() + (i + m) * h.outStride + c, v, sum, count);
            });
      }
    }
  });
}

// The weights P are made again. With dP = dO V^T (times the dropout factors), dS = P (dP - sum of P dP) / sqrt D:
// dQ = dS K, dK = dS^T Q, dV = (P times factors)^T dO.
static void attentionGradient(Pool& pool, const Attention& a) {
  const int longest = longestText(a), padded = roundUp(longest, NR) + NR;
  const long transposed = static_cast<long>(padded) * a.headWidth;
  const long panelled = static_cast<long>(roundUp(a.headWidth, NR)) * longest;
  const long square = static_cast<long>(longest + MR) * padded;
  pool.reserve(2 * transposed + 3 * panelled + 2 * square + padded);
  pool.parallel(a.texts * a.heads, [&](int task, int thread) {
    const Head h(a, task);
    float* keysT = pool.scratch(thread);
    float* valuesT = keysT + transposed;
    float* keys = valuesT + transposed;
    float* queries = keys + panelled;
    float* outs = queries + panelled;
    float* weights = outs + panelled;   // P, [length][padded]
    float* gradients = weights + square;  // dP, then dS
    float* factors = gradients + square;
    const float* gradOut = a.gradOut + h.outAt();
    packAll(keysT, h.key, h.width, h.length, 1, h.stride);
    packAll(valuesT, h.value, h.width, h.length, 1, h.stride);
    packAll(keys, h.key, h.length, h.width, h.stride, 1);
    packAll(queries, h.query, h.length, h.width, h.stride, 1);
    packAll(outs, gradOut, h.length, h.width, h.outStride, 1);
    const float scale = 1.0f / std::sqrt(static_cast<float>(h.width));
    float* gradKey = a.gradKqv + h.firstRow * h.stride + static_cast<long>(h.index) * h.width;
    float* gradQuery = gradKey + h.outStride;
    float* gradValue = gradQuery + h.outStride;

    for (int i = 0; i < h.length; i += MR) {
      const int rows = minimum(MR, h.length - i), seen = i + rows, end = roundUp(seen, NR);
      float* p = weights + static_cast<long>(i) * padded;
      float* ds = gradients + static_cast<long>(i) * padded;
      attentionWeights(h, i, rows, keysT, p, padded);
      for (int j = 0; j < end; j += NR) {
        runTile(
            rows, h.width, {gradOut + i * h.outStride, h.outStride, 1}, valuesT + static_cast<long>(j) * h.width, NR,
            zero, [&](int m, int v, Vec sum) { store(ds + m * padded + j + v * W, sum); });
      }
      for (int m = 0; m < rows; m++) {
        float* pm = p + m * padded;
        float* dm = ds + m * padded;
        if (a.dropout.rate > 0) {
          attentionFactors(h, a.dropout, i + m, seen, factors);
          for (int j = 0; j < seen; j++) dm[j] *= factors[j];
        }
        Vec dot = splat(0.0f);
        for (int j = 0; j < end; j += W) dot += load(pm + j) * load(dm + j);  // P is 0 right of the diagonal
        const Vec common = splat(sumOf(dot));
        for (int j = 0; j < end; j += W) {
          store(dm + j, load(pm + j) * (load(dm + j) - common) * splat(scale));
        }
        if (a.dropout.rate > 0) {
          for (int j = 0; j < seen; j++) pm[j] *= factors[j];
        }
      }
      for (int c = 0; c < h.width; c += NR) {
        const int count = minimum(NR, h.width - c);
        runTile(
            rows, seen, {ds, padded, 1}, keys + static_cast<long>(c) * h.length, NR, zero,
            [&](int m, int v, Vec sum) { addColumns(gradQuery + (i + m) * h.stride + c, v, sum, count); });
      }
    }
    // Key rows j ... j + MR - 1 are seen by query rows from j on: those above have P = dS = 0 there. P and dS are
    // written up to the end of the panel of the diagonal, which is as far as this reads.
    for (int j = 0; j < h.length; j += MR) {
      const int rows = minimum(MR, h.length - j), depth = h.length - j;
      const long at = static_cast<long>(j) * padded + j;
      for (int c = 0; c < h.width; c += NR) {
        const int count = minimum(NR, h.width - c);
        const long panel = static_cast<long>(c) * h.length + static_cast<long>(j) * NR;
        runTile(rows, depth, {gradients + at, 1, padded}, queries + panel, NR, zero,
                [&](int m, int v, Vec sum) { addColumns(gradKey + (j + m) * h.stride + c, v, sum, count); });
        runTile(rows, depth, {weights + at, 1, padded}, outs + panel, NR, zero,
                [&](int m, int v, Vec sum) { addColumns(gradValue + (j + m) * h.stride + c, v, sum, count); });
      }
    }
  });
}

// One new letter a text: tasks are pairs of a row and a head.
static void cachedAttention(Pool& pool, const CachedAttention& a) {
  const long group = static_cast<long>(a.heads) * a.headWidth;
  const float scale = 1.0f / std::sqrt(static_cast<float>(a.headWidth));
  const int padded = roundUp(a.window, W);
  pool.reserve(padded);
  pool.parallel(a.rows * a.heads, [&](int task, int thread) {
    const int r = task / a.heads, at = task % a.heads * a.headWidth;
    const int position = a.positions[r], D = a.headWidth;
    const float* key = a.kqv + r * 3 * group + at;
    const float* query = key + group;
    float* keys = a.keys + static_cast<long>(a.slots[r]) * a.window * group + at;
    float* values = a.values + static_cast<long>(a.slots[r]) * a.window * group + at;
    std::memcpy(keys + position * group, key, D * sizeof(float));
    std::memcpy(values + position * group, query + group, D * sizeof(float));
    float* weights = pool.scratch(thread);
    const int count = position + 1, end = roundUp(count, W);
    float top = -1e30f;
    for (int j = 0; j < count; j++) {
      const float* k = keys + j * group;
      Vec sum = splat(0.0f);
      int c = 0;
      for (; c + W <= D; c += W) sum += load(query + c) * load(k + c);
      float dot = sumOf(sum);
      for (; c < D; c++) dot += query[c] * k[c];
      weights[j] = dot * scale;
      top = weights[j] > top ? weights[j] : top;
    }
    for (int j = count; j < end; j++) weights[j] = -1e30f;
    for (int j = 0; j < end; j += W) store(weights + j, exponential(load(weights + j) - splat(top)));
    float total = 0;
    for (int j = 0; j < count; j++) total += weights[j];
    const float inverse = 1.0f / total;
    float* out = a.out + r * group + at;
    for (int c = 0; c < D; c += W) {
      const int width = minimum(W, D - c);
      Vec sum = splat(0.0f);
      for (int j = 0; j < count; j++) {
        const float* v = values + j * group + c;
        sum += splat(weights[j]) * (width == W ? load(v) : loadPart(v, width));
      }
      sum *= splat(inverse);
      if (width == W) store(out + c, sum);
      else storePart(out + c, sum, width);
    }
  });
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
