import { cacheLengths, type Backend, type FloatArray } from '../backend/types.js';
import { newFloats, precisionOf } from '../tensor/arena.js';
import { cachedAttention, type CachedRows } from '../tensor/ops/cached-attention.js';
import { cachedInputAttention } from '../tensor/ops/cached-input-attention.js';
import { linear } from '../tensor/ops/linear.js';
import type { Tape } from '../tensor/tape.js';
import { elementsOf, type Tensor } from '../tensor/tensor.js';
import type { SelfAttention } from './self-attention.js';

export type { CachedRows } from '../tensor/ops/cached-attention.js';

/** One block's attention for generation: remembers the earlier positions of some texts, each in its own slot. */
export interface CachedAttention {
  /** One position more of each of some texts. `[rows, dModel]` in and out. */
  forward(tape: Tape, x: Tensor, rows: CachedRows): Tensor;
}

/** An empty cache for `slots` texts, of the weights as they are now, for that backend. */
export function newCachedAttention(attention: SelfAttention, slots: number, backend: Backend): CachedAttention {
  const { headWidth, positions, queryKeyNorm } = attention.config;
  // Where nothing happens to keys between their product and the scores, the inputs can stand for them.
  const isLinear = positions !== 'rotary' && !queryKeyNorm;
  return headWidth === 'full' && isLinear
    ? new InputCachedAttention(attention, slots, backend)
    : new KeyValueCachedAttention(attention, slots, backend);
}

class KeyValueCachedAttention implements CachedAttention {
  private readonly cache: { readonly keys: FloatArray; readonly values: FloatArray; readonly contextLength: number };

  constructor(
    private readonly attention: SelfAttention,
    slots: number,
    backend: Backend,
  ) {
    const { heads, contextLength } = attention.config;
    const precision = precisionOf(attention.out.weight.data);
    const lengths = cacheLengths(slots, contextLength, heads * attention.headWidth);
    const keys = newFloats(precision, lengths.keys, backend);
    this.cache = { keys, values: newFloats(precision, lengths.values, backend), contextLength };
  }

  forward(tape: Tape, x: Tensor, rows: CachedRows): Tensor {
    const { attention, cache } = this;
    const qkv = attention.project(tape, x, rows.positions); // [rows, 3 * heads * headWidth]
    const output = cachedAttention(tape, qkv, rows, cache, attention.config.heads); // [rows, heads * headWidth]
    return attention.out.forward(tape, output); // [rows, dModel]
  }
}

/**
 * Remembers the inputs x instead of keys and values, whose weights move over to queries and output. With head h's query
 * q = Wq x + bq, key k = Wk x' + bk and value v = Wv x' + bv:
 *
 *   q · k = (Wkᵀ Wq x + Wkᵀ bq) · x' + q · bk, and the last term is the same for all x', so softmax ignores it;
 *   Wc Σ p v = (Wc Wv) Σ p x' + Wc bv, for the weights p add up to 1.
 *
 * Worth it for full-width heads: one x in place of `heads` keys and values as wide as x, to be kept, read again at
 * every character, and computed.
 */
class InputCachedAttention implements CachedAttention {
  private readonly cache: { readonly inputs: FloatArray; readonly contextLength: number }; // [slots, context, dModel]
  private readonly absorbed: AbsorbedWeights;

  constructor(
    private readonly attention: SelfAttention,
    slots: number,
    backend: Backend,
  ) {
    const { dModel, contextLength } = attention.config;
    const precision = precisionOf(attention.out.weight.data);
    this.cache = { inputs: newFloats(precision, slots * contextLength * dModel, backend), contextLength };
    this.absorbed = absorb(attention, backend);
  }

  forward(tape: Tape, x: Tensor, rows: CachedRows): Tensor {
    const { queryWeight, queryBias, outWeight, outBias } = this.absorbed;
    const queries = linear(tape, x, queryWeight, queryBias); // [rows, heads * dModel]
    const output = cachedInputAttention(tape, queries, x, rows, this.cache, this.attention.config.heads);
    return linear(tape, output, outWeight, outBias); // [rows, heads * dModel] to [rows, dModel]
  }
}

