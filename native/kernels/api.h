// The contract of src/backend/types.ts as plain C structs. Shapes and conventions are documented there;
// matrices are row-major float32, gradients are added to.
#pragma once
#include <cstdint>

namespace letterpress {

struct Dropout {
  double rate;
  uint32_t key0, key1, site;
};

struct Embed {
  int rows, width;
  const int32_t *tokens, *positions;
  Dropout dropout;
  const float *tokenTable, *positionTable;  // forward; positions may be null, here and in the gradient
  float* out;
  const float* gradOut;  // gradient
  float *gradTokenTable, *gradPositionTable;
};

struct Linear {
  int rows, inputs, outputs;
  const float *x, *weight, *bias;
  float* out;
  const float* gradOut;
  bool sets;
  float *gradX, *gradWeight, *gradBias;
};

struct QueryKeyNorm {
  int rows, heads, headWidth;
  const float *qkv, *keyWeight, *queryWeight;
  const float* table;  // may be null, and then `positions` are
  const int32_t* positions;
  float* out;
};

struct Rotary {
  int rows, heads, headWidth;
  const int32_t* positions;
  const float* table;
  float* qkv;
};

struct Attention {
  int rows, heads, headWidth, texts;
  bool causal;
  const int32_t* offsets;
  const float* qkv;
  const float *keyWeight, *queryWeight;  // may be null, and then their gradients are
  const float* table;                    // may be null
  Dropout dropout;
  float* out;
  const float* gradOut;
  float *gradQkv, *gradKeyWeight, *gradQueryWeight;
};

struct CachedAttention {
  int rows, heads, headWidth, contextLength;
  float scale;
  const int32_t *slots, *positions;
  const float *queries, *newKeys, *newValues;
  long queryStride, newStride;
  float *keys, *values, *out;
};

struct CachedInputAttention {
  int rows, heads, width, contextLength;
  float scale;
  const int32_t *slots, *positions;
  const float *queries, *inputs;
  float *cache, *out;
};

// The cache's rows of keys and values are filled up to multiples of this many numbers: a vector of any instruction set.
constexpr int kCacheAlignment = 16;

struct Add {
  int length;
  Dropout dropout;
  const float *x, *update;
  float* out;
  const float* gradOut;
  bool sets;
  float* gradUpdate;
};

struct AddLayerNorm {
  int rows, width;
  const float *x, *update;
  Dropout dropout;
  const float *weight, *bias;
  float* out;
  const float* gradOut;
  bool sets;
  float *gradX, *gradUpdate, *gradWeight, *gradBias;
};

struct Mlp {
  int rows, width, hidden;
  const float *x, *weight1, *bias1, *weight2, *bias2;  // of the gated one, weight1 is of gates and ups, without biases
  float* kept;  // the hidden layer before its activation, or gates and ups; the gradient uses it up. Null: not kept.
                // mlpBf16 and its gradient never look at it.
  float* out;
  const float* gradOut;
  bool sets;  // whether gradX is set, not added to
  float *gradX, *gradWeight1, *gradBias1, *gradWeight2, *gradBias2;
};

struct CrossEntropy {
  int rows, vocabulary;
  const float* logits;
  const int32_t* targets;
  float *nll, *correct;
  float scale;
  double softShare;
  const float* soft;
  float* gradLogits;
};

struct LogSoftmax {
  int rows, vocabulary;
  const float* logits;
  float temperature;
  float* out;
};

struct Clear {
  int length;
  float* x;
};

struct WeightedSum {
  int length;
  const float *x, *y;
  double scaleX, scaleY;
  float* out;
};

struct AdamW {
  int length, segments;
  float* parameters;
  const float* gradients;
  float *firstMoments, *secondMoments;
  const int32_t* segmentEnds;
  const double* segmentDecay;
  double learningRate, beta1, beta2, epsilon, step, gradientScale;
};

struct Muon {
  int length, count;
  float* parameters;
  const float* gradients;
  float* momentum;
  const int32_t* matrices;  // [count][3]: offset, rows, columns
  double learningRate, momentumDecay, weightDecay, updateSize, gradientScale;
};

struct SumOfSquares {
  int length;
  const float* x;
  double sum;  // result
};

struct Peak {
  int tasks;
  double operations;  // result: floating-point operations done, all tasks together
};

class Pool;

// One instruction set's kernels. Each takes the pool to run on and its arguments.
struct Kernels {
  const char* name;
  void (*embed)(Pool&, const Embed&);
  void (*embedGradient)(Pool&, const Embed&);
  void (*linear)(Pool&, const Linear&);
  void (*linearGradient)(Pool&, const Linear&);
  void (*queryKeyNorm)(Pool&, const QueryKeyNorm&);
  void (*rotary)(Pool&, const Rotary&);
  void (*attention)(Pool&, const Attention&);
  void (*attentionGradient)(Pool&, const Attention&);
  void (*cachedAttention)(Pool&, const CachedAttention&);
  void (*cachedInputAttention)(Pool&, const CachedInputAttention&);
  void (*add)(Pool&, const Add&);
  void (*addGradient)(Pool&, const Add&);
  void (*addLayerNorm)(Pool&, const AddLayerNorm&);
  void (*addLayerNormGradient)(Pool&, const AddLayerNorm&);
  void (*swigluMlp)(Pool&, const Mlp&);
  void (*swigluMlpGradient)(Pool&, const Mlp&);
  void (*mlp)(Pool&, const Mlp&);
  void (*mlpGradient)(Pool&, const Mlp&);
  void (*crossEntropy)(Pool&, const CrossEntropy&);
  void (*crossEntropyGradient)(Pool&, const CrossEntropy&);
  void (*logSoftmax)(Pool&, const LogSoftmax&);
  void (*clear)(Pool&, const Clear&);
  void (*weightedSum)(Pool&, const WeightedSum&);
  void (*adamW)(Pool&, const AdamW&);
  void (*muon)(Pool&, const Muon&);
  void (*sumOfSquares)(Pool&, SumOfSquares&);
  // With the operands of the products rounded to bfloat16.
  void (*linearBf16)(Pool&, const Linear&);
  void (*linearGradientBf16)(Pool&, const Linear&);
  void (*mlpBf16)(Pool&, const Mlp&);
  void (*mlpGradientBf16)(Pool&, const Mlp&);
  void (*swigluMlpBf16)(Pool&, const Mlp&);
  void (*swigluMlpGradientBf16)(Pool&, const Mlp&);
  void (*muonBf16)(Pool&, const Muon&);
  void (*peak)(Pool&, Peak&);
  void (*peakBf16)(Pool&, Peak&);
};

}  // namespace letterpress
