// Threefry-2x32, as in src/random.ts, and the dropout factors made of it.
#pragma once
#include "api.h"
#include "vector.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

static LP_INLINE uint32_t rotate(uint32_t x, int by) { return (x << by) | (x >> (32 - by)); }

// With 13 rounds, the fewest that pass all tests of BigCrush.
static LP_INLINE void threefry(uint32_t k0, uint32_t k1, uint32_t& x0, uint32_t& x1) {
  constexpr int kRounds = 13;
  constexpr int kRotations[8] = {13, 15, 26, 6, 17, 29, 16, 24};
  const uint32_t keys[3] = {k0, k1, 0x1bd11bdau ^ k0 ^ k1};
  x0 += k0;
  x1 += k1;
#pragma GCC unroll 20
  for (int i = 0; i < kRounds; i++) {
    x0 += x1;
    x1 = rotate(x1, kRotations[i % 8]) ^ x0;
    if (i % 4 < 3) continue;
    const int group = i / 4 + 1;
    x0 += keys[group % 3];
    x1 += keys[(group + 1) % 3] + static_cast<uint32_t>(group);
  }
}

// Of four neighbouring elements, which share a block, each has 16 bits of it: the lower and the upper half of the first
// word, then of the second. It is dropped where they, as the upper half of a word, are below `threshold`, else
// multiplied by `keep`.
struct DropoutRule {
  uint32_t threshold;
  float keep;

  explicit DropoutRule(const Dropout& dropout) {
    const double steps = dropout.rate * 65536.0 + 0.5;
    const uint32_t dropped = steps < 65535.0 ? static_cast<uint32_t>(steps) : 65535u;
    threshold = dropped << 16;
    keep = static_cast<float>(1.0 / (1.0 - dropped / 65536.0));
  }
  float lower(uint32_t word) const { return word << 16 < threshold ? 0.0f : keep; }
  float upper(uint32_t word) const { return word < threshold ? 0.0f : keep; }
};

// What the elements index ... index + count - 1 are multiplied by, whole vectors of blocks at a time. `index` must be a
// multiple of four; `factors` has room for factorsSize(count), which is enough for a few elements before as well.
constexpr int factorsSize(int count) { return (count + 3 + 4 * W - 1) / (4 * W) * (4 * W); }
static LP_COMPACT void dropoutFactors(const Dropout& dropout, uint32_t index, int count, float* factors) {
  const DropoutRule rule(dropout);
  const uint32_t block = index / 4;
  for (int c = 0; c < divideUp(count, 4 * W) * W; c++) {
    uint32_t x0 = block + static_cast<uint32_t>(c), x1 = dropout.site;
    threefry(dropout.key0, dropout.key1, x0, x1);
    float* at = factors + 4 * c;
    at[0] = rule.lower(x0);
    at[1] = rule.upper(x0);
    at[2] = rule.lower(x1);
    at[3] = rule.upper(x1);
  }
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
