/**
 * The contract between the model and the arithmetic: the fused operations that training, evaluation and sampling need,
 * each a forward and a gradient over plain typed arrays. A new operation is declared here and in operations.ts,
 * defined in portable/, computed in native/kernels/, its arguments checked in native/operations.h, counted in
 * profile/operation-work.ts, and used by an op of src/tensor/.
 *
 * Conventions, for every operation:
 * - A batch is packed: `rows` rows, one per predicted character, texts one after another. Matrices are row-major. A
 *   linear layer's weight is `[out, in]`, as in PyTorch.
 * - Forward operations overwrite their outputs. Gradient operations ADD to the gradients they produce (`grad*`), so
 *   that a tensor used twice receives both parts. Exceptions: with `sets`, those of activations (`gradX`, `gradUpdate`)
 *   are set, so that nobody need zero them first; attention, queryKeyNorm and crossEntropy always set theirs, since
 *   nothing else reads their inputs; rotary works in place; what an MLP kept for its gradient is used up there, and
 *   holds anything afterwards.
 * - Arrays may be longer than needed; the sizes given count. Arrays of one call share one element type: float32
 *   everywhere, and float64 as well on the portable backend (finite-difference tests).
 * - Results do not depend on the number of threads, to the bit.
 */

export type FloatArray = Float32Array | Float64Array;

/** Which elements a call drops: a function of key, site and element, so that the gradient can redo the mask. */
export interface Dropout {
  /** Probability of dropping an element, in [0, 1), rounded to 16 bits. 0 turns dropout off. */
  readonly rate: number;
  /** The two key words of the dropout stream (seed). */
  readonly key0: number;
  readonly key1: number;
  /** Differs for every dropout in a step, and for every step. */
  readonly site: number;
}

export const COMPUTE_PRECISIONS = ['f32', 'bf16'] as const;

/**
 * What the operands of the large matrix products (`linear`, `mlp`, `swigluMlp` and their gradients) are rounded to:
 * nothing less than float32, or bfloat16 (8 bits of mantissa, to nearest even). Sums, all other operations and
 * everything between operations are float32 in both.
 */
export type ComputePrecision = (typeof COMPUTE_PRECISIONS)[number];

export const PRECISION_CHOICES = ['auto', ...COMPUTE_PRECISIONS] as const;
/** `auto`: LETTERPRESS_PRECISION, or else bf16 where the processor multiplies it faster, or else f32. */
export type PrecisionChoice = (typeof PRECISION_CHOICES)[number];

export interface BackendInfo {
  readonly name: 'portable' | 'native' | 'wasm';
  /** Instruction set of the kernels, e.g. `avx2`, or `simd128` of WebAssembly; `javascript` for the portable one. */
  readonly instructionSet: string;
  readonly threads: number;
  readonly precision: ComputePrecision;
}

/**
 * Measures for about so many milliseconds (above 0, at most 60,000) how fast the inner loop of all matrix products
 * runs on numbers that stay in the nearest cache: floating-point operations a second, all threads together, in that
 * precision, whichever the backend computes in. No product can be faster, so a model's speed is compared with it.
 */
export type MeasurePeak = (milliseconds: number, precision: ComputePrecision) => number;

interface EmbedArgs {
  readonly rows: number;
  readonly width: number;
  /** `[rows]` token and position of each row. */
  readonly tokens: Int32Array;
  readonly positions: Int32Array;
  readonly dropout: Dropout;
}
export interface EmbedForward extends EmbedArgs {
  /** `[vocabulary, width]` */
  readonly tokenTable: FloatArray;
  /** `[context length, width]`; absent where positions come in elsewhere. */
  readonly positionTable: FloatArray | undefined;
  /** `[rows, width]` = dropout(token row + position row) */
  readonly out: FloatArray;
}
export interface EmbedGradient extends EmbedArgs {
  readonly gradOut: FloatArray;
  readonly gradTokenTable: FloatArray;
  readonly gradPositionTable: FloatArray | undefined;
}

