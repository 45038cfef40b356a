// The yardstick of the other kernels: how fast the register tile of every matrix product runs when nothing but its own
// arithmetic holds it up.
//
//   C[MR][NR] += A[MR][kPeakDepth] B[kPeakDepth][NR], kPeakRounds times a task
//
// A and B are written once a task and stay in L1 (12 KB at most), C stays in registers. Loop order: rounds outside,
// depth inside, as in a product that is infinitely deep.
#pragma once
#include "../thread_pool.h"
#include "api.h"
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

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
