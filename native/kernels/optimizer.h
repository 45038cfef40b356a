// Sweeps over flat buffers: AdamW, what other optimisers and averages of weights are made of, and the gradient's norm.
#pragma once
#include "../thread_pool.h"
#include "api.h"
#include "vector.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

// Elements of a task, of all sweeps.
constexpr int kPiece = 1 << 14;

static void clear(Pool& pool, const Clear& a) {
  pool.parallel(divideUp(a.length, kPiece), [&](int task, int) {
    const int from = task * kPiece;
    std::memset(a.x + from, 0, sizeof(float) * static_cast<std::size_t>(minimum(a.length - from, kPiece)));
  });
}

// `out` may be one of the others, so there is nothing to promise the compiler but that elements do not mix.
static void weightedSum(Pool& pool, const WeightedSum& a) {
  const float scaleX = static_cast<float>(a.scaleX), scaleY = static_cast<float>(a.scaleY);
  pool.parallel(divideUp(a.length, kPiece), [&](int task, int) {
    const int from = task * kPiece, end = minimum(a.length, from + kPiece);
    int i = from;
    for (; i + W <= end; i += W) store(a.out + i, scaleX * load(a.x + i) + scaleY * load(a.y + i));
    for (; i < end; i++) a.out[i] = scaleX * a.x[i] + scaleY * a.y[i];
  });
}

// Tasks are pieces of the buffer; a piece may span several segments of different weight decay.
static void adamW(Pool& pool, const AdamW& a) {
  const double correction1 = 1 - std::pow(a.beta1, a.step);
  const float correction2 = static_cast<float>(1 / std::sqrt(1 - std::pow(a.beta2, a.step)));
  const float rate = static_cast<float>(a.learningRate / correction1);
  const float beta1 = static_cast<float>(a.beta1), rest1 = static_cast<float>(1 - a.beta1);
  const float beta2 = static_cast<float>(a.beta2), rest2 = static_cast<float>(1 - a.beta2);
  const float epsilon = static_cast<float>(a.epsilon), scale = static_cast<float>(a.gradientScale);
  pool.parallel(divideUp(a.length, kPiece), [&](int task, int) {
    int from = task * kPiece;
    const int end = minimum(a.length, from + kPiece);
    int segment = 0;
    while (from < end) {
      while (a.segmentEnds[segment] <= from) segment++;
      const int to = minimum(end, a.segmentEnds[segment]);
      const float shrink = static_cast<float>(1 - a.learningRate * a.segmentDecay[segment]);
      float* __restrict parameters = a.parameters;
      const float* __restrict gradients = a.gradients;
      float* __restrict first = a.firstMoments;
      float* __restrict second = a.secondMoments;
      for (int i = from; i < to; i++) {
        const float g = gradients[i] * scale;
        const float m = beta1 * first[i] + rest1 * g;
        const float v = beta2 * second[i] + rest2 * (g * g);
        first[i] = m;
        second[i] = v;
        parameters[i] = parameters[i] * shrink - rate * m / (std::sqrt(v) * correction2 + epsilon);
      }
      from = to;
    }
  });
}

// In float64, in fixed parts added in order.
static void sumOfSquares(Pool& pool, SumOfSquares& a) {
  const int parts = divideUp(a.length, kPiece);
  double* sums = reinterpret_cast<double*>(pool.shared(0, 2 * static_cast<long>(parts)));
  pool.parallel(parts, [&](int task, int) {
    const int end = minimum(a.length, (task + 1) * kPiece);
    double lanes[8] = {};  // independent sums, so that the compiler may use vectors
    int i = task * kPiece;
    for (; i + 8 <= end; i += 8) {
      for (int j = 0; j < 8; j++) lanes[j] += static_cast<double>(a.x[i + j]) * static_cast<double>(a.x[i + j]);
    }
    for (; i < end; i++) lanes[0] += static_cast<double>(a.x[i]) * static_cast<double>(a.x[i]);
    double sum = 0;
    for (double lane : lanes) sum += lane;
    sums[task] = sum;
  });
  a.sum = 0;
  for (int p = 0; p < parts; p++) a.sum += sums[p];
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