interface LinearArgs {
  readonly rows: number;
  readonly inputs: number;
  readonly outputs: number;
  /** `[rows, inputs]` */
  readonly x: FloatArray;
  /** `[outputs, inputs]` */
  readonly weight: FloatArray;
}
export interface LinearForward extends LinearArgs {
  /** `[outputs]` */
  readonly bias: FloatArray | undefined;
  /** `[rows, outputs]` = x · weightᵀ + bias */
  readonly out: FloatArray;
}
export interface LinearGradient extends LinearArgs {
  readonly gradOut: FloatArray;
  /** Whether `gradX` is set, not added to. */
  readonly sets: boolean;
  /** `[rows, inputs]` += gradOut · weight; undefined where it is not wanted. */
  readonly gradX: FloatArray | undefined;
  /** `[outputs, inputs]` += gradOutᵀ · x; undefined where it is not wanted. */
  readonly gradWeight: FloatArray | undefined;
  readonly gradBias: FloatArray | undefined;
}

interface HeadRows {
  readonly rows: number;
  readonly heads: number;
  readonly headWidth: number;
}

/**
 * Norms of keys and queries, head by head (Dehghani et al., 2023): x / √(mean x² + ε) · weight over the width of the
 * head, with ε = 1e-5; then, where there is a table, rotary positions as in {@link RotaryArgs}.
 */
export interface QueryKeyNormArgs extends HeadRows {
  /** `[rows, 3 · heads · headWidth]`: keys, queries, values */
  readonly qkv: FloatArray;
  /** `[headWidth]` each, the same for all heads */
  readonly keyWeight: FloatArray;
  readonly queryWeight: FloatArray;
  /** Both or neither. */
  readonly table: FloatArray | undefined;
  readonly positions: Int32Array | undefined;
  /** `[rows, 3 · heads · headWidth]`, values as they were */
  readonly out: FloatArray;
}

/**
 * Rotary positions (Su et al., 2021): rotates each head's keys and queries by angles that grow with the position, so
 * that their product depends on the distance. With h = ⌊headWidth / 2⌋, elements c and h + c are rotated as a pair;
 * the last of an odd width stays as it is. Heads are at least 2 wide.
 */
export interface RotaryArgs extends HeadRows {
  /** `[rows]` */
  readonly positions: Int32Array;
  /** `[context length, 2h]`: of each position the cosines of its h angles, then their sines */
  readonly table: FloatArray;
  /** `[rows, 3 · heads · headWidth]`: keys and queries are rotated in place, values stay. */
  readonly qkv: FloatArray;
}

export interface AttentionArgs extends HeadRows {
  /** `[texts + 1]`: text b owns rows offsets[b] … offsets[b + 1] − 1 */
  readonly offsets: Int32Array;
  /** `[rows, 3 · heads · headWidth]`: keys, queries, values side by side; each head's columns together. */
  readonly qkv: FloatArray;
  /** `[headWidth]` each, both or neither: keys and queries are normalised first, as in {@link QueryKeyNormArgs}. */
  readonly keyWeight: FloatArray | undefined;
  readonly queryWeight: FloatArray | undefined;
  /** Where there is one, row i of each text is then rotated to position i, as in {@link RotaryArgs}. */
  readonly table: FloatArray | undefined;
  /** Dropout of the attention weights. */
  readonly dropout: Dropout;
  /** Whether a query attends to the keys up to its own alone, or to all keys of its text. */
  readonly causal: boolean;
}
export interface AttentionForward extends AttentionArgs {
  /** `[rows, heads · headWidth]` = softmax(q·kᵀ / √headWidth, masked if causal) · v, per text and head */
  readonly out: FloatArray;
}
export interface AttentionGradient extends AttentionArgs {
  readonly gradOut: FloatArray;
  /** Set, not added to. */
  readonly gradQkv: FloatArray;
  /** Of the weights, where there are any. */
  readonly gradKeyWeight: FloatArray | undefined;
  readonly gradQueryWeight: FloatArray | undefined;
}

interface CachedRows {
  readonly contextLength: number;
  /** Scores are products of queries and keys times this. */
  readonly scale: number;
  /** `[rows]`: which cache slot each row belongs to, and the position of its new character. */
  readonly slots: Int32Array;
  readonly positions: Int32Array;
}

