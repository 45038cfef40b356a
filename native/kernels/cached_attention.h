// Attention of one new character a text to the characters before it, whose keys and values, or inputs, are cached: for
// sampling.
#pragma once
#include "attention.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

// weights[key] = e^(score - the largest) of a query and `count` cached keys [D][keyStep], the last of them the query's
// own. Returns 1 / their sum.
static float cachedWeights(const float* query, int D, const float* keys, long keyStep, int count, float scale,
                           float* weights) {
  columnGroups(count, [&](int j, auto vectors) {
    constexpr int V = decltype(vectors)::value;
    product<V>(
        1, {D}, {query, 0, 1}, keys + j, keyStep, zero,
        [&](int, int v, Vec sum) { store(weights + j + v * W, sum * splat(scale)); });
  });
  const int end = roundUp(count, W);
  for (int j = count; j < end; j++) weights[j] = -1e30f;
  const Vec top = splat(maxOf(largestDown(weights, W, end / W)));
  Vec sum = splat(0.0f);
  for (int j = 0; j < end; j += W) {
    const Vec x = load(weights + j);
    const Vec e = (Vec)((IntVec)exponential(x - top) & (x > splat(-1e29f)));
    store(weights + j, e);
    sum += e;
  }
  return 1.0f / sumOf(sum);
}

// One new character a text, where each head has keys and values of its own: tasks are rows. Keys are cached transposed,
// [heads * headWidth][contextLength], so that the scores of a vector of keys come from broadcasts of the query; values
// as rows, [contextLength][heads * headWidth]; both padded to kCacheAlignment.
static void cachedAttention(Pool& pool, const CachedAttention& a) {
  const int D = a.headWidth, width = a.heads * D;
  const long keyStep = roundUp(a.contextLength, kCacheAlignment), valueStep = roundUp(width, kCacheAlignment);
  pool.reserve(keyStep);
  pool.parallel(a.rows, [&](int r, int thread) {
    const long slot = a.slots[r], position = a.positions[r];
    const int count = static_cast<int>(position) + 1;
    float* keys = a.keys + slot * width * keyStep;
    float* values = a.values + slot * a.contextLength * valueStep;
    for (int c = 0; c < width; c++) keys[c * keyStep + position] = a.newKeys[r * a.newStride + c];
    std::memcpy(values + position * valueStep, a.newValues + r * a.newStride, width * sizeof(float));

    float* weights = pool.scratch(thread);  // [keyStep]
    for (int first = 0; first < width; first += D) {
      const float* query = a.queries + r * a.queryStride + first;
      const Vec inverse = splat(cachedWeights(query, D, keys + first * keyStep, keyStep, count, a.scale, weights));
      float* out = a.out + static_cast<long>(r) * width + first;
      columnGroups(D, [&](int c, auto vectors) {
        constexpr int V = decltype(vectors)::value;
        product<V>(
            1, {count}, {weights, 0, 1}, values + first + c, valueStep, zero,
            [&](int, int v, Vec sum) { setColumns(out + c, v, sum * inverse, D - c); });
      });
    }
  });
}

// One new character a text, where every head reads the same rows, the inputs of the characters so far, as keys and as
// values: tasks are texts. Heads lie along the vectors, H = heads filled up to whole vectors, so that the inputs are
// broadcast from where they lie, read once, and written as they come; scores and weights are [character][H].
static void cachedInputAttention(Pool& pool, const CachedInputAttention& a) {
  const int D = a.width, H = roundUp(a.heads, W);
  const long panelSize = static_cast<long>(D) * H;
  pool.reserve(2 * panelSize + static_cast<long>(a.contextLength) * H);
  pool.parallel(a.rows, [&](int r, int thread) {
    const int position = a.positions[r], count = position + 1;
    float* inputs = a.cache + static_cast<long>(a.slots[r]) * a.contextLength * D;
    std::memcpy(inputs + static_cast<long>(position) * D, a.inputs + static_cast<long>(r) * D, D * sizeof(float));

    float* queries = pool.scratch(thread);  // [D][H]
    float* outs = queries + panelSize;      // [D][H]
    float* weights = outs + panelSize;      // [count][H]
    const long at = static_cast<long>(r) * a.heads * D;
    std::memset(queries, 0, panelSize * sizeof(float));
    for (int h = 0; h < a.heads; h++) {
      for (int c = 0; c < D; c++) queries[c * H + h] = a.queries[at + h * D + c] * a.scale;
    }
    columnGroups(H, [&](int h, auto vectors) {
      constexpr int V = decltype(vectors)::value;
      float* group = weights + h;
      Vec one[V], inverse[V];
      for (int v = 0; v < V; v++) one[v] = splat(1.0f);
      scaledProduct<V>(count, D, {inputs, D, 1}, queries + h, one, group, H);
      for (int v = 0; v < V; v++) {
        const Vec top = largestDown(group + v * W, H, count);
        inverse[v] = splat(1.0f) / exponentialsDown(group + v * W, H, count, top);
      }
      scaledProduct<V>(D, count, {inputs, 1, D}, group, inverse, outs + h, H);
    });
    for (int h = 0; h < a.heads; h++) {
      for (int c = 0; c < D; c++) a.out[at + h * D + c] = outs[c * H + h];
    }
  });
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
