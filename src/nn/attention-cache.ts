import { cacheLengths, type FloatArray } from '../backend/types.js';
import { newFloats, precisionOf, type Precision } from '../tensor/arena.js';
import { elementsOf, type Tensor } from '../tensor/tensor.js';

/** What one block's attention knows of the letters so far, of up to `slots` texts that are being written. */
export interface AttentionCache {
  /** Heads of keys and values that are kept, and how wide they are. */
  readonly heads: number;
  readonly headWidth: number;
  readonly keys: FloatArray;
  readonly values: FloatArray;
  /** Where keys and values are the block's input itself: what takes the place of the attention's weights. */
  readonly absorbed: AbsorbedWeights | undefined;
}

/** An empty cache. The arrays' layout is that of the backend's `cachedAttention`. */
export function attentionCache(
  slots: number,
  window: number,
  shape: { heads: number; headWidth: number },
  precision: Precision,
  absorbed?: AbsorbedWeights,
): AttentionCache {
  const lengths = cacheLengths(slots, window, shape.heads * shape.headWidth);
  return {
    ...shape,
    keys: newFloats(precision, lengths.keys),
    values: newFloats(precision, lengths.values),
    absorbed,
  };
}

/** Weights of an attention that reads its input instead of keys and values. */
export interface AbsorbedWeights {
  readonly queryWeight: Tensor; // [heads * emb, emb]
  readonly queryBias: Tensor; // [heads * emb]
  readonly outWeight: Tensor; // [emb, heads * emb]
  readonly outBias: Tensor; // [emb]
}

/**
 * Moves the weights of keys and values over to queries and output, so that a letter is remembered by its input x
 * alone. With head h's query q = Wq x + bq, key k = Wk x' + bk and value v = Wv x' + bv:
 *
 *   q · k = (Wkᵀ Wq x + Wkᵀ bq) · x' + q · bk, and the last term is the same for all x', so softmax ignores it;
 *   Wc Σ p v = (Wc Wv) Σ p x' + Wc bv, for the weights p add up to 1.
 *
 * Worth it for full-width heads: one x in place of `heads` keys and values as wide as x, to be kept, read again at
 * every letter, and computed.
 *
 * @param kqv weight `[3 · heads · headWidth, emb]` of keys, queries and values, and their biases
 * @param out weight `[emb, heads · headWidth]` of the output, and its bias
 */
export function absorb(
  kqv: { readonly weight: Tensor; readonly bias: Tensor | undefined },
  out: { readonly weight: Tensor; readonly bias: Tensor | undefined },
  heads: number,
  headWidth: number,
): AbsorbedWeights {
  const emb = out.weight.shape[0]!;
  const group = heads * headWidth;
  const columnOf = (matrix: FloatArray, columns: number, first: number, column: number) =>
    Float64Array.from({ length: headWidth }, (_, m) => matrix[(first + m) * columns + column]!);
  const rowOf = (matrix: FloatArray, columns: number, row: number, first: number) =>
    Float64Array.from(matrix.subarray(row * columns + first, row * columns + first + headWidth));
  const biasOf = (first: number) =>
    Float64Array.from({ length: headWidth }, (_, m) => kqv.bias?.data[first + m] ?? 0);

  const precision = precisionOf(out.weight.data);
  const tensor = (...shape: number[]): Tensor => ({
    shape,
    data: newFloats(precision, elementsOf(shape)),
    grad: undefined,
  });
  const queryWeight = tensor(heads * emb, emb);
  const queryBias = tensor(heads * emb);
  const outWeight = tensor(emb, heads * emb);
  const outBias = tensor(emb);
  for (let i = 0; i < emb; i++) outBias.data[i] = out.bias?.data[i] ?? 0;

  for (let h = 0; h < heads; h++) {
    const first = h * headWidth;
    const queries = Array.from({ length: emb }, (_, j) => columnOf(kqv.weight.data, emb, group + first, j));
    const values = Array.from({ length: emb }, (_, j) =>
      columnOf(kqv.weight.data, emb, 2 * group + first, j),
    );
    for (let i = 0; i < emb; i++) {
      const key = columnOf(kqv.weight.data, emb, first, i);
      const mix = rowOf(out.weight.data, group, i, first);
      for (let j = 0; j < emb; j++) {
        queryWeight.data[(h * emb + i) * emb + j] = dot(key, queries[j]!);
        outWeight.data[i * heads * emb + h * emb + j] = dot(mix, values[j]!);
      }
      queryBias.data[h * emb + i] = dot(key, biasOf(group + first));
      outBias.data[i]! += dot(mix, biasOf(2 * group + first));
    }
  }
  return { queryWeight, queryBias, outWeight, outBias };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
