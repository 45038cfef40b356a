// What happens to keys and queries before attention: norms of each head, and rotary positions.
#pragma once
#include "rows.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

// The norms work on W rows at a time, transposed as in LayerNorm: keys and queries [2 * heads * D][W], a row in each
// lane. All heads are transposed at once, since one of them is often narrower than a vector.

// Scales the head at `transposed` [D][W] to a mean square of 1; returns by what.
static LP_INLINE Vec normalizeHead(float* transposed, int D) {
  Vec squares = splat(0.0f);
  for (int c = 0; c < D; c++) squares += load(transposed + c * W) * load(transposed + c * W);
  const Vec inverse = splat(1.0f) / squareRoot(squares / splat(static_cast<float>(D)) + splat(kEpsilon));
  for (int c = 0; c < D; c++) store(transposed + c * W, load(transposed + c * W) * inverse);
  return inverse;
}

// Rotates keys and queries at `transposed` by the angles of rows r ... r + count - 1, or with sign -1 back; `angles`
// has room for 2 D W.
static LP_NOINLINE void rotateTransposed(const QueryKeyNorm& a, int r, int count, float sign, float* angles,
                                         float* transposed) {
  const int D = a.headWidth, half = D / 2;
  float* rows = angles + static_cast<long>(D) * W;  // [W][2 half]
  for (int i = 0; i < count; i++) {
    const float* from = a.table + static_cast<long>(a.positions[r + i]) * 2 * half;
    std::memcpy(rows + i * 2 * half, from, 2 * half * sizeof(float));
  }
  transposeRows(rows, 2 * half, count, 2 * half, angles);
  for (int head = 0; head < 2 * a.heads; head++) {
    float* left = transposed + static_cast<long>(head) * D * W;
    float* right = left + static_cast<long>(half) * W;
    for (int c = 0; c < half; c++) {
      const Vec x = load(left + c * W), y = load(right + c * W);
      const Vec cosine = load(angles + c * W), sine = load(angles + (half + c) * W) * splat(sign);
      store(left + c * W, x * cosine - y * sine);
      store(right + c * W, y * cosine + x * sine);
    }
  }
}

// Copies the values of `count` rows.
static void copyValues(const float* from, float* to, int count, int group) {
  for (int i = 0; i < count; i++) {
    const long at = (3L * i + 2) * group;
    std::memcpy(to + at, from + at, group * sizeof(float));
  }
}

static void queryKeyNorm(Pool& pool, const QueryKeyNorm& a) {
  const int D = a.headWidth, group = a.heads * D;
  const long stride = 3L * group;
  pool.reserve((2L * group + 2 * D) * W);
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    float* transposed = pool.scratch(thread);
    for (int r = first; r < end; r += W) {
      const int count = minimum(W, end - r);
      transposeRows(a.qkv + r * stride, stride, count, 2 * group, transposed);
      for (int head = 0; head < 2 * a.heads; head++) {
        const float* weight = head < a.heads ? a.keyWeight : a.queryWeight;
        float* at = transposed + static_cast<long>(head) * D * W;
        normalizeHead(at, D);
        for (int c = 0; c < D; c++) store(at + c * W, load(at + c * W) * splat(weight[c]));
      }
      if (a.table) rotateTransposed(a, r, count, 1.0f, transposed + 2L * group * W, transposed);
      transpose(transposed, W, 2 * group, count, a.out + r * stride, stride);
      copyValues(a.qkv + r * stride, a.out + r * stride, count, group);
    }
  });
}

// With x^ the normalised x and g = dy w: dx = (g - x^ mean(g x^)) / size. Sets the gradient of x. Those of the weights
// are sums over all rows and heads.
static void queryKeyNormGradient(Pool& pool, const QueryKeyNorm& a) {
  const int D = a.headWidth, group = a.heads * D;
  const long stride = 3L * group, headSize = static_cast<long>(D) * W, transposedSize = 2L * group * W;
  pool.reserve(2 * transposedSize + 2L * D * W);
  // Of keys, then of queries.
  const float* all = lanesOverRows(pool, a.rows, 2 * D, [&](int first, int end, float* sums, int thread) {
    float* transposed = pool.scratch(thread);
    float* grads = transposed + transposedSize;
    for (int r = first; r < end; r += W) {
      const int count = minimum(W, end - r);
      transposeRows(a.qkv + r * stride, stride, count, 2 * group, transposed);
      transposeRows(a.gradOut + r * stride, stride, count, 2 * group, grads);
      if (a.table) rotateTransposed(a, r, count, -1.0f, grads + transposedSize, grads);
      for (int head = 0; head < 2 * a.heads; head++) {
        const bool isKey = head < a.heads;
        const float* weight = isKey ? a.keyWeight : a.queryWeight;
        float* gradWeight = isKey ? sums : sums + headSize;
        float* normal = transposed + head * headSize;
        float* grad = grads + head * headSize;
        const Vec inverse = normalizeHead(normal, D);
        Vec dot = splat(0.0f);
        for (int c = 0; c < D; c++) {
          const Vec product = load(grad + c * W) * load(normal + c * W);
          store(gradWeight + c * W, load(gradWeight + c * W) + product);
          dot += product * splat(weight[c]);
        }
        const Vec slope = dot / splat(static_cast<float>(D));
        for (int c = 0; c < D; c++) {
          const Vec scaled = load(grad + c * W) * splat(weight[c]);
          store(grad + c * W, inverse * (scaled - load(normal + c * W) * slope));
        }
      }
      transpose(grads, W, 2 * group, count, a.gradQkv + r * stride, stride);
      copyValues(a.gradOut + r * stride, a.gradQkv + r * stride, count, group);
    }
  });
  for (int c = 0; c < D; c++) a.gradKeyWeight[c] += sumOf(load(all + c * W));
  for (int c = 0; c < D; c++) a.gradQueryWeight[c] += sumOf(load(all + headSize + c * W));
}

// Rotates the pairs (c, half + c) of each head of keys and queries, which lie side by side, by the angles of the row's
// position, or back.
static void rotateHeads(Pool& pool, const Rotary& a, float* qkv, float sign) {
  const int D = a.headWidth, half = D / 2, group = a.heads * D;
  overRows(pool, a.rows, [&](int first, int end, int) {
    for (int r = first; r < end; r++) {
      const float* cosines = a.table + static_cast<long>(a.positions[r]) * 2 * half;
      const float* sines = cosines + half;
      for (int head = 0; head < 2 * a.heads; head++) {
        float* left = qkv + 3L * r * group + static_cast<long>(head) * D;
        float* right = left + half;
        int c = 0;
        for (; c + W <= half; c += W) {
          const Vec x = load(left + c), y = load(right + c);
          const Vec cosine = load(cosines + c), sine = load(sines + c) * splat(sign);
          store(left + c, x * cosine - y * sine);
          store(right + c, y * cosine + x * sine);
        }
        for (; c < half; c++) {
          const float x = left[c], y = right[c], sine = sines[c] * sign;
          left[c] = x * cosines[c] - y * sine;
          right[c] = y * cosines[c] + x * sine;
        }
      }
    }
  });
}

static void rotary(Pool& pool, const Rotary& a) { rotateHeads(pool, a, a.qkv, 1.0f); }

static void rotaryGradient(Pool& pool, const Rotary& a) { rotateHeads(pool, a, a.gradQkv, -1.0f); }

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
