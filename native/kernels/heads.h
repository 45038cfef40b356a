// What happens to keys and queries before attention: norms of each head, and rotary positions.
#pragma once
#include "rows.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

// Heads lie transposed here, [D][step], a row in each lane of a vector.

// Scales the numbers of each row to a mean square of 1, from `from` to `to`; returns by what.
static LP_INLINE Vec normalizeColumns(const float* from, float* to, long step, int D) {
  Vec squares = splat(0.0f);
  for (int c = 0; c < D; c++) squares += load(from + c * step) * load(from + c * step);
  const Vec inverse = splat(1.0f) / squareRoot(squares / splat(static_cast<float>(D)) + splat(kEpsilon));
  for (int c = 0; c < D; c++) store(to + c * step, load(from + c * step) * inverse);
  return inverse;
}

// Rotates by angles [2 half][angleStep], the cosines of a row and then its sines; with sign -1 back.
static LP_INLINE void rotateColumns(float* at, long step, int D, const float* angles, long angleStep, float sign) {
  const int half = D / 2;
  for (int c = 0; c < half; c++) {
    const Vec x = load(at + c * step), y = load(at + (half + c) * step);
    const Vec cosine = load(angles + c * angleStep), sine = load(angles + (half + c) * angleStep) * splat(sign);
    store(at + c * step, x * cosine - y * sine);
    store(at + (half + c) * step, y * cosine + x * sine);
  }
}

// Normalises and scales heads where there is a weight, and rotates them where there are angles. Keeps what was
// normalised in `normal`, which may be `at`; returns by what.
static LP_INLINE Vec prepareColumns(float* at, float* normal, long step, int D, const float* weight,
                                    const float* angles, long angleStep) {
  Vec inverse = splat(1.0f);
  if (weight) {
    inverse = normalizeColumns(at, normal, step, D);
    for (int c = 0; c < D; c++) store(at + c * step, load(normal + c * step) * splat(weight[c]));
  }
  if (angles) rotateColumns(at, step, D, angles, angleStep, 1.0f);
  return inverse;
}

// The angles [2 half][W] of rows r ... r + count - 1; `buffer` has room for D W.
static void anglesOfRows(const QueryKeyNorm& a, int r, int count, float* buffer, float* angles) {
  const int width = a.headWidth / 2 * 2;
  for (int i = 0; i < count; i++) {
    std::memcpy(buffer + i * width, a.table + static_cast<long>(a.positions[r + i]) * width, width * sizeof(float));
  }
  transposeRows(buffer, width, count, width, angles);
}

// Copies the values of `count` rows.
static void copyValues(const float* from, float* to, int count, int group) {
  for (int i = 0; i < count; i++) {
    const long at = (3L * i + 2) * group;
    std::memcpy(to + at, from + at, group * sizeof(float));
  }
}

// All heads of W rows are transposed at once, since one of them is often narrower than a vector.
static void queryKeyNorm(Pool& pool, const QueryKeyNorm& a) {
  const int D = a.headWidth, group = a.heads * D;
  const long stride = 3L * group;
  pool.reserve((2L * group + 2 * D) * W);
  overRows(pool, a.rows, [&](int first, int end, int thread) {
    float* transposed = pool.scratch(thread);
    float* angles = transposed + 2L * group * W;
    for (int r = first; r < end; r += W) {
      const int count = minimum(W, end - r);
      transposeRows(a.qkv + r * stride, stride, count, 2 * group, transposed);
      if (a.table) anglesOfRows(a, r, count, angles + static_cast<long>(D) * W, angles);
      for (int head = 0; head < 2 * a.heads; head++) {
        const float* weight = head < a.heads ? a.keyWeight : a.queryWeight;
        float* at = transposed + static_cast<long>(head) * D * W;
        prepareColumns(at, at, W, D, weight, a.table ? angles : nullptr, W);
      }
      transpose(transposed, W, 2 * group, count, a.out + r * stride, stride);
      copyValues(a.qkv + r * stride, a.out + r * stride, count, group);
    }
  });
}

// Rotates the pairs (c, half + c) of each head of keys and queries, which lie side by side, by the angles of the row's
// position.
static void rotary(Pool& pool, const Rotary& a) {
  const int D = a.headWidth, half = D / 2, group = a.heads * D;
  overRows(pool, a.rows, [&](int first, int end, int) {
    for (int r = first; r < end; r++) {
      const float* cosines = a.table + static_cast<long>(a.positions[r]) * 2 * half;
      const float* sines = cosines + half;
      for (int head = 0; head < 2 * a.heads; head++) {
        float* left = a.qkv + 3L * r * group + static_cast<long>(head) * D;
        float* right = left + half;
        int c = 0;
        for (; c + W <= half; c += W) {
          const Vec x = load(left + c), y = load(right + c);
          const Vec cosine = load(cosines + c), sine = load(sines + c);
          store(left + c, x * cosine - y * sine);
          store(right + c, y * cosine + x * sine);
        }
        for (; c < half; c++) {
          const float x = left[c], y = right[c];
          left[c] = x * cosines[c] - y * sines[c];
          right[c] = y * cosines[c] + x * sines[c];
        }
      }
    }
  });
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
