// Node-API glue and nothing else: reads and checks arguments, calls a kernel. The order of the arguments is that of
// ARGUMENT_ORDER in src/backend/types.ts; `dropout` is four of them, and `?` may be undefined.
#include <algorithm>
#include <chrono>
#include <climits>
#include <cstring>
#include <exception>
#include <memory>

#include "arguments.h"
#include "dispatch.h"
#include "thread_pool.h"

namespace letterpress {
namespace {

// Of the JavaScript thread that called: worker threads each have their own.
thread_local const Kernels* kernels = nullptr;
thread_local std::unique_ptr<Pool> pool;

// Wraps a function of Arguments as a Node-API callback: C++ exceptions become JavaScript errors.
using Body = napi_value (*)(napi_env, Arguments&);
template <Body body>
napi_value call(napi_env env, napi_callback_info info) {
  try {
    Arguments arguments(env, info);
    return body(env, arguments);
  } catch (const std::bad_alloc&) {
    napi_throw_error(env, "LETTERPRESS_MEMORY", "not enough memory");
  } catch (const std::exception& error) {
    napi_throw_error(env, "LETTERPRESS_NATIVE", error.what());
  }
  return nullptr;
}

double times(double a, double b, double c = 1) { return a * b * c; }

// Runs a kernel over rows. Without rows there is nothing to do, and no array bounds the other sizes.
template <class Operation>
void overRows(void (*kernel)(Pool&, const Operation&), const Operation& a) {
  if (a.rows > 0) kernel(*pool, a);
}

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
    if (values[i] < 0 || values[i] >= end) in.fail(std::string(what) + " below " + std::to_string(end));
  }
}

// configure(instruction set or '', threads): chooses the kernels and starts the threads.
napi_value configure(napi_env, Arguments& in) {
  const std::string name = in.text();
  const int threads = in.integer(1);
  const Kernels* chosen = chooseKernels(name);
  if (!chosen) in.fail("an instruction set that this processor and build have, not '" + name + "'");
  if (threads > 256) in.fail("at most 256 threads");
  kernels = chosen;
  if (!pool || pool->threads() != threads) pool.reset(new Pool(threads));
  return nullptr;
}

// instructionSets(): the names that configure takes here, best first.
napi_value instructionSets(napi_env env, Arguments&) {
  napi_value list;
  napi_create_array(env, &list);
  uint32_t i = 0;
  for (const Kernels* available : availableKernels()) {
    napi_value name;
    napi_create_string_utf8(env, available->name, NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, list, i++, name);
  }
  return list;
}

