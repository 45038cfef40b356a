import type { FloatArray } from '../../backend/types.js';
import type { Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/** One new position of each of some texts that are being generated. */
export interface CachedRows {
  /** `[rows]` position in its text: 0 begins a new text in its slot. */
  readonly positions: Int32Array;
  /** `[rows]` slot of its text in the caches. */
  readonly slots: Int32Array;
}

/**
 * Causal attention of one new position of each text to itself and the cached ones; its key and value are added to the
 * cache. Has no gradient.
 *
 * @param qkv `[rows, 3 · heads · headWidth]`: keys, queries, values
 * @param cache laid out as the backend's `cachedAttention` needs it
 * @returns `[rows, heads · headWidth]`
 */
export function cachedAttention(
  tape: Tape,
  qkv: Tensor,
  { positions, slots }: CachedRows,
  cache: { readonly keys: FloatArray; readonly values: FloatArray; readonly contextLength: number },
  heads: number,
): Tensor {
  const rows = rowsOf(qkv);
  const stride = columnsOf(qkv);
  const width = stride / 3;
  const headWidth = width / heads;
  const out = tape.tensor([rows, width]);
  tape.backend.cachedAttention({
    rows,
    heads,
    headWidth,
    scale: 1 / Math.sqrt(headWidth),
    slots,
    positions,
    queries: qkv.data.subarray(width),
    queryStride: stride,
    newKeys: qkv.data,
    newValues: qkv.data.subarray(2 * width),
    newStride: stride,
    out: out.data,
    ...cache,
  });
  return out;
}
