// What happens to keys and queries before attention: norms of each head, and rotary positions.
#pragma once
#include "rows.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

// Heads lie transposed here, [D][step], a row in each lane of a vector.

// Pairs of columns of [D][step], (c, D/2 + c), which rotary positions turn: work(c, other). Of an odd D, the last is
// left.
template <class Work>
static LP_INLINE void overPairs(int D, Work work) {
  for (int c = 0; c < D / 2; c++) work(c, D / 2 + c);
}

// By what the numbers of each row are multiplied for a mean square of 1.
static LP_INLINE Vec inverseSizes(const float* at, long step, int D) {
  Vec sums[2] = {splat(0.0f), splat(0.0f)};
  const auto add = [&](int c, Vec& sum) {
    const Vec x = load(at + c * step);
    sum += x * x;
  };
  overPairs(D, [&](int c, int other) {
    add(c, sums[0]);
    add(other, sums[1]);
  });
  if (D % 2) add(D - 1, sums[0]);
  return splat(1.0f) / squareRoot((sums[0] + sums[1]) / splat(static_cast<float>(D)) + splat(kEpsilon));
}

// Normalises and scales heads where there is a weight, and rotates them where there are angles [2 half][angleStep], the
// cosines of a row and then its sines. Keeps what was normalised in `normal`, where there is one; returns by what.
static LP_INLINE Vec prepareColumns(float* at, float* normal, long step, int D, const float* weight,
                                    const float* angles, long angleStep) {
  if (!weight && !angles) return splat(1.0f);
  const Vec inverse = weight ? inverseSizes(at, step, D) : splat(1.0f);
  const auto scaled = [&](int c) {
    Vec x = load(at + c * step);
    if (!weight) return x;
    x = x * inverse;
    if (normal) store(normal + c * step, x);
    return x * splat(weight[c]);
  };
  overPairs(D, [&](int c, int other) {
    Vec x = scaled(c), y = scaled(other);
    if (angles) {
      const Vec cosine = load(angles + c * angleStep), sine = load(angles + other * angleStep), left = x;
      x = left * cosine - y * sine;
      y = y * cosine + left * sine;
    }
    store(at + c * step, x);
    store(at + other * step, y);
  });
  if (D % 2) store(at + (D - 1) * step, scaled(D - 1));
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
        prepareColumns(at, nullptr, W, D, weight, a.table ? angles : nullptr, W);
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
