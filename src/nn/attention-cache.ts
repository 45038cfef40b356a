import { cacheLengths, type FloatArray } from '../backend/types.js';
import { newFloats, precisionOf } from '../tensor/arena.js';
import { elementsOf, type Tensor } from '../tensor/tensor.js';
import type { ModelConfig } from './config.js';
import { headWidthOf } from './config.js';

/** A weight and its bias. */
interface Projection {
  readonly weight: Tensor;
  readonly bias: Tensor | undefined;
}

/** What one block's attention knows of the characters so far, of some texts that are being written. */
export type AttentionCache =
  | {
      /** Keys and values, laid out as the backend's `cachedAttention` wants them. */
      readonly kind: 'keys-and-values';
      readonly keys: FloatArray;
      readonly values: FloatArray;
    }
  | {
      /** The block's inputs themselves, and what takes the place of the attention's weights. */
      readonly kind: 'inputs';
      readonly inputs: FloatArray; // [slots, context length, dModel]
      readonly absorbed: AbsorbedWeights;
    };

/**
 * An empty cache for `slots` texts; it goes with the weights as they are now.
 *
 * @param qkv weight `[3 · heads · headWidth, dModel]` of keys, queries and values
 * @param out weight `[dModel, heads · headWidth]` of the output
 */
export function attentionCache(config: ModelConfig, qkv: Projection, out: Projection, slots: number): AttentionCache {
  const { dModel, heads, contextLength } = config;
  const headWidth = headWidthOf(config);
  const precision = precisionOf(out.weight.data);
  if (config.headWidth === 'full' && config.positions === 'learned' && !config.queryKeyNorm) {
    const inputs = newFloats(precision, slots * contextLength * dModel);
    return { kind: 'inputs', inputs, absorbed: absorb(qkv, out, heads, headWidth) };
  }
  const lengths = cacheLengths(slots, contextLength, heads * headWidth);
  const keys = newFloats(precision, lengths.keys);
  return { kind: 'keys-and-values', keys, values: newFloats(precision, lengths.values) };
}

/** Weights of an attention that reads its input instead of keys and values. */
interface AbsorbedWeights {
  readonly queryWeight: Tensor; // [heads * dModel, dModel]
  readonly queryBias: Tensor; // [heads * dModel]
  readonly outWeight: Tensor; // [dModel, heads * dModel]
  readonly outBias: Tensor; // [dModel]
}

/**
 * Moves the weights of keys and values over to queries and output, so that a character is remembered by its input x
 * alone. With head h's query q = Wq x + bq, key k = Wk x' + bk and value v = Wv x' + bv:
 *
 *   q · k = (Wkᵀ Wq x + Wkᵀ bq) · x' + q · bk, and the last term is the same for all x', so softmax ignores it;
 *   Wc Σ p v = (Wc Wv) Σ p x' + Wc bv, for the weights p add up to 1.
 *
 * Worth it for full-width heads: one x in place of `heads` keys and values as wide as x, to be kept, read again at
 * every character, and computed.
 *
 * @param qkv weight `[3 · heads · headWidth, dModel]` of keys, queries and values, and their biases
 * @param out weight `[dModel, heads · headWidth]` of the output, and its bias
 */
function absorb(qkv: Projection, out: Projection, heads: number, headWidth: number): AbsorbedWeights {
  const dModel = out.weight.shape[0]!;
  const group = heads * headWidth;
  const precision = precisionOf(out.weight.data);
  const tensor = (...shape: number[]): Tensor => ({
    shape,
    data: newFloats(precision, elementsOf(shape)),
    grad: undefined,
  });
  const absorbed = {
    queryWeight: tensor(heads * dModel, dModel),
    queryBias: tensor(heads * dModel),
    outWeight: tensor(dModel, heads * dModel),
    outBias: tensor(dModel),
  };
  const { queryWeight, queryBias, outWeight, outBias } = absorbed;
  outBias.data.set(out.bias?.data ?? []);
  for (let h = 0; h < heads; h++) {
    const rowsOf = (part: number): Matrix => ({
      data: qkv.weight.data,
      at: (part * group + h * headWidth) * dModel,
      row: dModel,
    });
    const [keys, queries, values] = [rowsOf(0), rowsOf(1), rowsOf(2)]; // [headWidth, dModel]
    const keysT = { ...keys, row: 1, step: dModel }; // [dModel, headWidth]
    const mix = { data: out.weight.data, at: h * headWidth, row: group, step: 1 }; // [dModel, headWidth]
    const biasOf = (part: number): Matrix | undefined =>
      qkv.bias && { data: qkv.bias.data, at: part * group + h * headWidth, row: 1 }; // [headWidth, 1]

    addProduct(keysT, queries, [dModel, headWidth, dModel], {
      data: queryWeight.data,
      at: h * dModel * dModel,
      row: dModel,
    });
    addProduct(mix, values, [dModel, headWidth, dModel], {
      data: outWeight.data,
      at: h * dModel,
      row: heads * dModel,
    });
    const [queriesBias, valuesBias] = [biasOf(1), biasOf(2)];
    if (queriesBias) {
      addProduct(keysT, queriesBias, [dModel, headWidth, 1], {
        data: queryBias.data,
        at: h * dModel,
        row: 1,
      });
    }
    if (valuesBias) addProduct(mix, valuesBias, [dModel, headWidth, 1], { data: outBias.data, at: 0, row: 1 });
  }
  return absorbed;
}

/** A matrix within an array: entry (i, j) is `data[at + i · row + j · step]`, with a step of 1 where there is none. */
interface Matrix {
  readonly data: FloatArray;
  readonly at: number;
  readonly row: number;
}
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
