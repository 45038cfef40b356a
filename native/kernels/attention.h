// Attention within each text of a packed batch, with a causal mask or without: tasks are pairs of a text and a head,
// and each works on its own columns of its own rows. T characters, head width D.
//
// Scores are made transposed, [keys][QR queries], for one panel of QR queries after another: the softmax then runs down
// columns, in vectors and without a sum across one, and D, which is seldom a multiple of a vector, never lies along
// the vectors of what attention reads or writes but in the gradients of keys and values. With the mask,
// keys after the panel's last query are skipped. A panel's scores, at most T x QR, stay in L1.
#pragma once
#include "heads.h"

namespace letterpress {
namespace LETTERPRESS_ISA {

constexpr uint32_t kAttentionStride = 1024;  // numbering of attention weights for dropout, as in dropout.ts

constexpr int QV = W >= 16 ? 1 : NV;  // vectors of a panel: more queries would mean more keys to no purpose
constexpr int QR = QV * W;            // queries of a panel

static int longestText(const Attention& a) {
  int longest = 0;
  for (int b = 0; b < a.texts; b++) longest = maximum(longest, a.offsets[b + 1] - a.offsets[b]);
  return longest;
}

// One head of one text: where its numbers are.
struct Head {
  int length, width, index, firstRow, heads;
  bool causal;
  long stride, outStride;
  const float *key, *query, *value;