/** One new character for each of `rows` texts whose earlier keys and values are cached. */
export interface CachedAttention extends HeadRows, CachedRows {
  /** `[rows, heads · headWidth]`, rows `queryStride` numbers apart */
  readonly queries: FloatArray;
  readonly queryStride: number;
  /** `[rows, heads · headWidth]` each, rows `newStride` numbers apart: they are written to the cache first. */
  readonly newKeys: FloatArray;
  readonly newValues: FloatArray;
  readonly newStride: number;
  /** `[slots, heads · headWidth, context length]`, the last dimension padded to 16s: {@link cacheLengths} */
  readonly keys: FloatArray;
  /** `[slots, context length, heads · headWidth]`, the last dimension padded to 16s, and 16 numbers more */
  readonly values: FloatArray;
  /** `[rows, heads · headWidth]` */
  readonly out: FloatArray;
}

/** One new character for each of `rows` texts, where all heads attend to the same cached rows, both keys and values. */
export interface CachedInputAttention extends CachedRows {
  readonly rows: number;
  readonly heads: number;
  readonly width: number;
  /** `[rows, heads · width]` */
  readonly queries: FloatArray;
  /** `[rows, width]`: written to the cache first. */
  readonly inputs: FloatArray;
  /** `[slots, context length, width]` */
  readonly cache: FloatArray;
  /** `[rows, heads · width]` */
  readonly out: FloatArray;
}

const CACHE_ALIGNMENT = 16;

/** `n` padded to whole vectors of any instruction set, as the rows of a cache are. */
export function paddedForCache(n: number): number {
  return Math.ceil(n / CACHE_ALIGNMENT) * CACHE_ALIGNMENT;
}

/** Lengths of a cache's arrays, for keys and values of `width` numbers. */
export function cacheLengths(slots: number, contextLength: number, width: number) {
  return {
    keys: slots * width * paddedForCache(contextLength),
    values: slots * contextLength * paddedForCache(width) + CACHE_ALIGNMENT,
  };
}

export interface AddForward {
  readonly length: number;
  readonly x: FloatArray;
  readonly update: FloatArray;
  readonly dropout: Dropout;
  /** `[length]` = x + dropout(update); may be `update` itself */
  readonly out: FloatArray;
}
/** Of the update; that of x is `gradOut` itself. */
export interface AddGradient {
  readonly length: number;
  readonly dropout: Dropout;
  readonly gradOut: FloatArray;
  /** Whether `gradUpdate` is set, not added to. */
  readonly sets: boolean;
  readonly gradUpdate: FloatArray;
}

export interface AddLayerNormArgs {
  readonly rows: number;
  readonly width: number;
  /** `[rows, width]` */
  readonly x: FloatArray;
  /** `[rows, width]`, added to x after dropout; absent for a plain norm. */
  readonly update: FloatArray | undefined;
  readonly dropout: Dropout;
  /** `[width]` */
  readonly weight: FloatArray;
}
export interface AddLayerNormForward extends AddLayerNormArgs {
  /** `[width]` */
  readonly bias: FloatArray;
  /** `[rows, width]` = LayerNorm(x + dropout(update)), eps 1e-5 */
  readonly out: FloatArray;
}
export interface AddLayerNormGradient extends AddLayerNormArgs {
  readonly gradOut: FloatArray;
  /** Whether `gradX` and `gradUpdate` are set, not added to. */
  readonly sets: boolean;
  readonly gradX: FloatArray;
  readonly gradUpdate: FloatArray | undefined;
  readonly gradWeight: FloatArray;
  readonly gradBias: FloatArray;
}

/**
 * The gated MLP: (silu(x · W_gateᵀ) ∘ (x · W_upᵀ)) · W_downᵀ with silu(x) = x / (1 + e^−x), without biases (Shazeer,
 * 2020).
 */
