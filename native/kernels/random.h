// Threefry-2x32 with 20 rounds, as in src/random.ts, and the dropout factors made of it.
#pragma once
#include "api.h"
#include "vector.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

static LP_INLINE uint32_t rotate(uint32_t x, int by) { return (x << by) | (x >> (32 - by)); }

static LP_INLINE void threefry(uint32_t k0, uint32_t k1, uint32_t& x0, uint32_t& x1) {
  const uint32_t k2 = 0x1bd11bdau ^ k0 ^ k1;
  const uint32_t keys[3] = {k0, k1, k2};
  const int rotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  x0 += k0;
  x1 += k1;
#pragma GCC unroll 5
  for (int group = 0; group < 5; group++) {
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
      x0 += x1;
      x1 = rotate(x1, rotations[(group & 1) * 4 + i]) ^ x0;
    }
    x0 += keys[(group + 1) % 3];
    x1 += keys[(group + 2) % 3] + static_cast<uint32_t>(group + 1);
  }
}

// An element is dropped where its word is below this, and multiplied by the other where it is kept.
static inline uint32_t dropThreshold(const Dropout& dropout) {
  return static_cast<uint32_t>(dropout.rate * 4294967296.0);
}
static inline float keepFactor(const Dropout& dropout) { return static_cast<float>(1.0 / (1.0 - dropout.rate)); }

// What the elements index ... index + count - 1 are multiplied by: 0 or 1 / (1 - rate). Elements 2c and 2c + 1
// use the two words of block c, whole vectors of blocks at a time. `index` must be even; `factors` has room for
// factorsSize(count).
constexpr int factorsSize(int count) { return (count + 1 + 2 * W - 1) / (2 * W) * (2 * W); }
static inline void dropoutFactors(const Dropout& dropout, uint32_t index, int count, float* factors) {
  const uint32_t threshold = dropThreshold(dropout);
  const float keep = keepFactor(dropout);
  const uint32_t block = index / 2;
  for (int c = 0; c < factorsSize(count) / 2; c++) {
    uint32_t x0 = block + static_cast<uint32_t>(c), x1 = dropout.site;
    threefry(dropout.key0, dropout.key1, x0, x1);
    factors[2 * c] = x0 < threshold ? 0.0f : keep;
    factors[2 * c + 1] = x1 < threshold ? 0.0f : keep;
  }
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
