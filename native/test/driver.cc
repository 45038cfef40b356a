// Runs every kernel of every instruction set on shapes at the edges of its blocks, for the sanitizers (see
// scripts/sanitize-native.mjs): no JavaScript, arrays of exactly the size that the contract asks for. Whether results
// are right is checked elsewhere (test/backend); here they must be numbers, and the same bits on 1 and 3 threads.
//
//   driver [SET...]                       those instruction sets, or all that are here
//   driver --compare [SET...]             also against the results of the baseline, for processors (or emulators) on
//                                         which test/backend does not run
//   driver --only WORD ...                only cases whose name has that word, e.g. bf16
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <functional>

#include "../dispatch.h"
#include "../parts.h"
#include "../thread_pool.h"
#include "buffers.h"

namespace letterpress {
namespace {

struct Case {
  std::string name;
  std::function<void(const Kernels&, Pool&, Buffers&)> run;
};

std::string named(const char* op, std::vector<long> sizes) {
  std::string name = op;
  for (const long size : sizes) name += " " + std::to_string(size);
  return name;
}

Dropout dropoutOf(double rate) { return {rate, 0x9e3779b9u, 0xffffffffu, 0x80000001u}; }

Case embedCase(int rows, int width, double rate, bool positions = true) {
  return {named("embed", {rows, width}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            constexpr int kVocabulary = 29, kWindow = 150;
            Embed a = {};
            a.rows = rows;
            a.width = width;
            a.tokens = make.integers(rows, kVocabulary);
            a.positions = make.integers(rows, kWindow);
            a.dropout = dropoutOf(rate);
            a.tokenTable = make.input(kVocabulary * width);
            a.positionTable = positions ? make.input(kWindow * width) : nullptr;
            a.out = make.output(static_cast<long>(rows) * width);
            kernels.embed(pool, a);
            a.gradOut = make.input(static_cast<long>(rows) * width);
            a.gradTokenTable = make.gradient(kVocabulary * width);
            a.gradPositionTable = positions ? make.gradient(kWindow * width) : nullptr;
            kernels.embedGradient(pool, a);
          }};
}

Case linearCase(int rows, int inputs, int outputs, bool bias, bool bf16 = false) {
  const std::string name = named(bf16 ? "linear bf16" : "linear", {rows, inputs, outputs});
  return {name, [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            Linear a = {};
            a.rows = rows;
            a.inputs = inputs;
            a.outputs = outputs;
            a.x = make.input(static_cast<long>(rows) * inputs);
            a.weight = make.input(static_cast<long>(outputs) * inputs);
            a.bias = bias ? make.input(outputs) : nullptr;
            a.out = make.output(static_cast<long>(rows) * outputs);
            (bf16 ? kernels.linearBf16 : kernels.linear)(pool, a);
            a.gradOut = make.input(static_cast<long>(rows) * outputs);
            a.gradX = make.gradient(static_cast<long>(rows) * inputs);
            a.gradWeight = make.gradient(static_cast<long>(outputs) * inputs);
            a.gradBias = bias ? make.gradient(outputs) : nullptr;
            (bf16 ? kernels.linearGradientBf16 : kernels.linearGradient)(pool, a);
            a.sets = true;
            a.gradX = make.output(static_cast<long>(rows) * inputs);
            (bf16 ? kernels.linearGradientBf16 : kernels.linearGradient)(pool, a);
          }};
}

Case queryKeyNormCase(int rows, int heads, int headWidth) {
  return {named("queryKeyNorm", {rows, heads, headWidth}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            const long count = 3L * rows * heads * headWidth;
            QueryKeyNorm a = {};
            a.rows = rows;
            a.heads = heads;
            a.headWidth = headWidth;
            a.qkv = make.input(count);
            a.keyWeight = make.input(headWidth);
            a.queryWeight = make.input(headWidth);
            a.out = make.output(count);
            kernels.queryKeyNorm(pool, a);
            if (headWidth < 2) return;
            a.table = make.input(2L * 40 * (headWidth / 2));
            a.positions = make.integers(rows, 40);
            a.out = make.output(count);
            kernels.queryKeyNorm(pool, a);
          }};
}

Case rotaryCase(int rows, int heads, int headWidth) {
  return {named("rotary", {rows, heads, headWidth}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            constexpr int kWindow = 150;
            const long count = 3L * rows * heads * headWidth;
            Rotary a = {};
            a.rows = rows;
            a.heads = heads;
            a.headWidth = headWidth;
            a.positions = make.integers(rows, kWindow);
            a.table = make.input(2L * kWindow * (headWidth / 2));
            a.qkv = make.gradient(count);
            kernels.rotary(pool, a);
          }};
}

Case swigluMlpCase(int rows, int width, int hidden, bool bf16 = false) {
  const char* const op = bf16 ? "swigluMlp bf16" : "swigluMlp";
  return {named(op, {rows, width, hidden}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            const long count = static_cast<long>(rows) * width, weights = static_cast<long>(hidden) * width;
            Mlp a = {};
            a.rows = rows;
            a.width = width;
            a.hidden = hidden;
            a.x = make.input(count);
            a.weight1 = make.input(2 * weights);
            a.weight2 = make.input(weights);
            a.kept = make.output(2L * rows * hidden);
            a.out = make.output(count);
            (bf16 ? kernels.swigluMlpBf16 : kernels.swigluMlp)(pool, a);
            for (const bool sets : {false, true}) {
              a.sets = sets;
              a.kept = make.usedUp(2L * rows * hidden);
              a.gradOut = make.input(count);
              a.gradX = sets ? make.output(count) : make.gradient(count);
              a.gradWeight1 = make.gradient(2 * weights);
              a.gradWeight2 = make.gradient(weights);
              (bf16 ? kernels.swigluMlpGradientBf16 : kernels.swigluMlpGradient)(pool, a);
            }
          }};
}

Case attentionCase(std::vector<int32_t> lengths, int heads, int headWidth, double rate, bool causal = true) {
  const char* const op = causal ? "attention" : "attention without mask";
  const std::string name = named(op, {static_cast<long>(lengths.size()), lengths[0], heads, headWidth});
  return {name, [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            std::vector<int32_t> offsets = {0};
            for (const int32_t length : lengths) offsets.push_back(offsets.back() + length);
            Attention a = {};
            a.rows = offsets.back();
            a.heads = heads;
            a.headWidth = headWidth;
            a.texts = static_cast<int>(lengths.size());
            a.causal = causal;
            a.offsets = make.copy(offsets);
            const long outs = static_cast<long>(a.rows) * heads * headWidth;
            a.qkv = make.input(3 * outs);
            a.dropout = dropoutOf(rate);
            // Keys and queries as they are; rotated; normalised too.
            for (int prepared = 0; prepared < (headWidth < 2 ? 1 : 3); prepared++) {
              const int longest = *std::max_element(lengths.begin(), lengths.end());
              if (prepared > 0) a.table = make.input(static_cast<long>(longest) * (headWidth / 2 * 2));
              if (prepared > 1) {
                a.keyWeight = make.input(headWidth);
                a.queryWeight = make.input(headWidth);
                a.gradKeyWeight = make.gradient(headWidth);
                a.gradQueryWeight = make.gradient(headWidth);
              }
              a.out = make.output(outs);
              kernels.attention(pool, a);
              a.gradOut = make.input(outs);
              a.gradQkv = make.output(3 * outs);
              kernels.attentionGradient(pool, a);
            }
          }};
}

// Gives every row a slot of its own, from the last, and a position.
template <class Args>
void placeRows(Args& a, int slots, Buffers& make) {
  std::vector<int32_t> slotOf, positions;
  for (int r = 0; r < a.rows; r++) {
    slotOf.push_back(slots - 1 - r);
    positions.push_back(r == 0 ? a.contextLength - 1 : (7 * r) % a.contextLength);
  }
  a.slots = make.copy(slotOf);
  a.positions = make.copy(positions);
}

Case cachedAttentionCase(int rows, int slots, int contextLength, int heads, int headWidth) {
  const std::string name = named("cachedAttention", {rows, slots, contextLength, heads, headWidth});
  return {name, [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            CachedAttention a = {};
            a.rows = rows;
            a.heads = heads;
            a.headWidth = headWidth;
            a.contextLength = contextLength;
            a.scale = 0.3f;
            placeRows(a, slots, make);
            const long group = static_cast<long>(heads) * headWidth;
            const auto padded = [](long n) { return (n + kCacheAlignment - 1) / kCacheAlignment * kCacheAlignment; };
            a.queryStride = group;
            a.queries = make.input(rows * group);
            a.newStride = group;
            a.newKeys = make.input(rows * group);
            a.newValues = make.input(rows * group);
            a.keys = make.gradient(slots * group * padded(contextLength));
            a.values = make.gradient(slots * contextLength * padded(group) + kCacheAlignment);
            a.out = make.output(rows * group);
            kernels.cachedAttention(pool, a);
          }};
}

Case cachedInputAttentionCase(int rows, int slots, int contextLength, int heads, int width) {
  const std::string name = named("cachedInputAttention", {rows, slots, contextLength, heads, width});
  return {name, [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            CachedInputAttention a = {};
            a.rows = rows;
            a.heads = heads;
            a.width = width;
            a.contextLength = contextLength;
            a.scale = 0.3f;
            placeRows(a, slots, make);
            a.queries = make.input(static_cast<long>(rows) * heads * width);
            a.inputs = make.input(static_cast<long>(rows) * width);
            a.cache = make.gradient(static_cast<long>(slots) * contextLength * width);
            a.out = make.output(static_cast<long>(rows) * heads * width);
            kernels.cachedInputAttention(pool, a);
          }};
}

Case addCase(int length, double rate) {
  return {named("add", {length}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            Add a = {};
            a.length = length;
            a.dropout = dropoutOf(rate);
            a.x = make.input(length);
            a.update = make.input(length);
            a.out = make.output(length);
            kernels.add(pool, a);
            a.gradOut = make.input(length);
            a.gradUpdate = make.gradient(length);
            kernels.addGradient(pool, a);
            a.sets = true;
            a.gradUpdate = make.output(length);
            kernels.addGradient(pool, a);
          }};
}

Case addLayerNormCase(int rows, int width, bool update, double rate) {
  return {named("addLayerNorm", {rows, width, update}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            const long count = static_cast<long>(rows) * width;
            AddLayerNorm a = {};
            a.rows = rows;
            a.width = width;
            a.x = make.input(count);
            a.update = update ? make.input(count) : nullptr;
            a.dropout = dropoutOf(rate);
            a.weight = make.input(width);
            a.bias = make.input(width);
            a.out = make.output(count);
            kernels.addLayerNorm(pool, a);
            a.gradOut = make.input(count);
            a.gradX = make.gradient(count);
            a.gradUpdate = update ? make.gradient(count) : nullptr;
            a.gradWeight = make.gradient(width);
            a.gradBias = make.gradient(width);
            kernels.addLayerNormGradient(pool, a);
            a.sets = true;
            a.gradX = make.output(count);
            a.gradUpdate = update ? make.output(count) : nullptr;
            kernels.addLayerNormGradient(pool, a);
          }};
}

Case mlpCase(int rows, int width, int hidden, bool bf16 = false, bool keeps = false) {
  const std::string name = named(bf16 ? "mlp bf16" : "mlp", {rows, width, hidden, keeps});
  return {name, [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            const long count = static_cast<long>(rows) * width, weights = static_cast<long>(hidden) * width;
            Mlp a = {};
            a.rows = rows;
            a.width = width;
            a.hidden = hidden;
            a.x = make.input(count);
            a.weight1 = make.input(weights);
            a.bias1 = make.input(hidden);
            a.weight2 = make.input(weights);
            a.bias2 = make.input(width);
            a.out = make.output(count);
            if (keeps) a.kept = make.output(static_cast<long>(rows) * hidden);
            (bf16 ? kernels.mlpBf16 : kernels.mlp)(pool, a);
            a.gradOut = make.input(count);
            a.gradX = make.gradient(count);
            a.gradWeight1 = make.gradient(weights);
            a.gradBias1 = make.gradient(hidden);
            a.gradWeight2 = make.gradient(weights);
            a.gradBias2 = make.gradient(width);
            (bf16 ? kernels.mlpGradientBf16 : kernels.mlpGradient)(pool, a);
          }};
}

Case lossCase(int rows, int vocabulary) {
  const std::string name = named("crossEntropy, logSoftmax", {rows, vocabulary});
  return {name, [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            const long count = static_cast<long>(rows) * vocabulary;
            CrossEntropy a = {};
            a.rows = rows;
            a.vocabulary = vocabulary;
            a.logits = make.input(count);
            a.targets = make.integers(rows, vocabulary);
            a.nll = make.output(rows);
            a.correct = make.output(rows);
            kernels.crossEntropy(pool, a);
            a.scale = 0.5f;
            a.gradLogits = make.output(count);
            kernels.crossEntropyGradient(pool, a);
            a.softShare = 0.25;
            a.gradLogits = make.output(count);
            kernels.crossEntropyGradient(pool, a);
            a.soft = make.input(count);
            a.gradLogits = make.output(count);
            kernels.crossEntropyGradient(pool, a);
            LogSoftmax b = {rows, vocabulary, a.logits, 0.01f, make.output(count)};
            kernels.logSoftmax(pool, b);
          }};
}

Case adamWCase(std::vector<int32_t> ends) {
  return {named("adamW", {ends.back()}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            AdamW a = {};
            a.length = ends.back();
            a.segments = static_cast<int>(ends.size());
            a.parameters = make.gradient(a.length);
            a.gradients = make.input(a.length);
            a.firstMoments = make.gradient(a.length);
            a.secondMoments = make.positive(a.length);
            a.segmentEnds = make.copy(ends);
            a.segmentDecay = make.copy(std::vector<double>(ends.size(), 0.1));
            a.learningRate = 1e-3;
            a.beta1 = 0.9;
            a.beta2 = 0.999;
            a.epsilon = 1e-8;
            a.step = 3;
            a.gradientScale = 0.5;
            kernels.adamW(pool, a);
            SumOfSquares b = {a.length, a.gradients, NAN};
            kernels.sumOfSquares(pool, b);
            make.output(1)[0] = static_cast<float>(b.sum);
          }};
}

Case muonCase(std::vector<int32_t> sides, bool bf16 = false) {
  const std::string name = named(bf16 ? "muon bf16" : "muon", {sides[0], sides[1]});
  return {name, [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            std::vector<int32_t> matrices;
            Muon a = {};
            for (size_t i = 0; i < sides.size(); i += 2) {
              matrices.insert(matrices.end(), {a.length, sides[i], sides[i + 1]});
              a.length += sides[i] * sides[i + 1];
            }
            a.count = static_cast<int>(sides.size() / 2);
            a.parameters = make.gradient(a.length);
            a.gradients = make.input(a.length);
            a.momentum = make.gradient(a.length);
            a.matrices = make.copy(matrices);
            a.learningRate = 0.01;
            a.momentumDecay = 0.95;
            a.weightDecay = 0.1;
            a.updateSize = 0.2;
            a.gradientScale = 0.5;
            (bf16 ? kernels.muonBf16 : kernels.muon)(pool, a);
          }};
}

Case clearCase(int length) {
  return {named("clear", {length}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            kernels.clear(pool, {length, make.output(length)});
          }};
}

Case weightedSumCase(int length) {
  return {named("weightedSum", {length}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            WeightedSum a = {length, make.input(length), make.gradient(length), 0.5, -2, nullptr};
            a.out = const_cast<float*>(a.y);
            kernels.weightedSum(pool, a);
            a.out = make.output(length);
            kernels.weightedSum(pool, a);
          }};
}

Case peakCase(int tasks) {
  return {named("peak", {tasks}), [=](const Kernels& kernels, Pool& pool, Buffers& make) {
            Peak a = {tasks, NAN};
            kernels.peak(pool, a);
            Peak b = {tasks, NAN};
            kernels.peakBf16(pool, b);
            // How many operations a round takes is the instruction set's own affair.
            make.output(1)[0] = a.operations > 0 && b.operations > 0 ? 1.0f : NAN;
          }};
}

std::vector<Case> allCases() {
  std::vector<Case> cases = {
      embedCase(1, 1, 0.5),
      embedCase(65, 15, 0.1),
      embedCase(130, 48, 0),
      embedCase(65, 17, 0.1, false),
      attentionCase({1}, 1, 1, 0.5),
      attentionCase({1, 2, 3, 4, 5, 6, 7, 8, 9}, 2, 5, 0.2),
      attentionCase({15, 16, 17, 31, 32, 33}, 3, 12, 0),
      attentionCase({47, 48, 49}, 1, 48, 0.1),
      attentionCase({150, 1, 97}, 2, 20, 0.3),
      attentionCase({1, 15, 33}, 2, 12, 0.1, false),
      attentionCase({1024, 3}, 1, 2, 0.1),
      cachedAttentionCase(1, 1, 1, 1, 1),
      cachedAttentionCase(5, 7, 17, 2, 5),
      cachedAttentionCase(3, 3, 150, 4, 12),
      cachedInputAttentionCase(1, 1, 1, 1, 1),
      cachedInputAttentionCase(5, 7, 17, 2, 5),
      cachedInputAttentionCase(3, 3, 150, 5, 20),
      cachedInputAttentionCase(2, 3, 40, 19, 33),
      addCase(1, 0.5),
      addCase(17, 0),
      addCase(16384, 0.1),
      addCase(33001, 0.1),
      peakCase(3),
      clearCase(33001),
      weightedSumCase(1),
      weightedSumCase(17),
      weightedSumCase(33001),
      muonCase({1, 1}),
      muonCase({3, 17, 17, 3, 16, 16, 1, 33, 33, 1}),
      muonCase({48, 48, 48, 144, 144, 48, 31, 97}),
      muonCase({3, 17, 17, 3, 16, 16, 1, 33, 33, 1}, true),
      muonCase({48, 48, 48, 144, 144, 48, 31, 97}, true),
      adamWCase({1}),
      adamWCase({3, 3, 17}),
      adamWCase({5000, 16400, 16401, 33001}),
  };
  for (const int rows : {1, 2, 4, 5, 6, 7, 11, 12, 13, 47, 48, 49, 97, 150}) {
    for (const int width : {1, 3, 8, 17, 20, 33}) {
      cases.push_back(linearCase(rows, width, 29, width % 2 == 0));
      cases.push_back(addLayerNormCase(rows, width, width != 8, width % 2 == 0 ? 0 : 0.1));
      cases.push_back(swigluMlpCase(rows, width, width + 3));
      for (const int heads : {1, 3}) {
        cases.push_back(queryKeyNormCase(rows, heads, width));
        if (width > 1) cases.push_back(rotaryCase(rows, heads, width));
      }
    }
    cases.push_back(linearCase(rows, 48, 145, true));
    cases.push_back(linearCase(rows, 29, 1, true));
    for (const int hidden : {1, 47, 48, 97, 144, 145, 289}) cases.push_back(mlpCase(rows, 20, hidden));
    for (const int width : {1, 15, 16, 31, 60}) cases.push_back(mlpCase(rows, width, 50));
    for (const int vocabulary : {1, 2, 8, 29, 100}) cases.push_back(lossCase(rows, vocabulary));
  }
  for (const int rows : {1, 5, 49, 97}) {
    for (const int hidden : {1, 33, 256}) cases.push_back(mlpCase(rows, 66, hidden, false, true));
  }
  for (const int rows : {12, 16, 24, 29, 60, 93}) {  // few enough to be turned instead of the weights
    cases.push_back(linearCase(rows, 190, 193, rows % 2 == 0));
    cases.push_back(swigluMlpCase(rows, 130, 200));
  }
  cases.push_back(linearCase(257, 5, 31, true));
  cases.push_back(linearCase(513, 3, 17, false));
  cases.push_back(mlpCase(97, 128, 1500));
  cases.push_back(mlpCase(5, 256, 200));

  // Tiles have 16 lines, a step is 32, and chunks have 128 or 256 hidden units.
  for (const int rows : {1, 4, 16, 17, 32, 33, 64, 65, 129, 150}) {
    for (const int width : {1, 16, 20, 33}) cases.push_back(linearCase(rows, width, 29, width % 2 == 0, true));
    for (const int hidden : {1, 31, 33, 200}) cases.push_back(mlpCase(rows, 20, hidden, true));
    cases.push_back(linearCase(rows, 48, 145, true, true));
    cases.push_back(mlpCase(rows, 48, 65, true));
    cases.push_back(swigluMlpCase(rows, 20, 33, true));
  }
  cases.push_back(linearCase(1100, 3, 17, false, true));  // sums over rows in several pieces
  cases.push_back(mlpCase(33, 16, 600, true));    // groups of hidden units with sums of dx of their own
  cases.push_back(mlpCase(140, 30, 2000, true));  // the same, with several batches of rows
  cases.push_back(mlpCase(40, 16, 4200, true));   // and with several chunks
  cases.push_back(mlpCase(97, 130, 1030, true));  // wide, with dh kept
  return cases;
}

// Runs a case on a pool and returns the hash of its results.
uint64_t runOn(const Kernels& kernels, Pool& pool, const Case& one, uint32_t seed) {
  Buffers buffers(seed);
  one.run(kernels, pool, buffers);
  return buffers.check();
}

bool isBf16(const Case& one) { return one.name.find("bf16") != std::string::npos; }

// Throws unless the results of a case on `kernels` are those of `reference`, apart from rounding: the bounds are three
// times those of test/backend, in parts of the root mean square of the values. Returns the largest difference.
double compare(const Kernels& kernels, const Kernels& reference, const Case& one, uint32_t seed) {
  Pool pool(1);
  Buffers got(seed), expected(seed);
  one.run(kernels, pool, got);
  one.run(reference, pool, expected);
  const auto gotResults = got.results(), expectedResults = expected.results();
  const bool isLinear = one.name.find("linear") != std::string::npos;
  const bool roundsTwice = isBf16(one) && !isLinear;  // what is summed otherwise may be rounded otherwise
  const double bound = roundsTwice ? 3e-2 : 3e-5;
  double largest = 0;
  for (size_t r = 0; r < expectedResults.size(); r++) {
    double squares = 0, difference = 0;
    for (size_t i = 0; i < expectedResults[r].size(); i++) {
      squares += static_cast<double>(expectedResults[r][i]) * expectedResults[r][i];
      difference = std::fmax(difference, std::fabs(static_cast<double>(gotResults[r][i]) - expectedResults[r][i]));
    }
    const double size = std::sqrt(squares / static_cast<double>(expectedResults[r].size()));
    const double error = size > 0 ? difference / size : difference;
    if (!(error <= bound)) {
      throw std::runtime_error("result " + std::to_string(r) + " differs from " + reference.name + " by " +
                               std::to_string(error) + " of its typical size");
    }
    largest = std::fmax(largest, error);
  }
  return largest;
}

void expect(bool right, const char* what) {
  if (!right) throw std::runtime_error(std::string("thread pool: ") + what);
}

// Short rounds, close to each other: every task runs once, in its round, whichever threads were in time.
void checkPool() {
  Pool pool(3);
  int runs[8];
  for (int round = 0; round < 20000; round++) {
    const int tasks = round % 9;
    std::memset(runs, 0, sizeof runs);
    pool.parallel(tasks, [&](int task, int) { runs[task]++; });
    for (int task = 0; task < 8; task++) expect(runs[task] == (task < tasks), "a task did not run exactly once");
  }
}

// Cases as parts, two at a time, give the results that they give one after another; and what one throws arrives.
void checkParts(const Kernels& kernels, const std::vector<Case>& cases) {
  Pool single(1), pool(3);
  Parts parts;
  for (size_t at = 0; at + 1 < cases.size(); at += 2) {
    uint64_t found[2] = {};
    parts.begin(pool, 2, Parts::threadsOfPart(pool.threads(), 2));
    for (size_t i = 0; i < 2; i++) {
      parts.add([&, i](Pool& own) { found[i] = runOn(kernels, own, cases[at + i], 1); });
      parts.next();
    }
    parts.finish();
    for (size_t i = 0; i < 2; i++) {
      expect(found[i] == runOn(kernels, single, cases[at + i], 1), "a part has other results");
    }
  }
  parts.begin(pool, 2, 1);
  parts.add([](Pool&) { throw std::runtime_error("of a part"); });
  parts.next();
  parts.next();
  bool thrown = false;
  try {
    parts.finish();
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  expect(thrown && !parts.isOpen(), "what a part throws does not arrive");
  expect(Parts::threadsOfPart(1, 2) == 1 && Parts::threadsOfPart(2, 2) == 1 && Parts::threadsOfPart(3, 2) == 3 &&
             Parts::threadsOfPart(8, 2) == 4 && Parts::threadsOfPart(6, 4) == 3 && Parts::threadsOfPart(2, 1) == 2,
         "threads are not shared out well");
}

// The governor, on a clock of its own: rounds of 2 ms of processor time, of which the caller does half. `shared` and
// `alone` are what a round takes, in microseconds, with help and without.
class GovernorTrial {
 public:
  // Seconds with help of the next so many seconds.
  double run(double length, int shared, int alone) {
    double helped = 0;
    for (const auto end = now_ + microseconds(static_cast<int>(1e6 * length)); now_ < end;) {
      Governor::Round round = governor_.begin(now_);
      const auto took = microseconds(round.helped ? shared : alone);
      round.computed = round.helped ? 0.001 : 0.002;
      now_ += took;
      if (round.judged) governor_.judge(round, round.helped ? 4 : 8, 8, now_);
      if (round.helped) helped += std::chrono::duration<double>(took).count();
    }
    return helped;
  }

 private:
  using microseconds = std::chrono::microseconds;
  Governor governor_;
  Governor::Clock::time_point now_{};
};

void checkGovernor() {
  GovernorTrial trial;
  expect(trial.run(1, 1100, 2000) > 0.99, "the governor does not ask for help when it should");
  // Other programs have the cores: two threads wait for each other.
  expect(trial.run(1, 4000, 2000) < 0.45, "the governor takes too long to see that help does not help");
  expect(trial.run(10, 4000, 2000) < 0.6, "the governor asks too often for help that does not help");
  // Alone, the caller loses its core just as often.
  expect(trial.run(10, 3000, 6000) > 4, "the governor does not see that it would be slower alone");
  expect(trial.run(10, 7000, 3000) < 0.8, "the governor does not see that it has become faster alone");
  trial.run(2, 1100, 2000);
  expect(trial.run(1, 1100, 2000) > 0.99, "the governor does not see that the cores are free again");
}

// One thread has no races: results on one are compared with those on three where there is no ThreadSanitizer.
#if defined(__SANITIZE_THREAD__)
constexpr bool kSeeksRaces = true;
#else
constexpr bool kSeeksRaces = false;
#endif

// Runs resume on any of the sets with 512-bit vectors: they differ in how they multiply bfloat16, and in nothing else.
const Kernels* sameInFloat32(const Kernels& kernels) {
  const std::string name = kernels.name;
  return name == "avx512bf16" || name == "amx" ? chooseKernels("avx512") : nullptr;
}

struct Options {
  bool compare = false;
  std::string only;
  std::vector<std::string> sets;

  Options(int count, char** words) {
    for (int i = 1; i < count; i++) {
      const std::string word = words[i];
      if (word == "--compare") compare = true;
      else if (word == "--only" && i + 1 < count) only = words[++i];
      else sets.push_back(word);
    }
  }
};

int run(const Options& options) {
  std::vector<Case> cases;
  for (const Case& one : allCases()) {
    if (one.name.find(options.only) != std::string::npos) cases.push_back(one);
  }
  std::vector<const Kernels*> sets;
  for (const std::string& name : options.sets) {
    sets.push_back(chooseKernels(name));
    if (!sets.back()) {
      std::fprintf(stderr, "%s: not an instruction set that this processor and build have\n", name.c_str());
      return 2;
    }
  }
  if (sets.empty()) sets = availableKernels();
  try {
    checkGovernor();
    checkPool();
    for (const Kernels* kernels : sets) checkParts(*kernels, cases);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
  const Kernels& reference = *chooseKernels("baseline");
  for (const Kernels* kernels : sets) {
    double largest = 0, largestBf16 = 0;
    Pool kept(3);
    uint32_t seed = 0;
    for (const Case& one : cases) {
      try {
        seed++;
        // New pools: their scratch memory is as large as this case asks for, and no larger.
        Pool single(1), several(3);
        const uint64_t expected = runOn(*kernels, kSeeksRaces ? several : single, one, seed);
        if ((!kSeeksRaces && runOn(*kernels, several, one, seed) != expected) ||
            runOn(*kernels, kept, one, seed) != expected) {
          throw std::runtime_error("results differ between 1 and 3 threads");
        }
        const Kernels* same = isBf16(one) ? nullptr : sameInFloat32(*kernels);
        if (same && runOn(*same, single, one, seed) != expected) {
          throw std::runtime_error(std::string("other bits than ") + same->name);
        }
        if (!options.compare || kernels == &reference) continue;
        double& seen = isBf16(one) ? largestBf16 : largest;
        seen = std::fmax(seen, compare(*kernels, reference, one, seed));
      } catch (const std::exception& error) {
        std::fprintf(stderr, "%s, %s: %s\n", kernels->name, one.name.c_str(), error.what());
        return 1;
      }
    }
    std::printf("%s: %zu cases", kernels->name, cases.size());
    if (options.compare) {
      std::printf("; from %s at most %.1e, in bf16 %.1e, of the typical size", reference.name, largest, largestBf16);
    }
    std::printf("\n");
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace letterpress

int main(int count, char** words) { return letterpress::run(letterpress::Options(count, words)); }
