// ../kept_mlp.h with products on bfloat16. What a block of rows needs stays in the thread's cache: the hidden layer is
// activated as it is packed.
#pragma once
#include "../kept_mlp.h"
#include "linear.h"
#include "mlp_gradient.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

template <class Activation>
static void keptMlp(Pool& pool, const Mlp& a) {
  constexpr int N = Activation::kKept;
  const int keptWidth = N * a.hidden;
  const Weight up(Run::along, a.weight1, a.width, keptWidth);
  const Weight down(Run::along, a.weight2, a.hidden, a.width, Rest::filled);
  Pair* packedUp = pool.shared(0, up.words() + down.words());
  Pair* packedDown = up.pack(pool, packedUp);
  down.pack(pool, packedDown);
  pool.reserve(maximum(blockWords(a.width), blockWords(a.hidden)));
  overBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    float* kept = a.kept + first * keptWidth;
    Pair* tiles = pool.scratch(thread);
    packRowsOf(a.x + first * a.width, first, rows, a.width, {tiles, nullptr, nullptr});
    timesTiles(rows, tiles, lineOf(a.width), up.lines(), packedUp, keptWidth, a.bias1, kept);
    packRows<1, Rest::filled>(first, rows, a.hidden, {{tiles, nullptr, nullptr}},
                              [&](int r, int unit, int count, Vec* made) {
                                Vec units[N];
                                loadKept(kept + static_cast<long>(r) * keptWidth + unit, a.hidden, count, units);
                                made[0] = Activation::value(units);
                              });
    timesTiles(rows, tiles, lineOf(a.hidden), down.lines(), packedDown, a.width, a.bias2, a.out + first * a.width);
  });
}

// With g the activated rows: dg = dout W2, then dh, that of what was kept, dx = dh W1, dW2 = dout^T g, dW1 = dh^T x.
template <class Activation>
static void keptMlpGradient(Pool& pool, const Mlp& a) {
  constexpr int N = Activation::kKept;
  const int rows = a.rows, keptWidth = N * a.hidden, blocks = divideUp(rows, kBlockRows);
  const long weight1Size = static_cast<long>(a.hidden) * a.width;
  const auto upOf = [&](int i) {
    return Weight(Run::across, a.weight1 + i * weight1Size, a.width, a.hidden, Rest::filled);
  };
  const Weight up = upOf(0), down(Run::across, a.weight2, a.hidden, a.width);
  Pair* packedUp = pool.shared(0, N * up.words() + down.words());
  Pair* packedDown = packedUp;
  for (int i = 0; i < N; i++) packedDown = upOf(i).pack(pool, packedDown);
  down.pack(pool, packedDown);
  const long narrow = OverRows::words(rows, a.width), wide = OverRows::words(rows, a.hidden);
  Pair* memory = pool.shared(1, 2 * narrow + (1 + N) * wide);
  const OverRows x = {memory, rows, a.width}, grad = {memory + narrow, rows, a.width};
  const OverRows activated = {memory + 2 * narrow, rows, a.hidden};
  OverRows gradKept[N];
  for (int i = 0; i < N; i++) gradKept[i] = {activated.tiles + (1 + i) * wide, rows, a.hidden};
  float* biasSums = a.gradBias1 ? pool.shared(2, static_cast<long>(blocks) * a.hidden) : nullptr;  // [block][hidden]
  const long blockSize = static_cast<long>(kBlockRows) * roundUp(a.hidden, kTile), tilesSize = blockWords(a.hidden);
  pool.reserve(blockSize + maximum(blockWords(a.width), N * tilesSize));
  overBlocks(pool, rows, [&](long first, int count, int thread) {
    float* gradActivated = pool.scratch(thread);
    Pair* tiles = gradActivated + blockSize;
    packRowsOf(a.gradOut + first * a.width, first, count, a.width, {tiles, &grad, nullptr});
    timesTiles(count, tiles, lineOf(a.width), down.lines(), packedDown, a.hidden, nullptr, gradActivated);
    float* sums = biasSums ? biasSums + first / kBlockRows * a.hidden : nullptr;
    if (sums) std::memset(sums, 0, a.hidden * sizeof(float));
    Packed to[1 + N] = {{nullptr, &activated, nullptr}};
    for (int i = 0; i < N; i++) to[1 + i] = {tiles + i * tilesSize, &gradKept[i], sums};
    packRows<1 + N, Rest::filled>(first, count, a.hidden, to, [&](int r, int unit, int some, Vec* made) {
      Vec units[N], gradUnits[N];
      loadKept(a.kept + (first + r) * keptWidth + unit, a.hidden, some, units);
      const Vec g = loadColumns(gradActivated + static_cast<long>(r) * a.hidden + unit, some);
      Activation::gradient(units, g, made[0], gradUnits);
      for (int i = 0; i < N; i++) made[1 + i] = gradUnits[i];
    });
    for (int i = 0; i < N; i++) {
      timesTiles(count, tiles + i * tilesSize, lineOf(a.hidden), up.lines(), packedUp + i * up.words(), a.width,
                 nullptr, a.gradX + first * a.width, i > 0 || !a.sets);
    }
    packRowsOf(a.x + first * a.width, first, count, a.width, {nullptr, &x, nullptr});
  });
  for (int i = 0; i < N; i++) addProductOverRows(pool, gradKept[i], x, a.gradWeight1 + i * weight1Size);
  addProductOverRows(pool, grad, activated, a.gradWeight2);
  if (a.gradBias1) addColumnSums(pool, biasSums, blocks, a.hidden, a.gradBias1);
  if (a.gradBias2) addColumnSums(pool, a.gradOut, rows, a.width, a.gradBias2);
}

static void swigluMlp(Pool& pool, const Mlp& a) { bf16::keptMlp<Gated>(pool, a); }
static void swigluMlpGradient(Pool& pool, const Mlp& a) { bf16::keptMlpGradient<Gated>(pool, a); }

static void geluMlp(Pool& pool, const Mlp& a) { a.kept ? bf16::keptMlp<Gelu>(pool, a) : mlp(pool, a); }
static void geluMlpGradient(Pool& pool, const Mlp& a) {
  a.kept ? bf16::keptMlpGradient<Gelu>(pool, a) : mlpGradient(pool, a);
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
