import type { FloatArray } from '../types.js';

type Dropout4 = [rate: number, key0: number, key1: number, site: number];
type Optional = FloatArray | undefined;

/** What native/addon.cc exports: the order of the arguments is documented there. */
export interface NativeAddon {
  configure(instructionSet: string, threads: number): void;
  instructionSets(): string[];
  embed(
    ...args: [
      ...sizes: [rows: number, width: number, vocabulary: number, contextLength: number],
      ...ints: [tokens: Int32Array, positions: Int32Array],
      ...dropout: Dropout4,
      ...floats: [tokenTable: FloatArray, positionTable: Optional, out: FloatArray],
    ]
  ): void;
  embedGradient(
    ...args: [
      ...sizes: [rows: number, width: number, vocabulary: number, contextLength: number],
      ...ints: [tokens: Int32Array, positions: Int32Array],
      ...dropout: Dropout4,
      ...gradients: [gradOut: FloatArray, gradTokenTable: FloatArray, gradPositionTable: Optional],
    ]
  ): void;
  linear(
    ...args: [
      ...sizes: [rows: number, inputs: number, outputs: number],
      ...floats: [x: FloatArray, weight: FloatArray, bias: Optional, out: FloatArray],
    ]
  ): void;
  linearBf16: NativeAddon['linear'];
  linearGradient(
    ...args: [
      ...sizes: [rows: number, inputs: number, outputs: number],
      ...floats: [
        x: FloatArray,
        weight: FloatArray,
        gradOut: FloatArray,
        gradX: Optional,
        gradWeight: Optional,
        gradBias: Optional,
      ],
    ]
  ): void;
  linearGradientBf16: NativeAddon['linearGradient'];
  queryKeyNorm(
    ...args: [
      ...sizes: [rows: number, heads: number, headWidth: number],
      ...floats: [qkv: FloatArray, keyWeight: FloatArray, queryWeight: FloatArray, out: FloatArray],
    ]
  ): void;
  queryKeyNormGradient(
    ...args: [
      ...sizes: [rows: number, heads: number, headWidth: number],
      ...floats: [qkv: FloatArray, keyWeight: FloatArray, queryWeight: FloatArray],
      ...gradients: [gradOut: FloatArray, gradQkv: FloatArray, gradKeyWeight: FloatArray, gradQueryWeight: FloatArray],
    ]
  ): void;
  rotary(
    ...args: [
      ...sizes: [rows: number, heads: number, headWidth: number, contextLength: number],
      ...data: [positions: Int32Array, table: FloatArray, qkv: FloatArray],
    ]
  ): void;
  rotaryGradient: NativeAddon['rotary'];
  attention(
    ...args: [
      ...sizes: [rows: number, heads: number, headWidth: number, texts: number],
      ...data: [offsets: Int32Array, qkv: FloatArray],
      ...dropout: Dropout4,
      out: FloatArray,
    ]
  ): void;
  attentionGradient(
    ...args: [
      ...sizes: [rows: number, heads: number, headWidth: number, texts: number],
      ...data: [offsets: Int32Array, qkv: FloatArray],
      ...dropout: Dropout4,
      ...gradients: [gradOut: FloatArray, gradQkv: FloatArray],
    ]
  ): void;
  cachedAttention(
    ...args: [
      ...heads: [rows: number, heads: number, headWidth: number],
      ...cache: [contextLength: number, cacheSlots: number, scale: number],
      ...ints: [slots: Int32Array, positions: Int32Array],
      ...queries: [queryStride: number, queries: FloatArray],
      ...news: [newStride: number, newKeys: FloatArray, newValues: FloatArray],
      ...floats: [keys: FloatArray, values: FloatArray, out: FloatArray],
    ]
  ): void;
  cachedInputAttention(
    ...args: [
      ...sizes: [rows: number, heads: number, width: number, contextLength: number, cacheSlots: number],
      ...score: [scale: number],
      ...ints: [slots: Int32Array, positions: Int32Array],
      ...floats: [queries: FloatArray, inputs: FloatArray, cache: FloatArray, out: FloatArray],
    ]
  ): void;
  add(...args: [length: number, x: FloatArray, update: FloatArray, ...dropout: Dropout4, out: FloatArray]): void;
  addGradient(
    ...args: [
      length: number,
      ...dropout: Dropout4,
      ...gradients: [gradOut: FloatArray, gradX: FloatArray, gradUpdate: FloatArray],
    ]
  ): void;
  addLayerNorm(
    ...args: [
      ...sizes: [rows: number, width: number],
      ...data: [x: FloatArray, update: Optional],
      ...dropout: Dropout4,
      ...floats: [weight: FloatArray, bias: FloatArray, out: FloatArray],
    ]
  ): void;
  addLayerNormGradient(
    ...args: [
      ...sizes: [rows: number, width: number],
      ...data: [x: FloatArray, update: Optional],
      ...dropout: Dropout4,
      weight: FloatArray,
      ...gradients: [
        gradOut: FloatArray,
        gradX: FloatArray,
        gradUpdate: Optional,
        gradWeight: FloatArray,
        gradBias: FloatArray,
      ],
    ]
  ): void;
  swiglu(...args: [...sizes: [rows: number, hidden: number], x: FloatArray, out: FloatArray]): void;
  swigluGradient(
    ...args: [
      ...sizes: [rows: number, hidden: number],
      x: FloatArray,
      ...gradients: [gradOut: FloatArray, gradX: FloatArray],
    ]
  ): void;
  mlp(
    ...args: [
      ...sizes: [rows: number, width: number, hidden: number],
      ...weights: [x: FloatArray, weight1: FloatArray, bias1: FloatArray, weight2: FloatArray, bias2: FloatArray],
      out: FloatArray,
    ]
  ): void;
  mlpBf16: NativeAddon['mlp'];
  mlpGradient(
    ...args: [
      ...sizes: [rows: number, width: number, hidden: number],
      ...weights: [x: FloatArray, weight1: FloatArray, bias1: FloatArray, weight2: FloatArray],
      ...gradients: [
        gradOut: FloatArray,
        gradX: FloatArray,
        gradWeight1: FloatArray,
        gradBias1: FloatArray,
        gradWeight2: FloatArray,
        gradBias2: FloatArray,
      ],
    ]
  ): void;
  mlpGradientBf16: NativeAddon['mlpGradient'];
  crossEntropy(
    ...args: [
      ...sizes: [rows: number, vocabulary: number],
      ...data: [logits: FloatArray, targets: Int32Array, nll: FloatArray, correct: FloatArray],
    ]
  ): void;
  crossEntropyGradient(
    ...args: [
      ...sizes: [rows: number, vocabulary: number],
      ...data: [logits: FloatArray, targets: Int32Array],
      ...loss: [scale: number, softShare: number, soft: Optional],
      gradLogits: FloatArray,
    ]
  ): void;
  logSoftmax(
    ...args: [
      ...sizes: [rows: number, vocabulary: number],
      ...data: [logits: FloatArray, temperature: number, out: FloatArray],
    ]
  ): void;
  adamW(
    ...args: [
      length: number,
      ...buffers: [parameters: FloatArray, gradients: FloatArray, firstMoments: FloatArray, secondMoments: FloatArray],
      ...segments: [count: number, ends: Int32Array, decay: Float64Array],
      ...constants: [
        learningRate: number,
        beta1: number,
        beta2: number,
        epsilon: number,
        step: number,
        gradientScale: number,
      ],
    ]
  ): void;
  weightedSum(
    ...args: [length: number, x: FloatArray, y: FloatArray, scaleX: number, scaleY: number, out: FloatArray]
  ): void;
  sumOfSquares(length: number, x: FloatArray): number;
  peak(milliseconds: number): number;
  peakBf16: NativeAddon['peak'];
}