/** Weights of an attention that reads inputs in place of keys and values. */
interface AbsorbedWeights {
  readonly queryWeight: Tensor; // [heads * dModel, dModel]
  readonly queryBias: Tensor; // [heads * dModel]
  readonly outWeight: Tensor; // [dModel, heads * dModel]
  readonly outBias: Tensor; // [dModel]
}

/** The products of {@link InputCachedAttention}. */
function absorb({ qkv, out, headWidth, config: { dModel, heads } }: SelfAttention, backend: Backend): AbsorbedWeights {
  const width = heads * headWidth;
  const precision = precisionOf(out.weight.data);
  const tensor = (...shape: number[]): Tensor => ({
    shape,
    data: newFloats(precision, elementsOf(shape), backend),
    grad: undefined,
  });
  const queryWeight = tensor(heads * dModel, dModel);
  const queryBias = tensor(heads * dModel);
  const outWeight = tensor(dModel, heads * dModel);
  const outBias = tensor(dModel);
  outBias.data.set(out.bias?.data ?? []);
  for (let h = 0; h < heads; h++) {
    const weightOf = (part: number): Matrix => ({
      data: qkv.weight.data,
      at: (part * width + h * headWidth) * dModel,
      row: dModel,
    }); // [headWidth, dModel]
    const biasOf = (part: number): Matrix | undefined =>
      qkv.bias && { data: qkv.bias.data, at: part * width + h * headWidth, row: 1 }; // [headWidth, 1]
    const [keys, queries, values] = [weightOf(0), weightOf(1), weightOf(2)];
    const [queryBiasOfHead, valueBiasOfHead] = [biasOf(1), biasOf(2)];
    const keysT = { ...keys, row: 1, step: dModel }; // [dModel, headWidth]
    const outOfHead = { data: out.weight.data, at: h * headWidth, row: width, step: 1 }; // [dModel, headWidth]

    const toQuery = { data: queryWeight.data, at: h * dModel * dModel, row: dModel };
    addProduct(keysT, queries, [dModel, headWidth, dModel], toQuery);
    const toOut = { data: outWeight.data, at: h * dModel, row: heads * dModel };
    addProduct(outOfHead, values, [dModel, headWidth, dModel], toOut);
    if (queryBiasOfHead) {
      addProduct(keysT, queryBiasOfHead, [dModel, headWidth, 1], { data: queryBias.data, at: h * dModel, row: 1 });
    }
    if (valueBiasOfHead) {
      addProduct(outOfHead, valueBiasOfHead, [dModel, headWidth, 1], { data: outBias.data, at: 0, row: 1 });
    }
  }
  return { queryWeight, queryBias, outWeight, outBias };
}

/** A matrix within an array: entry (i, j) is `data[at + i · row + j]`. */
interface Matrix {
  readonly data: FloatArray;
  readonly at: number;
  readonly row: number;
}
/** Entry (i, j) is `data[at + i · row + j · step]`. */
interface StridedMatrix extends Matrix {
  readonly step: number;
}

/** to[i][j] += Σ_m a[i][m] · b[m][j], for a `[n, depth]` and b `[depth, columns]`, summed in double precision. */
function addProduct(
  a: StridedMatrix,
  b: Matrix,
  [n, depth, columns]: readonly [number, number, number],
  to: Matrix,
): void {
  const sums = new Float64Array(columns);
  for (let i = 0; i < n; i++) {
    sums.fill(0);
    for (let m = 0; m < depth; m++) {
      const factor = a.data[a.at + i * a.row + m * a.step]!;
      const { data } = b;
      const from = b.at + m * b.row;
      for (let j = 0; j < columns; j++) sums[j]! += factor * data[from + j]!;
    }
    for (let j = 0; j < columns; j++) to.data[to.at + i * to.row + j]! += sums[j]!;
  }
}