interface SwigluMlpArgs {
  readonly rows: number;
  readonly width: number;
  readonly hidden: number;
  /** `[rows, width]` */
  readonly x: FloatArray;
  /** `[2 · hidden, width]`: of gates, then of ups */
  readonly weight1: FloatArray;
  /** `[width, hidden]` */
  readonly weight2: FloatArray;
}
export interface SwigluMlpForward extends SwigluMlpArgs {
  /** `[rows, 2 · hidden]` = x · weight1ᵀ: gates, then ups, which the gradient needs */
  readonly gatesAndUps: FloatArray;
  /** `[rows, width]` */
  readonly out: FloatArray;
}
export interface SwigluMlpGradient extends SwigluMlpArgs {
  /** `[rows, 2 · hidden]`: those of the forward operation, which are used up. */
  readonly gatesAndUps: FloatArray;
  readonly gradOut: FloatArray;
  /** Whether `gradX` is set, not added to. */
  readonly sets: boolean;
  readonly gradX: FloatArray;
  readonly gradWeight1: FloatArray;
  readonly gradWeight2: FloatArray;
}

export interface MlpArgs {
  readonly rows: number;
  readonly width: number;
  readonly hidden: number;
  /** `[rows, width]` */
  readonly x: FloatArray;
  /** `[hidden, width]` and `[hidden]` */
  readonly weight1: FloatArray;
  readonly bias1: FloatArray;
  /** `[width, hidden]` */
  readonly weight2: FloatArray;
  /**
   * `[rows, hidden]` = x · weight1ᵀ + bias1, where it is kept for the gradient, which uses it up. Without it,
   * and always in bf16, the gradient computes the hidden layer again.
   */
  readonly kept: FloatArray | undefined;
}
export interface MlpForward extends MlpArgs {
  /** `[width]` */
  readonly bias2: FloatArray;
  /** `[rows, width]` = gelu(x · weight1ᵀ + bias1) · weight2ᵀ + bias2, with the exact (erf) GELU */
  readonly out: FloatArray;
}
export interface MlpGradient extends MlpArgs {
  readonly gradOut: FloatArray;
  /** Whether `gradX` is set, not added to. */
  readonly sets: boolean;
  readonly gradX: FloatArray;
  readonly gradWeight1: FloatArray;
  readonly gradBias1: FloatArray;
  readonly gradWeight2: FloatArray;
  readonly gradBias2: FloatArray;
}

interface CrossEntropyArgs {
  readonly rows: number;
  readonly vocabulary: number;
  /** `[rows, vocabulary]` */
  readonly logits: FloatArray;
  /** `[rows]` */
  readonly targets: Int32Array;
}
export interface CrossEntropyForward extends CrossEntropyArgs {
  /** `[rows]` −log softmax(logits)[target] */
  readonly nll: FloatArray;
  /** `[rows]` 1 where the target has the (first) largest logit, else 0 */
  readonly correct: FloatArray;
}
/**
 * Of scale · Σ over rows of −Σ q · log softmax(logits): a row's distribution q has 1 − softShare on the target, and
 * softShare spread as `soft` says. So gradLogits = scale · (softmax(logits) − q), set, not added to.
 */
export interface CrossEntropyGradient extends CrossEntropyArgs {
  /** Gradient of the loss with respect to each row's cross-entropy: the same for every row. */
  readonly scale: number;
  /** In [0, 1]; 0 for the target alone, whose gradient is that of `nll`. */
  readonly softShare: number;
  /** `[rows, vocabulary]`, each row a distribution, e.g. a teacher's; without it, all tokens alike. */
  readonly soft: FloatArray | undefined;
  readonly gradLogits: FloatArray;
}

export interface LogSoftmax {
  readonly rows: number;
  readonly vocabulary: number;
  readonly logits: FloatArray;
  readonly temperature: number;
  /** `[rows, vocabulary]` = log softmax(logits / temperature) */
  readonly out: FloatArray;
}

export interface Clear {
  readonly length: number;
  /** `[length]`, set to 0 */
  readonly x: FloatArray;
}

export interface WeightedSum {
  readonly length: number;
  readonly x: FloatArray;
  readonly y: FloatArray;
  readonly scaleX: number;
  readonly scaleY: number;
  /** `[length]` = scaleX · x + scaleY · y; may be x or y */
  readonly out: FloatArray;
}

