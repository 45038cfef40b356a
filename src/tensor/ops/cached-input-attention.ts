import type { FloatArray } from '../../backend/types.js';
import type { Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';
import type { CachedRows } from './cached-attention.js';

/**
 * Causal attention of one new position of each text to the inputs so far, which are keys and values of all heads at
 * once; the new inputs are added to the cache. Has no gradient.
 *
 * @param queries `[rows, heads · width]` @param x `[rows, width]`
 * @param cache its `inputs`: `[slots, context length, width]`
 * @returns `[rows, heads · width]`
 */
export function cachedInputAttention(
  tape: Tape,
  queries: Tensor,
  x: Tensor,
  { positions, slots }: CachedRows,
  { inputs, contextLength }: { readonly inputs: FloatArray; readonly contextLength: number },
  heads: number,
): Tensor {
  const rows = rowsOf(x);
  const width = columnsOf(x);
  const out = tape.tensor([rows, heads * width]);
  tape.backend.cachedInputAttention({
    rows,
    heads,
    width,
    contextLength,
    scale: 1 / Math.sqrt(width),
    slots,
    positions,
    queries: queries.data,
    inputs: x.data,
    cache: inputs,
    out: out.data,
  });
  return out;
}