// rows, width, tokenTable, positionTable?, tokens, positions, dropout, out; of the tables and `out`, or their gradients
template <void (*Kernels::*kernel)(Pool&, const Embed&)>
napi_value embed(napi_env, Arguments& in) {
  Embed a = {};
  a.rows = in.integer();
  a.width = in.integer(1);
  a.tokenTable = a.gradTokenTable = in.floats(a.width);
  const int vocabulary = in.wholeRows(a.width);
  a.positionTable = a.gradPositionTable = in.optionalFloats(a.width);
  const int contextLength = a.positionTable ? in.wholeRows(a.width) : INT_MAX;
  a.tokens = in.integers(a.rows);
  checkRange(in, a.tokens, a.rows, vocabulary, "tokens");
  a.positions = in.integers(a.rows);
  checkRange(in, a.positions, a.rows, contextLength, "positions");
  a.dropout = readDropout(in);
  a.gradOut = a.out = in.floats(times(a.rows, a.width));
  overRows(kernels->*kernel, a);
  return nullptr;
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

// Those of an operation in one of the precisions.
template <class Operation>
using Kernel = void (*Kernels::*)(Pool&, const Operation&);

// ..., bias?, out
template <Kernel<Linear> kernel>
napi_value linear(napi_env, Arguments& in) {
  Linear a = readLinear(in);
  a.bias = in.optionalFloats(a.outputs);
  a.out = in.floats(times(a.rows, a.outputs));
  overRows(kernels->*kernel, a);
  return nullptr;
}

// ..., gradOut, gradX?, gradWeight?, gradBias?
template <Kernel<Linear> kernel>
napi_value linearGradient(napi_env, Arguments& in) {
  Linear a = readLinear(in);
  a.gradOut = in.floats(times(a.rows, a.outputs));
  a.gradX = in.optionalFloats(times(a.rows, a.inputs));
  a.gradWeight = in.optionalFloats(times(a.outputs, a.inputs));
  a.gradBias = in.optionalFloats(a.outputs);
  overRows(kernels->*kernel, a);
  return nullptr;
}

// rows, heads, headWidth, qkv, keyWeight, queryWeight
QueryKeyNorm readQueryKeyNorm(Arguments& in) {
  QueryKeyNorm a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.headWidth = in.integer(1);
  a.qkv = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  a.keyWeight = in.floats(a.headWidth);
  a.queryWeight = in.floats(a.headWidth);
  return a;
}

// ..., out
napi_value queryKeyNorm(napi_env, Arguments& in) {
  QueryKeyNorm a = readQueryKeyNorm(in);
  a.out = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  overRows(kernels->queryKeyNorm, a);
  return nullptr;
}

// ..., gradOut, gradQkv, gradKeyWeight, gradQueryWeight
napi_value queryKeyNormGradient(napi_env, Arguments& in) {
  QueryKeyNorm a = readQueryKeyNorm(in);
  a.gradOut = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  a.gradQkv = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  a.gradKeyWeight = in.floats(a.headWidth);
  a.gradQueryWeight = in.floats(a.headWidth);
  overRows(kernels->queryKeyNormGradient, a);
  return nullptr;
}

// rows, heads, headWidth, table, positions, qkv or gradQkv
template <void (*Kernels::*kernel)(Pool&, const Rotary&)>
napi_value rotary(napi_env, Arguments& in) {
  Rotary a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.headWidth = in.integer(2);
  const int angles = 2 * (a.headWidth / 2);
  a.table = in.floats(angles);
  const int contextLength = in.wholeRows(angles);
  a.positions = in.integers(a.rows);
  checkRange(in, a.positions, a.rows, contextLength, "positions");
  a.qkv = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  a.gradQkv = a.qkv;
  overRows(kernels->*kernel, a);
  return nullptr;
}

// rows, heads, headWidth, offsets, qkv, dropout
Attention readAttention(Arguments& in) {
  Attention a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.headWidth = in.integer(1);
  const int32_t* offsets = in.integers(1);
  a.texts = in.wholeRows(1) - 1;
  if (offsets[0] != 0 || offsets[a.texts] != a.rows) in.fail("offsets from 0 to the number of rows");
  for (int b = 0; b < a.texts; b++) {
    const int64_t length = static_cast<int64_t>(offsets[b + 1]) - offsets[b];
    if (length < 1 || length > 1024) in.fail("texts of 1 to 1024 rows");
  }
  a.offsets = offsets;
  a.qkv = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  a.dropout = readDropout(in);
  return a;
}

// ..., out
napi_value attention(napi_env, Arguments& in) {
  Attention a = readAttention(in);
  a.out = in.floats(times(a.rows, a.heads, a.headWidth));
  overRows(kernels->attention, a);
  return nullptr;
}

// ..., gradOut, gradQkv
napi_value attentionGradient(napi_env, Arguments& in) {
  Attention a = readAttention(in);
  a.gradOut = in.floats(times(a.rows, a.heads, a.headWidth));
  a.gradQkv = in.floats(times(a.rows, 3.0 * a.heads, a.headWidth));
  overRows(kernels->attentionGradient, a);
  return nullptr;
}

// rows, heads, headWidth, contextLength, scale, keys, values, slots, positions, queryStride, queries, newStride,
// newKeys, newValues, out
napi_value cachedAttention(napi_env, Arguments& in) {
  CachedAttention a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.headWidth = in.integer(1);
  a.contextLength = in.integer(1);
  a.scale = static_cast<float>(in.number());
  const double group = times(a.heads, a.headWidth);
  const auto padded = [](double n) { return std::ceil(n / kCacheAlignment) * kCacheAlignment; };
  a.keys = in.floats(0);
  const int cacheSlots = in.wholeRows(times(group, padded(a.contextLength)));
  a.values = in.floats(times(cacheSlots, a.contextLength, padded(group)) + kCacheAlignment);
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
  a.out = in.floats(times(a.rows, group));
  overRows(kernels->cachedAttention, a);
  return nullptr;
}

// rows, heads, width, contextLength, scale, cache, slots, positions, queries, inputs, out
napi_value cachedInputAttention(napi_env, Arguments& in) {
  CachedInputAttention a = {};
  a.rows = in.integer();
  a.heads = in.integer(1);
  a.width = in.integer(1);
  a.contextLength = in.integer(1);
  a.scale = static_cast<float>(in.number());
  a.cache = in.floats(0);
  const int cacheSlots = in.wholeRows(times(a.contextLength, a.width));
  a.slots = in.integers(a.rows);
  checkRange(in, a.slots, a.rows, cacheSlots, "slots");
  a.positions = in.integers(a.rows);
  checkRange(in, a.positions, a.rows, a.contextLength, "positions");
  a.queries = in.floats(times(a.rows, a.heads, a.width));
  a.inputs = in.floats(times(a.rows, a.width));
  a.out = in.floats(times(a.rows, a.heads, a.width));
  overRows(kernels->cachedInputAttention, a);
  return nullptr;
}

// length, x, update, dropout, out
napi_value add(napi_env, Arguments& in) {
  Add a = {};
  a.length = in.integer();
  a.x = in.floats(a.length);
  a.update = in.floats(a.length);
  a.dropout = readDropout(in);
  a.out = in.floats(a.length);
  kernels->add(*pool, a);
  return nullptr;
}

// length, dropout, gradOut, gradX, gradUpdate
napi_value addGradient(napi_env, Arguments& in) {
  Add a = {};
  a.length = in.integer();
  a.dropout = readDropout(in);
  a.gradOut = in.floats(a.length);
  a.gradX = in.floats(a.length);
  a.gradUpdate = in.floats(a.length);
  kernels->addGradient(*pool, a);
  return nullptr;
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
napi_value addLayerNorm(napi_env, Arguments& in) {
  AddLayerNorm a = readAddLayerNorm(in);
  a.bias = in.floats(a.width);
  a.out = in.floats(times(a.rows, a.width));
  overRows(kernels->addLayerNorm, a);
  return nullptr;
}

// ..., gradOut, gradX, gradUpdate?, gradWeight, gradBias
napi_value addLayerNormGradient(napi_env, Arguments& in) {
  AddLayerNorm a = readAddLayerNorm(in);
  a.gradOut = in.floats(times(a.rows, a.width));
  a.gradX = in.floats(times(a.rows, a.width));
  a.gradUpdate = in.optionalFloats(times(a.rows, a.width));
  a.gradWeight = in.floats(a.width);
  a.gradBias = in.floats(a.width);
  overRows(kernels->addLayerNormGradient, a);
  return nullptr;
}

// rows, hidden, x
Swiglu readSwiglu(Arguments& in) {
  Swiglu a = {};
  a.rows = in.integer();
  a.hidden = in.integer(1);
  a.x = in.floats(times(a.rows, a.hidden, 2));
  return a;
}

// ..., out
napi_value swiglu(napi_env, Arguments& in) {
  Swiglu a = readSwiglu(in);
  a.out = in.floats(times(a.rows, a.hidden));
  overRows(kernels->swiglu, a);
  return nullptr;
}

// ..., gradOut, gradX
napi_value swigluGradient(napi_env, Arguments& in) {
  Swiglu a = readSwiglu(in);
  a.gradOut = in.floats(times(a.rows, a.hidden));
  a.gradX = in.floats(times(a.rows, a.hidden, 2));
  overRows(kernels->swigluGradient, a);
  return nullptr;
}

// rows, width, hidden, x, weight1, bias1, weight2
Mlp readMlp(Arguments& in) {
  Mlp a = {};
  a.rows = in.integer();
  a.width = in.integer(1);
  a.hidden = in.integer(1);
  a.x = in.floats(times(a.rows, a.width));
  a.weight1 = in.floats(times(a.hidden, a.width));
  a.bias1 = in.floats(a.hidden);
  a.weight2 = in.floats(times(a.hidden, a.width));
  return a;
}

// ..., bias2, out
template <Kernel<Mlp> kernel>
napi_value mlp(napi_env, Arguments& in) {
  Mlp a = readMlp(in);
  a.bias2 = in.floats(a.width);
  a.out = in.floats(times(a.rows, a.width));
  overRows(kernels->*kernel, a);
  return nullptr;
}

// ..., gradOut, gradX, gradWeight1, gradBias1, gradWeight2, gradBias2
template <Kernel<Mlp> kernel>
napi_value mlpGradient(napi_env, Arguments& in) {
  Mlp a = readMlp(in);
  a.gradOut = in.floats(times(a.rows, a.width));
  a.gradX = in.floats(times(a.rows, a.width));
  a.gradWeight1 = in.floats(times(a.hidden, a.width));
  a.gradBias1 = in.floats(a.hidden);
  a.gradWeight2 = in.floats(times(a.hidden, a.width));
  a.gradBias2 = in.floats(a.width);
  overRows(kernels->*kernel, a);
  return nullptr;
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
napi_value crossEntropy(napi_env, Arguments& in) {
  CrossEntropy a = readCrossEntropy(in);
  a.nll = in.floats(a.rows);
  a.correct = in.floats(a.rows);
  overRows(kernels->crossEntropy, a);
  return nullptr;
}

// ..., scale, softShare, soft?, gradLogits
napi_value crossEntropyGradient(napi_env, Arguments& in) {
  CrossEntropy a = readCrossEntropy(in);
  a.scale = static_cast<float>(in.number());
  a.softShare = in.number();
  if (!(a.softShare >= 0 && a.softShare <= 1)) in.fail("a share of soft targets from 0 to 1");
  a.soft = in.optionalFloats(times(a.rows, a.vocabulary));
  a.gradLogits = in.floats(times(a.rows, a.vocabulary));
  overRows(kernels->crossEntropyGradient, a);
  return nullptr;
}

// rows, vocabulary, logits, temperature, out
napi_value logSoftmax(napi_env, Arguments& in) {
  LogSoftmax a = {};
  a.rows = in.integer();
  a.vocabulary = in.integer(1);
  a.logits = in.floats(times(a.rows, a.vocabulary));
  a.temperature = static_cast<float>(in.number());
  a.out = in.floats(times(a.rows, a.vocabulary));
  overRows(kernels->logSoftmax, a);
  return nullptr;
}

// length, parameters, gradients, firstMoments, secondMoments, segmentEnds, segmentDecay, learningRate, beta1, beta2,
// epsilon, step, gradientScale
napi_value adamW(napi_env, Arguments& in) {
  AdamW a = {};
  a.length = in.integer();
  a.parameters = in.floats(a.length);
  a.gradients = in.floats(a.length);
  a.firstMoments = in.floats(a.length);
  a.secondMoments = in.floats(a.length);
  a.segmentEnds = in.integers(1);
  a.segments = in.wholeRows(1);
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
  kernels->adamW(*pool, a);
  return nullptr;
}

// length, x, y, scaleX, scaleY, out
napi_value weightedSum(napi_env, Arguments& in) {
  WeightedSum a = {};
  a.length = in.integer();
  a.x = in.floats(a.length);
  a.y = in.floats(a.length);
  a.scaleX = in.number();
  a.scaleY = in.number();
  a.out = in.floats(a.length);
  kernels->weightedSum(*pool, a);
  return nullptr;
}

// length, x
napi_value sumOfSquares(napi_env env, Arguments& in) {
  SumOfSquares a = {};
  a.length = in.integer();
  a.x = in.floats(a.length);
  kernels->sumOfSquares(*pool, a);
  napi_value sum;
  napi_create_double(env, a.sum, &sum);
  return sum;
}

// milliseconds: floating-point operations a second that all threads reach together in the inner loop of products on
// operands in L1: the fastest of several spans of at least 5 ms, about that long in all.
template <void (*Kernels::*kernel)(Pool&, Peak&)>
napi_value peak(napi_env env, Arguments& in) {
  using Clock = std::chrono::steady_clock;
  const auto since = [](Clock::time_point from) { return std::chrono::duration<double>(Clock::now() - from).count(); };
  const double milliseconds = in.number();
  if (!(milliseconds > 0 && milliseconds <= 60000)) in.fail("milliseconds above 0, at most 60000");
  Peak a = {};
  a.tasks = 32 * pool->threads();
  (kernels->*kernel)(*pool, a);  // wakes the threads, and fills the caches
  double best = 0;
  const auto start = Clock::now();
  do {
    double operations = 0;
    const auto span = Clock::now();
    do {
      (kernels->*kernel)(*pool, a);
      operations += a.operations;
    } while (since(span) < 5e-3);
    best = std::max(best, operations / since(span));
  } while (since(start) < milliseconds / 1000);
  napi_value result;
  napi_create_double(env, best, &result);
  return result;
}

void define(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

napi_value initialize(napi_env env, napi_value exports) {
  kernels = chooseKernels("");
  pool.reset(new Pool(1));
  define(env, exports, "configure", call<configure>);
  define(env, exports, "instructionSets", call<instructionSets>);
  define(env, exports, "embed", call<embed<&Kernels::embed>>);
  define(env, exports, "embedGradient", call<embed<&Kernels::embedGradient>>);
  define(env, exports, "linear", call<linear<&Kernels::linear>>);
  define(env, exports, "linearBf16", call<linear<&Kernels::linearBf16>>);
  define(env, exports, "linearGradient", call<linearGradient<&Kernels::linearGradient>>);
  define(env, exports, "linearGradientBf16", call<linearGradient<&Kernels::linearGradientBf16>>);
  define(env, exports, "queryKeyNorm", call<queryKeyNorm>);
  define(env, exports, "queryKeyNormGradient", call<queryKeyNormGradient>);
  define(env, exports, "rotary", call<rotary<&Kernels::rotary>>);
  define(env, exports, "rotaryGradient", call<rotary<&Kernels::rotaryGradient>>);
  define(env, exports, "attention", call<attention>);
  define(env, exports, "attentionGradient", call<attentionGradient>);
  define(env, exports, "cachedAttention", call<cachedAttention>);
  define(env, exports, "cachedInputAttention", call<cachedInputAttention>);
  define(env, exports, "add", call<add>);
  define(env, exports, "addGradient", call<addGradient>);
  define(env, exports, "addLayerNorm", call<addLayerNorm>);
  define(env, exports, "addLayerNormGradient", call<addLayerNormGradient>);
  define(env, exports, "swiglu", call<swiglu>);
  define(env, exports, "swigluGradient", call<swigluGradient>);
  define(env, exports, "mlp", call<mlp<&Kernels::mlp>>);
  define(env, exports, "mlpBf16", call<mlp<&Kernels::mlpBf16>>);
  define(env, exports, "mlpGradient", call<mlpGradient<&Kernels::mlpGradient>>);
  define(env, exports, "mlpGradientBf16", call<mlpGradient<&Kernels::mlpGradientBf16>>);
  define(env, exports, "crossEntropy", call<crossEntropy>);
  define(env, exports, "crossEntropyGradient", call<crossEntropyGradient>);
  define(env, exports, "logSoftmax", call<logSoftmax>);
  define(env, exports, "adamW", call<adamW>);
  define(env, exports, "weightedSum", call<weightedSum>);
  define(env, exports, "sumOfSquares", call<sumOfSquares>);
  define(env, exports, "peak", call<peak<&Kernels::peak>>);
  define(env, exports, "peakBf16", call<peak<&Kernels::peakBf16>>);
  return exports;
}

}  // namespace
}  // namespace letterpress

NAPI_MODULE_INIT() { return letterpress::initialize(env, exports); }