/** One AdamW update of a whole flat parameter buffer (Loshchilov and Hutter, 2019; PyTorch's formula). */
export interface AdamW {
  readonly length: number;
  readonly parameters: FloatArray;
  readonly gradients: FloatArray;
  readonly firstMoments: FloatArray;
  readonly secondMoments: FloatArray;
  /** `[segments]` ends (exclusive, ascending, the last is `length`) and weight decay of each segment. */
  readonly segmentEnds: Int32Array;
  readonly segmentDecay: Float64Array;
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** This update's number, from 1: for the bias correction. */
  readonly step: number;
  /** Gradients are multiplied by this first: clipping. */
  readonly gradientScale: number;
}

/**
 * One Muon update (Jordan et al., 2024) of some matrices of a flat parameter buffer, with each one's gradient g times
 * `gradientScale`: m ← momentumDecay · m + g, u = g + momentumDecay · m (Nesterov), and weights ←
 * (1 − learningRate · weightDecay) · weights − learningRate · updateSize · √max(rows, columns) · orthogonal(u), where
 * orthogonal(u) are five iterations of Newton and Schulz on u divided by its norm.
 */
export interface Muon {
  readonly length: number;
  readonly parameters: FloatArray;
  readonly gradients: FloatArray;
  /** `[Σ rows · columns]`, one matrix after another */
  readonly momentum: FloatArray;
  /** `[matrices, 3]`: of each its offset in the parameters, its rows and its columns; they do not overlap. */
  readonly matrices: Int32Array;
  readonly learningRate: number;
  readonly momentumDecay: number;
  readonly weightDecay: number;
  readonly updateSize: number;
  readonly gradientScale: number;
}

export interface SumOfSquares {
  readonly length: number;
  readonly x: FloatArray;
}

/** See the conventions at the head of this file. */
export interface Backend {
  readonly info: BackendInfo;
  /**
   * A new zeroed array for what operations use again and again: in memory from which the backend computes without
   * copying, or faster; absent where any array is as good.
   */
  newFloats?(length: number): Float32Array;
  /**
   * Calls each of the parts, which must not read what another one writes, and computes their operations at the same
   * time, each on threads of its own, where the backend can. What operations give is there when `together` returns, not
   * before; none of them may be `sumOfSquares`.
   */
  together(parts: readonly (() => void)[]): void;
  embed(args: EmbedForward): void;
  embedGradient(args: EmbedGradient): void;
  linear(args: LinearForward): void;
  linearGradient(args: LinearGradient): void;
  queryKeyNorm(args: QueryKeyNormArgs): void;
  rotary(args: RotaryArgs): void;
  attention(args: AttentionForward): void;
  attentionGradient(args: AttentionGradient): void;
  cachedAttention(args: CachedAttention): void;
  cachedInputAttention(args: CachedInputAttention): void;
  add(args: AddForward): void;
  addGradient(args: AddGradient): void;
  addLayerNorm(args: AddLayerNormForward): void;
  addLayerNormGradient(args: AddLayerNormGradient): void;
  swigluMlp(args: SwigluMlpForward): void;
  swigluMlpGradient(args: SwigluMlpGradient): void;
  mlp(args: MlpForward): void;
  mlpGradient(args: MlpGradient): void;
  crossEntropy(args: CrossEntropyForward): void;
  crossEntropyGradient(args: CrossEntropyGradient): void;
  logSoftmax(args: LogSoftmax): void;
  clear(args: Clear): void;
  weightedSum(args: WeightedSum): void;
  adamW(args: AdamW): void;
  muon(args: Muon): void;
  /** Σ x² of the first `length` elements, summed in float64. */
  sumOfSquares(args: SumOfSquares): number;
}

/** Dropout that drops nothing. */
export const NO_DROPOUT: Dropout = { rate: 0, key0: 0, key1: 0, site: 0 };

/** The epsilon of all norms, PyTorch's default of LayerNorm. */
export const LAYER_NORM_EPSILON = 1e-5;