  Head(const Attention& a, int task)
      : width(a.headWidth),
        index(task % a.heads),
        heads(a.heads),
        causal(a.causal),
        outStride(static_cast<long>(a.heads) * a.headWidth) {
    const int text = task / a.heads;
    firstRow = a.offsets[text];
    length = a.offsets[text + 1] - firstRow;
    stride = 3 * outStride;
    key = a.qkv + firstRow * stride + static_cast<long>(index) * width;
    query = key + outStride;
    value = query + outStride;
  }
  long outAt() const { return firstRow * outStride + static_cast<long>(index) * width; }
  // The queries of the panel from `first` on. The first panel takes those that fill no panel: of all panels it has the
  // fewest keys.
  int queriesOf(int first) const { return first > 0 || length % QR == 0 ? QR : length % QR; }
  // The keys that this panel attends to, and those before which none is masked.
  int keysOf(int first) const { return causal ? first + queriesOf(first) : length; }
  int unmaskedOf(int first) const { return causal ? first : length; }
  float scale() const { return 1.0f / std::sqrt(static_cast<float>(width)); }
};

// The columns of one panel of queries.
struct QueryVec {
  Vec of[QV];
};

// Added to scores around the diagonal: row i of [QR][QR] is 0 from query i on, and very small before.
struct CausalMask {
  float numbers[QR * QR];
  CausalMask() {
    for (int i = 0; i < QR * QR; i++) numbers[i] = i % QR < i / QR ? -1e30f : 0.0f;
  }
};

// out = A B, V vectors of columns, times a factor for each column.
template <int V>
static LP_COMPACT void scaledProduct(int rows, int depth, Broadcast a, const float* b, const Vec* factor, float* out,
                                     long step) {
  product<V>(
      rows, {depth}, a, b, step, zero,
      [&](int m, int v, Vec sum) { store(out + m * step + v * W, sum * factor[v]); });
}

// out[key][query] = sum over d of rows(key, d) * panel[d][query], for a [D][QR] panel.
static LP_INLINE void keysTimesPanel(Broadcast rows, int keys, int width, const float* panel, float* out) {
  QueryVec one;
  for (int v = 0; v < QV; v++) one.of[v] = splat(1.0f);
  scaledProduct<QV>(keys, width, rows, panel, one.of, out, QR);
}

// out[d][query] = factor[query] * sum over keys of rows(key, d) * weights[key][query].
static LP_INLINE void sumOverKeys(Broadcast rows, int keys, int width, const float* weights, QueryVec factor,
                                  float* out) {
  scaledProduct<QV>(width, keys, {rows.data, rows.step, rows.row}, weights, factor.of, out, QR);
}

// The largest of a column of vectors, `step` numbers apart. Four at a time, for a comparison takes four cycles.
static LP_INLINE Vec largestDown(const float* at, long step, int count) {
  Vec top[4];
  for (int i = 0; i < 4; i++) top[i] = load(at);
  int j = 1;
  for (; j + 4 <= count; j += 4) {
    for (int i = 0; i < 4; i++) top[i] = larger(top[i], load(at + (j + i) * step));
  }
  for (; j < count; j++) top[0] = larger(top[0], load(at + j * step));
  return larger(larger(top[0], top[1]), larger(top[2], top[3]));
}

// Replaces a column of vectors by e^(x - top). Returns the sum.
static LP_INLINE Vec exponentialsDown(float* at, long step, int count, Vec top) {
  Vec sum = splat(0.0f);
  for (int j = 0; j < count; j++) {
    const Vec e = exponential(load(at + j * step) - top);
    store(at + j * step, e);
    sum += e;
  }
  return sum;
}

// p[key][query] = e^(score - the query's largest), with exact zeros where masked; q is the panel [D][QR] of
// queries from `first` on. Returns 1 / sum over keys.
static LP_COMPACT QueryVec attentionWeights(const Head& h, Broadcast keyRows, int first, int keys, const float* q,
                                            float* p) {
  static const CausalMask mask;
  const int unmasked = h.unmaskedOf(first);
  keysTimesPanel(keyRows, keys, h.width, q, p);
  for (int i = 0; unmasked + i < keys; i++) {
    float* row = p + (unmasked + i) * QR;
    for (int v = 0; v < QV; v++) store(row + v * W, load(row + v * W) + load(mask.numbers + i * QR + v * W));
  }
  QueryVec result;
  for (int v = 0; v < QV; v++) {
    const Vec top = largestDown(p + v * W, QR, keys);
    Vec sum = exponentialsDown(p + v * W, QR, unmasked, top);
    for (int j = unmasked; j < keys; j++) {
      float* at = p + j * QR + v * W;
      const Vec x = load(at);
      const Vec e = (Vec)((IntVec)exponential(x - top) & (x > splat(-1e29f)));
      store(at, e);
      sum += e;
    }
    result.of[v] = splat(1.0f) / sum;
  }
  return result;
}

// The dropout factors [key][query] of the panel of queries from `first` on, for `keys` keys, or up to three more: four
// neighbouring keys of a query share a block of random numbers.
static LP_COMPACT void attentionFactors(const Head& h, const Dropout& dropout, int first, int keys, float* factors) {
  const DropoutRule rule(dropout);
  for (int j = 0; j < keys; j += 4) {
    float* at = factors + j * QR;
    for (int i = 0; i < QR; i++) {
      const uint32_t row = static_cast<uint32_t>((h.firstRow + first + i) * h.heads + h.index);
      uint32_t x0 = (row * kAttentionStride + static_cast<uint32_t>(j)) / 4, x1 = dropout.site;
      threefry(dropout.key0, dropout.key1, x0, x1);
      at[i] = rule.lower(x0);
      at[QR + i] = rule.upper(x0);
      at[2 * QR + i] = rule.lower(x1);
      at[3 * QR + i] = rule.upper(x1);
    }
  }
}

static LP_INLINE void multiplyBy(const float* factors, int count, float* numbers) {
  for (int i = 0; i < count; i += W) store(numbers + i, load(numbers + i) * load(factors + i));
}

// The panel [D][QR] of `count` rows from `first` on; zeros where there is no row.
static LP_COMPACT void packQueries(const float* rows, long stride, int first, int count, int width, float* panel) {
  if (count < QR) std::memset(panel, 0, static_cast<std::size_t>(width) * QR * sizeof(float));
  transpose(rows + first * stride, stride, count, width, panel, QR);
}

static LP_INLINE void scalePanel(float* panel, int width, float scale) {
  for (int i = 0; i < width * QR; i += W) store(panel + i, load(panel + i) * splat(scale));
}

// The angles [2 half][step] of rotary positions, of row i of every text in column i; zeros after the longest text.
struct Angles {
  const float* data = nullptr;
  long step = 0;

