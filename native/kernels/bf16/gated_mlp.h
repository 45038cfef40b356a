// The gated MLP of ../kept_mlp.h with products on bfloat16. What a block of rows needs stays in the thread's cache: the
// hidden layer is activated as it is packed.
#pragma once
#include "../kept_mlp.h"
#include "linear.h"

namespace letterpress {
namespace LETTERPRESS_ISA {
namespace bf16 {

static void swigluMlp(Pool& pool, const Mlp& a) {
  const int keptWidth = 2 * a.hidden;
  const Weight up(Run::along, a.weight1, a.width, keptWidth);
  const Weight down(Run::along, a.weight2, a.hidden, a.width, Rest::filled);
  Pair* packedUp = pool.shared(0, up.words() + down.words());
  Pair* packedDown = up.pack(pool, packedUp);
  down.pack(pool, packedDown);
  pool.reserve(maximum(blockWords(a.width), blockWords(a.hidden)));
  overBlocks(pool, a.rows, [&](long first, int rows, int thread) {
    float* kept = a.kept + first * keptWidth;
    Pair* tiles = pool.scratch(thread);
    packRowsOf(a.x + first * a.width, first, rows, a.width, {tiles, nullptr});
    timesTiles(rows, tiles, up, packedUp, nullptr, kept);
    packRows<1, Rest::filled>(first, rows, a.hidden, {{tiles, nullptr}}, [&](int r, int unit, int count, Vec* made) {
      made[0] = Gated::at(kept + static_cast<long>(r) * keptWidth + unit, a.hidden, count).value();
    });
    timesTiles(rows, tiles, down, packedDown, nullptr, a.out + first * a.width);
  });
}

// With g the activated rows: dg = dout W2, then dh, that of gates and ups, dx = dh W1, dW2 = dout^T g, dW1 = dh^T x.
static void swigluMlpGradient(Pool& pool, const Mlp& a) {
  constexpr int N = 2;  // gates and ups
  const int rows = a.rows;
  const long weightSize = static_cast<long>(a.hidden) * a.width;
  const auto upOf = [&](int i) {
    return Weight(Run::across, a.weight1 + i * weightSize, a.width, a.hidden, Rest::filled);
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
  const long blockSize = static_cast<long>(kBlockRows) * roundUp(a.hidden, kTile), tilesSize = blockWords(a.hidden);
  pool.reserve(blockSize + maximum(blockWords(a.width), N * tilesSize));
  overBlocks(pool, rows, [&](long first, int count, int thread) {
    float* gradActivated = pool.scratch(thread);
    Pair* tiles = gradActivated + blockSize;
    packRowsOf(a.gradOut + first * a.width, first, count, a.width, {tiles, &grad});
    timesTiles(count, tiles, down, packedDown, nullptr, gradActivated);
    Packed to[1 + N] = {{nullptr, &activated}};
    for (int i = 0; i < N; i++) to[1 + i] = {tiles + i * tilesSize, &gradKept[i]};
    packRows<1 + N, Rest::filled>(first, count, a.hidden, to, [&](int r, int unit, int some, Vec* made) {
      const Vec g = loadColumns(gradActivated + static_cast<long>(r) * a.hidden + unit, some);
      made[0] = Gated::at(a.kept + (first + r) * 2 * a.hidden + unit, a.hidden, some).gradient(g, made[1], made[2]);
    });
    for (int i = 0; i < N; i++) {
      timesTiles(count, tiles + i * tilesSize, up, packedUp + i * up.words(), nullptr,
                 a.gradX + first * a.width, i > 0 || !a.sets);
    }
    packRowsOf(a.x + first * a.width, first, count, a.width, {nullptr, &x});
  });
  for (int i = 0; i < N; i++) addProductOverRows(pool, gradKept[i], x, a.gradWeight1 + i * weightSize);
  addProductOverRows(pool, grad, activated, a.gradWeight2);
}

}  // namespace bf16
}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
