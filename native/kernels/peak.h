// The upper limit of the other kernels: the speed of the inner loops of all matrix products, bound by nothing but their
// own arithmetic. Operands are written once a task and stay in L1.
//
//   peak       C[MR][NR] += A[MR][kPeakDepth] B[kPeakDepth][NR]: C stays in registers, A and B take 12 KB at most
//   peakBf16   C[32][32] += A[32][256] B[256][32] in bfloat16 tiles: A and B take 16 KB each
//
// Loop order: rounds outside, depth inside, as in a product that is infinitely deep.
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "bf16/tiles.h"
#include "tile.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr int kPeakDepth = 64;
constexpr int kPeakRounds = 128;

static void peak(Pool& pool, Peak& a) {
  pool.reserve((MR + NR) * kPeakDepth);
  pool.parallel(a.tasks, [&](int, int thread) {
    float* left = pool.scratch(thread);
    float* right = left + MR * kPeakDepth;
    for (int i = 0; i < (MR + NR) * kPeakDepth; i++) left[i] = 1e-3f;  // sums stay small: no infinities, no denormals
    Tile<MR, NV> tile;
    for (int m = 0; m < MR; m++) {
      for (int v = 0; v < NV; v++) tile.sum[m][v] = splat(0.0f);
    }
    for (int i = 0; i < kPeakRounds; i++) multiply<MR, NV>(tile, kPeakDepth, {left, kPeakDepth, 1}, right, NR);
    // Written out, so that the compiler cannot leave the products out.
    for (int m = 0; m < MR; m++) {
      for (int v = 0; v < NV; v++) store(left + (m * NV + v) * W, tile.sum[m][v]);
    }
  });
  a.operations = 2.0 * MR * NR * kPeakDepth * kPeakRounds * a.tasks;
}

constexpr int kPeakSteps = 8;  // of 32 k each
constexpr int kPeakTileRounds = 16;

static void peakBf16(Pool& pool, Peak& a) {
  constexpr long kOperand = 2 * kPeakSteps * kTileWords, kSums = 4 * kTileWords;
  pool.reserve(2 * kOperand + kSums);
  pool.parallel(a.tasks, [&](int, int thread) {
    const TileUnit unit;
    float* c = pool.scratch(thread);
    Pair* left = reinterpret_cast<Pair*>(c + kSums);
    for (int i = 0; i < kSums; i++) c[i] = 0;
    const BitVec twice = BitVec{} + 0x3a833a83u;  // 1e-3 in bfloat16, twice
    for (int i = 0; i < 2 * kOperand; i += W) storePairs(left + i, twice);
    for (int i = 0; i < kPeakTileRounds; i++) {
      multiplyTiles<2, 2, false>(c, 2 * kTileWords, true, left, kPeakSteps * kTileWords, left + kOperand,
                          kPeakSteps * kTileWords, kPeakSteps * kTile);
    }
  });
  a.operations = 2.0 * (2 * kTile) * (2 * kTile) * (kPeakSteps * kStep) * kPeakTileRounds * a.tasks;
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