  Angles(Pool& pool, const Attention& a, int longest) {
    if (!a.table) return;
    const int width = a.headWidth / 2 * 2;
    step = roundUp(longest, QR);
    float* angles = pool.shared(1, width * step);
    std::memset(angles, 0, width * step * sizeof(float));
    transpose(a.table, width, longest, width, angles, step);
    data = angles;
  }
  const float* of(int row) const { return data ? data + row : nullptr; }
};

static bool isPrepared(const Attention& a) { return a.keyWeight || a.table; }

// The gradient of what `prepareColumns` was given, in the place of that of its result. With x^ the normalised x and
// g = dy w: dx = (g - x^ mean(g x^)) / size; adds dy x^ to the gradient of the weight, [D][W].
static LP_INLINE void prepareGradient(const Attention& a, const float* weight, const Angles& angles, int row,
                                      const float* normal, Vec inverse, float* grad, long step, float* gradWeight) {
  const int D = a.headWidth;
  const float* turns = angles.of(row);
  Vec dots[2] = {splat(0.0f), splat(0.0f)};
  const auto scale = [&](int c, Vec g, Vec& dot) {
    if (weight) {
      const Vec product = g * load(normal + c * step);
      store(gradWeight + c * W, load(gradWeight + c * W) + product);
      dot += product * splat(weight[c]);
      g = g * splat(weight[c]);
    }
    store(grad + c * step, g);
  };
  overPairs(D, [&](int c, int other) {
    Vec x = load(grad + c * step), y = load(grad + other * step);
    if (turns) {
      const Vec cosine = load(turns + c * angles.step), sine = load(turns + other * angles.step), left = x;
      x = left * cosine + y * sine;
      y = y * cosine - left * sine;
    }
    scale(c, x, dots[0]);
    scale(other, y, dots[1]);
  });
  if (D % 2) scale(D - 1, load(grad + (D - 1) * step), dots[0]);
  if (!weight) return;
  const Vec slope = (dots[0] + dots[1]) / splat(static_cast<float>(D));
  for (int c = 0; c < D; c++) {
    store(grad + c * step, inverse * (load(grad + c * step) - load(normal + c * step) * slope));
  }
}

// The keys of a head, prepared, [D][step]; keeps what was normalised, [D][step], where there is room for it, and by
// what, [step].
static LP_COMPACT void prepareKeys(const Attention& a, const Head& h, const Angles& angles, float* keys, long step,
                                   float* normal, float* inverse) {
  for (int j = 0; j < h.length; j += W) {
    const int count = minimum(W, h.length - j);
    for (int c = 0; count < W && c < h.width; c++) store(keys + c * step + j, splat(0.0f));
    transpose(h.key + j * h.stride, h.stride, count, h.width, keys + j, step);
    float* kept = normal ? normal + j : nullptr;
    store(inverse + j, prepareColumns(keys + j, kept, step, h.width, a.keyWeight, angles.of(j), angles.step));
  }
}

static void attention(Pool& pool, const Attention& a) {
  const int longest = longestText(a), D = a.headWidth;
  const long panelSize = static_cast<long>(D) * QR, keyStep = roundUp(longest, QR);
  const long weightsSize = keyStep * QR, keysSize = isPrepared(a) ? (D + 1) * keyStep : 0;
  pool.reserve(2 * panelSize + 2 * weightsSize + keysSize);
  const Angles angles(pool, a, longest);
  pool.parallel(a.texts * a.heads, [&](int task, int thread) {
    const Head h(a, task);
    float* q = pool.scratch(thread);   // [D][QR]
    float* out = q + panelSize;        // [D][QR]
    float* p = out + panelSize;        // [keys][QR]
    float* factors = p + weightsSize;  // [keys][QR]
    Broadcast keyRows = {h.key, h.stride, 1};
    if (isPrepared(a)) {
      float* prepared = factors + weightsSize;
      prepareKeys(a, h, angles, prepared, keyStep, nullptr, prepared + D * keyStep);
      keyRows = {prepared, 1, keyStep};
    }
    for (int i = 0, count; i < h.length; i += count) {
      const int keys = h.keysOf(i);
      count = h.queriesOf(i);
      packQueries(h.query, h.stride, i, count, D, q);
      for (int v = 0; v < QR; v += W) {
        prepareColumns(q + v, nullptr, QR, D, a.queryWeight, angles.of(i + v), angles.step);
      }
      scalePanel(q, D, h.scale());
      const QueryVec inverse = attentionWeights(h, keyRows, i, keys, q, p);
      if (a.dropout.rate > 0) {
        attentionFactors(h, a.dropout, i, keys, factors);
        multiplyBy(factors, keys * QR, p);
      }
      sumOverKeys({h.value, h.stride, 1}, keys, D, p, inverse, out);
      transpose(out, QR, D, count, a.out + h.outAt() + i * h.outStride, h.outStride);
    }
  });
}

// to[key][c] += sum over `count` queries of weights[key][query] * rows[query][c], for rows of `to` of whole vectors.
static LP_INLINE void addOverQueries(const float* weights, int keys, int count, const float* rows, long rowStep,
                                     int width, long padded, float* to) {
  columnGroups(width, [&](int c, auto vectors) {
    constexpr int V = decltype(vectors)::value;
    addProduct<V>(keys, {count}, {weights, QR, 1}, rows + c, rowStep, to + c, padded);
  });
}

// dS = P (dP - sum over keys of P dP) / sqrt D, in the place of dP; P is scaled to add up to 1 on the way.
static LP_INLINE void gradientOfScores(float* p, float* ds, int keys, QueryVec inverse, float scale) {
  for (int v = 0; v < QV; v++) {
    Vec sums[2] = {splat(0.0f), splat(0.0f)};  // of every other key, for a sum waits for the last
    const auto add = [&](int j, Vec& sum) {
      const Vec weight = load(p + j * QR + v * W) * inverse.of[v];
      store(p + j * QR + v * W, weight);
      sum += weight * load(ds + j * QR + v * W);
    };
    for (int j = 0; j + 1 < keys; j += 2) {
      add(j, sums[0]);
      add(j + 1, sums[1]);
    }
    if (keys % 2) add(keys - 1, sums[0]);
    const Vec common = sums[0] + sums[1];
    for (int j = 0; j < keys; j++) {
      float* at = ds + j * QR + v * W;
      store(at, load(p + j * QR + v * W) * splat(scale) * (load(at) - common));
    }
  }
}

// Copies rows to where they are `padded` numbers apart, filled up with zeros (what lay there before might be so small
// that processors take a hundred times as long for it), and lets `from` and `step` say so.
static void padRows(const float*& from, long& step, int rows, int width, long padded, float* to) {
  for (int r = 0; r < rows; r++) {
    overColumns<kSmall>(width, [&](int c, int count) {
      store(to + r * padded + c, loadColumns(from + r * step + c, count));
    });
  }
  from = to;
  step = padded;
}

// Asks for the cache lines of `rows` rows of `width` numbers, which will be written later.
static LP_INLINE void prefetchRows(const float* at, long stride, int rows, int width) {
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < width; c += 16) __builtin_prefetch(at + r * stride + c, 1, 2);
  }
}

