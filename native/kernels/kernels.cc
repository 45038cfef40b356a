// All kernels for one instruction set. Compiled once for each, with LETTERPRESS_ISA set to its name.
#include "attention.h"
#include "cached_attention.h"
#include "heads.h"
#include "kept_mlp.h"
#include "linear.h"
#include "mlp.h"
#include "muon.h"
#include "optimizer.h"
#include "rows.h"

#if defined(__wasm__)  // pages download the module, and seldom compute in bfloat16
#pragma clang attribute push(__attribute__((minsize)), apply_to = function)
#endif
#include "bf16/gated_mlp.h"
#include "bf16/linear.h"
#include "bf16/mlp_gradient.h"
#include "bf16/muon.h"
#if defined(__wasm__)
#pragma clang attribute pop
#endif
#include "peak.h"

#define LP_TEXT_(x) #x
#define LP_TEXT(x) LP_TEXT_(x)
#define LP_JOIN_(a, b) a##b
#define LP_JOIN(a, b) LP_JOIN_(a, b)

namespace letterpress {

extern const Kernels LP_JOIN(kernels_, LETTERPRESS_ISA);

const Kernels LP_JOIN(kernels_, LETTERPRESS_ISA) = {
    LP_TEXT(LETTERPRESS_ISA),
    LETTERPRESS_ISA::embed,
    LETTERPRESS_ISA::embedGradient,
    LETTERPRESS_ISA::linear,
    LETTERPRESS_ISA::linearGradient,
    LETTERPRESS_ISA::queryKeyNorm,
    LETTERPRESS_ISA::rotary,
    LETTERPRESS_ISA::attention,
    LETTERPRESS_ISA::attentionGradient,
    LETTERPRESS_ISA::cachedAttention,
    LETTERPRESS_ISA::cachedInputAttention,
    LETTERPRESS_ISA::add,
    LETTERPRESS_ISA::addGradient,
    LETTERPRESS_ISA::addLayerNorm,
    LETTERPRESS_ISA::addLayerNormGradient,
    LETTERPRESS_ISA::swigluMlp,
    LETTERPRESS_ISA::swigluMlpGradient,
    LETTERPRESS_ISA::geluMlp,
    LETTERPRESS_ISA::geluMlpGradient,
    LETTERPRESS_ISA::crossEntropy,
    LETTERPRESS_ISA::crossEntropyGradient,
    LETTERPRESS_ISA::logSoftmax,
    LETTERPRESS_ISA::clear,
    LETTERPRESS_ISA::weightedSum,
    LETTERPRESS_ISA::adamW,
    LETTERPRESS_ISA::muon,
    LETTERPRESS_ISA::sumOfSquares,
    LETTERPRESS_ISA::bf16::linear,
    LETTERPRESS_ISA::bf16::linearGradient,
    LETTERPRESS_ISA::bf16::mlp,
    LETTERPRESS_ISA::bf16::mlpGradient,
    LETTERPRESS_ISA::bf16::swigluMlp,
    LETTERPRESS_ISA::bf16::swigluMlpGradient,
    LETTERPRESS_ISA::bf16::muon,
    LETTERPRESS_ISA::peak,
    LETTERPRESS_ISA::peakBf16,
};

}  // namespace letterpress
