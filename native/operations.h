// The operations of src/backend/operations.ts: each reads and checks its arguments and runs a kernel. The order of the
// arguments is that of ARGUMENT_ORDER there; `dropout` is four of them, and `?` may be undefined.
#pragma once
#include <climits>
#include <cmath>

#include "arguments.h"
#include "kernels/api.h"
#include "thread_pool.h"

#if !defined(__wasm__)
#include "parts.h"
#endif

namespace letterpress {
namespace {

double times(double a, double b, double c = 1) { return a * b * c; }

// Those of an operation in one of the precisions.
template <class Operation>
using Kernel = void (*Kernels::*)(Pool&, const Operation&);

// What computes: of the JavaScript thread that called.
struct Engine {
  const Kernels* kernels;
  Pool* pool;
#if !defined(__wasm__)
  Parts* parts;  // that are being written down, or null
#endif

  template <class Operation>
  void run(Kernel<Operation> kernel, const Operation& a) const {
#if !defined(__wasm__)
    if (parts) return parts->add([kernel, a, of = kernels](Pool& lane) { (of->*kernel)(lane, a); });
#endif
    (kernels->*kernel)(*pool, a);
  }

  // Without rows there is nothing to do, and no array bounds the other sizes.
  template <class Operation>
  void overRows(Kernel<Operation> kernel, const Operation& a) const {
    if (a.rows > 0) run(kernel, a);
  }
};

Dropout readDropout(Arguments& in) {
  Dropout dropout;
  dropout.rate = in.number();
  if (!(dropout.rate >= 0 && dropout.rate < 1)) in.fail("a rate in [0, 1)");
  dropout.key0 = in.unsigned32();
  dropout.key1 = in.unsigned32();
  dropout.site = in.unsigned32();
  return dropout;
}

void checkRange(Arguments& in, const int32_t* values, int count, int end, const char* what) {
  for (int i = 0; i < count; i++) {
    if (values[i] < 0 || values[i] >= end) in.fail(what, " below ", end);
  }
}

// rows, width, tokenTable, positionTable?, tokens, positions, dropout, out; of the tables and `out`, or their gradients
template <Kernel<Embed> kernel, Access tables>
double embed(const Engine& engine, Arguments& in) {
  Embed a = {};
  a.rows = in.integer();
  a.width = in.integer(1);
  int vocabulary, contextLength = INT_MAX;
  a.tokenTable = a.gradTokenTable = in.table(tables, a.width, vocabulary);
  a.positionTable = a.gradPositionTable = in.optionalTable(tables, a.width, contextLength);
  a.tokens = in.integers(a.rows);
  checkRange(in, a.tokens, a.rows, vocabulary, "tokens");
  a.positions = in.integers(a.rows);
  checkRange(in, a.positions, a.rows, contextLength, "positions");
  a.dropout = readDropout(in);
  const double size = times(a.rows, a.width);
  a.gradOut = a.out = tables == Access::read ? in.output(size) : in.floats(size);
  engine.overRows(kernel, a);
  return 0;
}

// rows, inputs, outputs, x, weight
Linear readLinear(Arguments& in) {
  Linear a = {};
  a.rows = in.integer();
  a.inputs = in.integer(1);
  a.outputs = in.integer(1);
  a.x = in.floats(times(a.rows, a.inputs));
  a.weight = in.floats(times(a.outputs, a.inputs));
  return a;
}

// ..., bias?, out
template <Kernel<Linear> kernel>
double linear(const Engine& engine, Arguments& in) {
  Linear a = readLinear(in);
  a.bias = in.optionalFloats(a.outputs);
  a.out = in.output(times(a.rows, a.outputs));
  engine.overRows(kernel, a);
  return 0;
}

// ..., gradOut, sets, gradX?, gradWeight?, gradBias?
template <Kernel<Linear> kernel>
double linearGradient(const Engine& engine, Arguments& in) {
  Linear a = readLinear(in);
  a.gradOut = in.floats(times(a.rows, a.outputs));
  a.sets = in.flag();
  a.gradX = in.optionalSums(times(a.rows, a.inputs));
  a.gradWeight = in.optionalSums(times(a.outputs, a.inputs));
  a.gradBias = in.optionalSums(a.outputs);
  engine.overRows(kernel, a);
  return 0;
}

// rows, heads, headWidth, qkv, keyWeight, queryWeight, table?, positions?
QueryKeyNorm readQueryKeyNorm(Arguments& in) {
  QueryKeyNorm a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.headWidth = in.integer(1);
  a.qkv = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  a.keyWeight = in.floats(a.headWidth);
  a.queryWeight = in.floats(a.headWidth);
  int contextLength = 0;
  a.table = in.optionalTable(Access::read, std::max(2 * (a.headWidth / 2), 1), contextLength);
  a.positions = in.optionalIntegers(a.rows);
  if (!a.table != !a.positions) in.fail("a table and positions, or neither");
  if (a.table && a.headWidth < 2) in.fail("no table for heads that are 1 wide");
  if (a.table) checkRange(in, a.positions, a.rows, contextLength, "positions");
  return a;
}

// ..., out
double queryKeyNorm(const Engine& engine, Arguments& in) {
  QueryKeyNorm a = readQueryKeyNorm(in);
  a.out = in.output(times(a.rows, 3.0 * a.heads, a.headWidth));
  engine.overRows(&Kernels::queryKeyNorm, a);
  return 0;
}

// rows, heads, headWidth, table, positions, qkv
double rotary(const Engine& engine, Arguments& in) {
  Rotary a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.headWidth = in.integer(2);
  int contextLength;
  a.table = in.table(Access::read, 2 * (a.headWidth / 2), contextLength);
  a.positions = in.integers(a.rows);
  checkRange(in, a.positions, a.rows, contextLength, "positions");
  a.qkv = in.sums(times(a.rows, 3.0 * a.heads, a.headWidth));
  engine.overRows(&Kernels::rotary, a);
  return 0;
}

// rows, heads, headWidth, offsets, qkv, keyWeight?, queryWeight?, table?, dropout, causal
Attention readAttention(Arguments& in) {
  Attention a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.headWidth = in.integer(1);
  int ends;
  const int32_t* offsets = in.allIntegers(ends);
  a.texts = ends - 1;
  if (offsets[0] != 0 || offsets[a.texts] != a.rows) in.fail("offsets from 0 to the number of rows");
  int longest = 0;
  for (int b = 0; b < a.texts; b++) {
    const int64_t length = static_cast<int64_t>(offsets[b + 1]) - offsets[b];
    if (length < 1 || length > 1024) in.fail("texts of 1 to 1024 rows");
    longest = std::max(longest, static_cast<int>(length));
  }
  a.offsets = offsets;
  a.qkv = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  a.keyWeight = in.optionalFloats(a.headWidth);
  a.queryWeight = in.optionalFloats(a.headWidth);
  if (!a.keyWeight != !a.queryWeight) in.fail("weights of keys and queries, or neither");
  int contextLength = 0;
  a.table = in.optionalTable(Access::read, std::max(2 * (a.headWidth / 2), 1), contextLength);
  if (a.table && a.headWidth < 2) in.fail("no table for heads that are 1 wide");
  if (a.table && longest > contextLength) in.fail("a table of as many positions as the longest text has");
  a.dropout = readDropout(in);
  a.causal = in.flag();
  return a;
}

// ..., out
double attention(const Engine& engine, Arguments& in) {
  Attention a = readAttention(in);
  a.out = in.output(times(a.rows, a.heads, a.headWidth));
  engine.overRows(&Kernels::attention, a);
  return 0;
}

// ..., gradOut, gradQkv, gradKeyWeight?, gradQueryWeight?
double attentionGradient(const Engine& engine, Arguments& in) {
  Attention a = readAttention(in);
  a.gradOut = in.floats(times(a.rows, a.heads, a.headWidth));
  a.gradQkv = in.output(times(a.rows, 3.0 * a.heads, a.headWidth));
  a.gradKeyWeight = in.optionalSums(a.headWidth);
  a.gradQueryWeight = in.optionalSums(a.headWidth);
  if (!a.keyWeight != !a.gradKeyWeight || !a.keyWeight != !a.gradQueryWeight) {
    in.fail("gradients of weights, where there are any");
  }
  engine.overRows(&Kernels::attentionGradient, a);
  return 0;
}

// rows, heads, headWidth, contextLength, scale, keys, values, slots, positions, queryStride, queries, newStride,
// newKeys, newValues, out
double cachedAttention(const Engine& engine, Arguments& in) {
  CachedAttention a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.headWidth = in.integer(1);
  a.contextLength = in.integer(1);
  a.scale = static_cast<float>(in.number());
  const double group = times(a.heads, a.headWidth);
  const auto padded = [](double n) { return std::ceil(n / kCacheAlignment) * kCacheAlignment; };
  int cacheSlots;
  a.keys = in.table(Access::update, times(group, padded(a.contextLength)), cacheSlots, 0);
  a.values = in.sums(times(cacheSlots, a.contextLength, padded(group)) + kCacheAlignment);
  a.slots = in.integers(a.rows);
  checkRange(in, a.slots, a.rows, cacheSlots, "slots");
  a.positions = in.integers(a.rows);
  checkRange(in, a.positions, a.rows, a.contextLength, "positions");
  const auto strided = [&](double columns, double stride) { return a.rows ? (a.rows - 1) * stride + columns : 0; };
  a.queryStride = in.integer();
  a.queries = in.floats(strided(group, a.queryStride));
  a.newStride = in.integer();
  a.newKeys = in.floats(strided(group, a.newStride));
  a.newValues = in.floats(strided(group, a.newStride));
  a.out = in.output(times(a.rows, group));
  engine.overRows(&Kernels::cachedAttention, a);
  return 0;
}

// rows, heads, width, contextLength, scale, cache, slots, positions, queries, inputs, out
double cachedInputAttention(const Engine& engine, Arguments& in) {
  CachedInputAttention a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.width = in.integer(1);
  a.contextLength = in.integer(1);
  a.scale = static_cast<float>(in.number());
  int cacheSlots;
  a.cache = in.table(Access::update, times(a.contextLength, a.width), cacheSlots, 0);
  a.slots = in.integers(a.rows);
  checkRange(in, a.slots, a.rows, cacheSlots, "slots");
  a.positions = in.integers(a.rows);
  checkRange(in, a.positions, a.rows, a.contextLength, "positions");
  a.queries = in.floats(times(a.rows, a.heads, a.width));
  a.inputs = in.floats(times(a.rows, a.width));
  a.out = in.output(times(a.rows, a.heads, a.width));
  engine.overRows(&Kernels::cachedInputAttention, a);
  return 0;
}

// length, x, update, dropout, out
double add(const Engine& engine, Arguments& in) {
  Add a = {};
  a.length = in.integer();
  a.x = in.floats(a.length);
  a.update = in.floats(a.length);
  a.dropout = readDropout(in);
  a.out = in.output(a.length);
  engine.run(&Kernels::add, a);
  return 0;
}

// length, dropout, gradOut, sets, gradUpdate
double addGradient(const Engine& engine, Arguments& in) {
  Add a = {};
  a.length = in.integer();
  a.dropout = readDropout(in);
  a.gradOut = in.floats(a.length);
  a.sets = in.flag();
  a.gradUpdate = in.sums(a.length);
  engine.run(&Kernels::addGradient, a);
  return 0;
}

// rows, width, x, update?, dropout, weight
AddLayerNorm readAddLayerNorm(Arguments& in) {
  AddLayerNorm a = {};
  a.rows = in.integer();
  a.width = in.integer(1);
  a.x = in.floats(times(a.rows, a.width));
  a.update = in.optionalFloats(times(a.rows, a.width));
  a.dropout = readDropout(in);
  a.weight = in.floats(a.width);
  return a;
}

// ..., bias, out
double addLayerNorm(const Engine& engine, Arguments& in) {
  AddLayerNorm a = readAddLayerNorm(in);
  a.bias = in.floats(a.width);
  a.out = in.output(times(a.rows, a.width));
  engine.overRows(&Kernels::addLayerNorm, a);
  return 0;
}

// ..., gradOut, sets, gradX, gradUpdate?, gradWeight, gradBias
double addLayerNormGradient(const Engine& engine, Arguments& in) {
  AddLayerNorm a = readAddLayerNorm(in);
  a.gradOut = in.floats(times(a.rows, a.width));
  a.sets = in.flag();
  a.gradX = in.sums(times(a.rows, a.width));
  a.gradUpdate = in.optionalSums(times(a.rows, a.width));
  a.gradWeight = in.sums(a.width);
  a.gradBias = in.sums(a.width);
  engine.overRows(&Kernels::addLayerNormGradient, a);
  return 0;
}

// rows, width, hidden, x, weight1, (bias1,) weight2, kept?; the gated one has twice as large a weight1, and no biases
Mlp readMlp(Arguments& in, bool gated, Access kept) {
  Mlp a = {};
  a.rows = in.integer();
  a.width = in.integer(1);
  a.hidden = in.integer(1);
  const double inner = gated ? 2.0 * a.hidden : a.hidden, size = times(a.rows, inner);
  a.x = in.floats(times(a.rows, a.width));
  a.weight1 = in.floats(times(inner, a.width));
  if (!gated) a.bias1 = in.floats(a.hidden);
  a.weight2 = in.floats(times(a.hidden, a.width));
  a.kept = kept == Access::set ? in.optionalOutput(size) : in.optionalSums(size);
  if (gated && !a.kept) in.fail("gates and ups");
  return a;
}

// ..., (bias2,) out
template <Kernel<Mlp> kernel, bool gated>
double mlp(const Engine& engine, Arguments& in) {
  Mlp a = readMlp(in, gated, Access::set);
  if (!gated) a.bias2 = in.floats(a.width);
  a.out = in.output(times(a.rows, a.width));
  engine.overRows(kernel, a);
  return 0;
}

// ..., gradOut, sets, gradX, gradWeight1, (gradBias1,) gradWeight2 (, gradBias2)
template <Kernel<Mlp> kernel, bool gated>
double mlpGradient(const Engine& engine, Arguments& in) {
  Mlp a = readMlp(in, gated, Access::update);
  a.gradOut = in.floats(times(a.rows, a.width));
  a.sets = in.flag();
  a.gradX = in.sums(times(a.rows, a.width));
  a.gradWeight1 = in.sums(times(gated ? 2.0 * a.hidden : a.hidden, a.width));
  if (!gated) a.gradBias1 = in.sums(a.hidden);
  a.gradWeight2 = in.sums(times(a.hidden, a.width));
  if (!gated) a.gradBias2 = in.sums(a.width);
  engine.overRows(kernel, a);
  return 0;
}

// rows, vocabulary, logits, targets
CrossEntropy readCrossEntropy(Arguments& in) {
  CrossEntropy a = {};
  a.rows = in.integer();
  a.vocabulary = in.integer(1);
  a.logits = in.floats(times(a.rows, a.vocabulary));
  a.targets = in.integers(a.rows);
  checkRange(in, a.targets, a.rows, a.vocabulary, "targets");
  return a;
}

// ..., nll, correct
double crossEntropy(const Engine& engine, Arguments& in) {
  CrossEntropy a = readCrossEntropy(in);
  a.nll = in.output(a.rows);
  a.correct = in.output(a.rows);
  engine.overRows(&Kernels::crossEntropy, a);
  return 0;
}

// ..., scale, softShare, soft?, gradLogits
double crossEntropyGradient(const Engine& engine, Arguments& in) {
  CrossEntropy a = readCrossEntropy(in);
  a.scale = static_cast<float>(in.number());
  a.softShare = in.number();
  if (!(a.softShare >= 0 && a.softShare <= 1)) in.fail("a share of soft targets from 0 to 1");
  a.soft = in.optionalFloats(times(a.rows, a.vocabulary));
  a.gradLogits = in.output(times(a.rows, a.vocabulary));
  engine.overRows(&Kernels::crossEntropyGradient, a);
  return 0;
}

// rows, vocabulary, logits, temperature, out
double logSoftmax(const Engine& engine, Arguments& in) {
  LogSoftmax a = {};
  a.rows = in.integer();
  a.vocabulary = in.integer(1);
  a.logits = in.floats(times(a.rows, a.vocabulary));
  a.temperature = static_cast<float>(in.number());
  a.out = in.output(times(a.rows, a.vocabulary));
  engine.overRows(&Kernels::logSoftmax, a);
  return 0;
}

// length, parameters, gradients, firstMoments, secondMoments, segmentEnds, segmentDecay, learningRate, beta1, beta2,
// epsilon, step, gradientScale
double adamW(const Engine& engine, Arguments& in) {
  AdamW a = {};
  a.length = in.integer();
  a.parameters = in.sums(a.length);
  a.gradients = in.floats(a.length);
  a.firstMoments = in.sums(a.length);
  a.secondMoments = in.sums(a.length);
  a.segmentEnds = in.allIntegers(a.segments);
  for (int s = 0; s < a.segments; s++) {
    if (a.segmentEnds[s] < (s ? a.segmentEnds[s - 1] : 0)) in.fail("segment ends that ascend");
  }
  if (a.segmentEnds[a.segments - 1] != a.length) in.fail("segments that end at the length");
  a.segmentDecay = in.doubles(a.segments);
  a.learningRate = in.number();
  a.beta1 = in.number();
  a.beta2 = in.number();
  a.epsilon = in.number();
  a.step = in.number();
  a.gradientScale = in.number();
  engine.run(&Kernels::adamW, a);
  return 0;
}

// length, parameters, gradients, momentum, matrices, learningRate, momentumDecay, weightDecay, updateSize,
// gradientScale
Muon muonArguments(Arguments& in) {
  Muon a = {};
  a.length = in.integer();
  a.parameters = in.sums(a.length);
  a.gradients = in.floats(a.length);
  int momenta, numbers;
  a.momentum = in.table(Access::update, 1, momenta, 0);
  a.matrices = in.allIntegers(numbers);
  if (numbers % 3 != 0) in.fail("an offset, rows and columns of each matrix");
  a.count = numbers / 3;
  double sum = 0;
  for (int i = 0; i < a.count; i++) {
    const int32_t* matrix = a.matrices + 3 * i;
    if (matrix[0] < 0 || matrix[1] < 1 || matrix[2] < 1) in.fail("matrices of at least one row and column");
    const double size = times(matrix[1], matrix[2]);
    if (matrix[0] + size > a.length) in.fail("matrices within the parameters");
    sum += size;
  }
  if (sum > momenta) in.fail("matrices as many as there is momentum");
  a.learningRate = in.number();
  a.momentumDecay = in.number();
  a.weightDecay = in.number();
  a.updateSize = in.number();
  a.gradientScale = in.number();
  return a;
}

template <Kernel<Muon> kernel>
double muon(const Engine& engine, Arguments& in) {
  engine.run(kernel, muonArguments(in));
  return 0;
}

// length, x
double clear(const Engine& engine, Arguments& in) {
  Clear a = {};
  a.length = in.integer();
  a.x = in.output(a.length);
  engine.run(&Kernels::clear, a);
  return 0;
}

// length, x, y, scaleX, scaleY, out
double weightedSum(const Engine& engine, Arguments& in) {
  WeightedSum a = {};
  a.length = in.integer();
  a.x = in.floats(a.length);
  a.y = in.floats(a.length);
  a.scaleX = in.number();
  a.scaleY = in.number();
  a.out = in.output(a.length);
  engine.run(&Kernels::weightedSum, a);
  return 0;
}

// length, x
double sumOfSquares(const Engine& engine, Arguments& in) {
  SumOfSquares a = {};
  a.length = in.integer();
  a.x = in.floats(a.length);
#if !defined(__wasm__)
  if (engine.parts) in.fail("no sum within a part: it would have to wait");
#endif
  engine.kernels->sumOfSquares(*engine.pool, a);
  return a.sum;
}

struct NamedOperation {
  const char* name;
  double (*call)(const Engine&, Arguments&);  // the result of sumOfSquares, else 0
};

constexpr NamedOperation kOperations[] = {
    {"embed", embed<&Kernels::embed, Access::read>},
    {"embedGradient", embed<&Kernels::embedGradient, Access::update>},
    {"linear", linear<&Kernels::linear>},
    {"linearBf16", linear<&Kernels::linearBf16>},
    {"linearGradient", linearGradient<&Kernels::linearGradient>},
    {"linearGradientBf16", linearGradient<&Kernels::linearGradientBf16>},
    {"queryKeyNorm", queryKeyNorm},
    {"rotary", rotary},
    {"attention", attention},
    {"attentionGradient", attentionGradient},
    {"cachedAttention", cachedAttention},
    {"cachedInputAttention", cachedInputAttention},
    {"add", add},
    {"addGradient", addGradient},
    {"addLayerNorm", addLayerNorm},
    {"addLayerNormGradient", addLayerNormGradient},
    {"swigluMlp", mlp<&Kernels::swigluMlp, true>},
    {"swigluMlpBf16", mlp<&Kernels::swigluMlpBf16, true>},
    {"swigluMlpGradient", mlpGradient<&Kernels::swigluMlpGradient, true>},
    {"swigluMlpGradientBf16", mlpGradient<&Kernels::swigluMlpGradientBf16, true>},
    {"mlp", mlp<&Kernels::mlp, false>},
    {"mlpBf16", mlp<&Kernels::mlpBf16, false>},
    {"mlpGradient", mlpGradient<&Kernels::mlpGradient, false>},
    {"mlpGradientBf16", mlpGradient<&Kernels::mlpGradientBf16, false>},
    {"crossEntropy", crossEntropy},
    {"crossEntropyGradient", crossEntropyGradient},
    {"logSoftmax", logSoftmax},
    {"adamW", adamW},
    {"muon", muon<&Kernels::muon>},
    {"muonBf16", muon<&Kernels::muonBf16>},
    {"clear", clear},
    {"weightedSum", weightedSum},
    {"sumOfSquares", sumOfSquares},
};

}  // namespace
}  // namespace letterpress