// One head of one text; adds to `sums`, the lanes of the gradients of the weights of keys and queries, [2 D][W]. The
// weights P are made again. With dP = dO V^T (times the dropout factors) and dS of it (above): dQ = dS K, dK = dS^T Q,
// dV = (P times factors)^T dO. Panel by panel, as in the forward pass. Sets the gradient.
static void headGradient(const Attention& a, const Head& h, const Angles& angles, int longest, float* scratch,
                         float* sums) {
  const int D = a.headWidth;
  const long padded = roundUp(D, W), panelSize = static_cast<long>(D) * QR, rowsSize = longest * padded;
  const long weightsSize = static_cast<long>(longest) * QR, keyStep = longest;
  float* q = scratch;                   // [D][QR]
  float* normalQ = q + panelSize;       // [D][QR]
  float* gradOuts = normalQ + panelSize;  // [D][QR]
  float* gradQ = gradOuts + panelSize;  // [D][QR]
  float* gradKeys = gradQ + panelSize;  // [rows][padded]
  float* gradValues = gradKeys + rowsSize;
  float* paddedOuts = gradValues + rowsSize;
  float* paddedQueries = paddedOuts + rowsSize;
  float* p = paddedQueries + rowsSize;    // [keys][QR]
  float* ds = p + weightsSize;            // dP, then dS
  float* factors = ds + weightsSize;      // [keys][QR]
  float* keys = factors + weightsSize;    // [D][keyStep]
  float* normalKeys = keys + D * keyStep;  // [D][keyStep]
  float* inverseKeys = normalKeys + D * keyStep;  // [keyStep]
  float* gradKey = a.gradQkv + h.firstRow * h.stride + static_cast<long>(h.index) * D;
  float* gradQuery = gradKey + h.outStride;
  float* gradValue = gradQuery + h.outStride;
  prefetchRows(gradKey, h.stride, h.length, D);
  prefetchRows(gradQuery, h.stride, h.length, D);
  prefetchRows(gradValue, h.stride, h.length, D);
  // Rows are read in whole vectors below, which must not run over the end of an array: then rows are copied first.
  const float *outs = a.gradOut + h.outAt(), *queries = h.query;
  long outStep = h.outStride, queryStep = h.stride;
  if (D % W != 0) padRows(outs, outStep, h.length, D, padded, paddedOuts);
  if (isPrepared(a)) {
    std::memset(paddedQueries, 0, QR * padded * sizeof(float));
    queryStep = padded;
  } else if (h.outStride < W) {  // else values follow them
    padRows(queries, queryStep, h.length, D, padded, paddedQueries);
  }
  std::memset(gradKeys, 0, 2 * rowsSize * sizeof(float));
  Broadcast keyRows = {h.key, h.stride, 1};
  if (isPrepared(a)) {
    prepareKeys(a, h, angles, keys, keyStep, normalKeys, inverseKeys);
    keyRows = {keys, 1, keyStep};
  }

  QueryVec one;
  for (int v = 0; v < QV; v++) one.of[v] = splat(1.0f);
  for (int i = 0, count; i < h.length; i += count) {
    const int used = h.keysOf(i);
    count = h.queriesOf(i);
    packQueries(h.query, h.stride, i, count, D, q);
    QueryVec inverseQ;
    const float* queryRows = paddedQueries;
    if (isPrepared(a)) {
      for (int v = 0; v < QV; v++) {
        inverseQ.of[v] = prepareColumns(q + v * W, normalQ + v * W, QR, D, a.queryWeight, angles.of(i + v * W),
                                        angles.step);
      }
      transpose(q, QR, D, count, paddedQueries, padded);
    } else {
      queryRows = queries + i * queryStep;
    }
    scalePanel(q, D, h.scale());
    packQueries(outs, outStep, i, count, D, gradOuts);
    const QueryVec inverse = attentionWeights(h, keyRows, i, used, q, p);
    keysTimesPanel({h.value, h.stride, 1}, used, D, gradOuts, ds);
    if (a.dropout.rate > 0) {
      attentionFactors(h, a.dropout, i, used, factors);
      multiplyBy(factors, used * QR, ds);
    }
    gradientOfScores(p, ds, used, inverse, h.scale());
    if (a.dropout.rate > 0) multiplyBy(factors, used * QR, p);
    sumOverKeys(keyRows, used, D, ds, one, gradQ);
    for (int v = 0; v < QV && isPrepared(a); v++) {
      prepareGradient(a, a.queryWeight, angles, i + v * W, normalQ + v * W, inverseQ.of[v], gradQ + v * W, QR,
                      sums ? sums + static_cast<long>(D) * W : nullptr);
    }
    transpose(gradQ, QR, D, count, gradQuery + i * h.stride, h.stride);
    addOverQueries(ds, used, count, queryRows, queryStep, D, padded, gradKeys);
    addOverQueries(p, used, count, outs + i * outStep, outStep, D, padded, gradValues);
  }
  for (int r = 0; r < h.length; r++) copyRow(gradValues + r * padded, gradValue + r * h.stride, D);
  if (!isPrepared(a)) {
    for (int r = 0; r < h.length; r++) copyRow(gradKeys + r * padded, gradKey + r * h.stride, D);
    return;
  }
  for (int j = 0; j < h.length; j += W) {
    const int count = minimum(W, h.length - j);
    transpose(gradKeys + j * padded, padded, count, D, keys + j, keyStep);  // the lanes after those are 0
    prepareGradient(a, a.keyWeight, angles, j, normalKeys + j, load(inverseKeys + j), keys + j, keyStep, sums);
    transpose(keys + j, keyStep, D, count, gradKey + j * h.stride, h.stride);
  }
}

static void attentionGradient(Pool& pool, const Attention& a) {
  const int longest = roundUp(longestText(a), QR), D = a.headWidth, tasks = a.texts * a.heads;
  const long padded = roundUp(D, W), panelSize = static_cast<long>(D) * QR;
  pool.reserve(4 * panelSize + longest * (4 * padded + 3L * QR + 2L * D + 1));
  const Angles angles(pool, a, longestText(a));
  if (!a.keyWeight) {
    pool.parallel(tasks, [&](int task, int thread) {
      headGradient(a, Head(a, task), angles, longest, pool.scratch(thread), nullptr);
    });
    return;
  }
  const int parts = minimum(tasks, 32);
  const float* sums = lanesOverParts(pool, parts, 2 * D, [&](int part, float* own, int thread) {
    const int end = static_cast<int>(static_cast<long>(tasks) * (part + 1) / parts);
    for (int task = static_cast<int>(static_cast<long>(tasks) * part / parts); task < end; task++) {
      headGradient(a, Head(a, task), angles, longest, pool.scratch(thread), own);
    }
  });
  for (int c = 0; c < D; c++) a.gradKeyWeight[c] += sumOf(load(sums + c * W));
  for (int c = 0; c < D; c++) a.gradQueryWeight[c] += sumOf(load(sums + (D + c) * W));
}

}  // namespace LETTERPRESS_ISA
}  // namespace letterpress
