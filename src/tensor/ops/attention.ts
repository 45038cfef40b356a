import type { FloatArray } from '../../backend/types.js';
import { gradOf, unsetGradOf, type Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

interface AttentionOptions {
  readonly heads: number;
  readonly headWidth: number;
  /** 0 by default. */
  readonly dropoutRate?: number;
  /** True by default. */
  readonly causal?: boolean;
  /** Scales of the norms of keys and queries, `[headWidth]` each, where these are normalised. */
  readonly norms?: { readonly key: Tensor; readonly query: Tensor } | undefined;
  /** Cosines and sines of rotary positions, where there are any: row i of a text is at position i. */
  readonly table?: FloatArray | undefined;
}

/**
 * Attention within each text of a packed batch, with a causal mask or without, of keys and queries that may be
 * normalised and rotated first.
 *
 * @param qkv `[rows, 3 · heads · headWidth]`: keys, queries, values
 * @param offsets `[texts + 1]`: first row of each text
 * @returns `[rows, heads · headWidth]`
 */
export function attention(
  tape: Tape,
  qkv: Tensor,
  offsets: Int32Array,
  { heads, headWidth, dropoutRate = 0, causal = true, norms, table }: AttentionOptions,
): Tensor {
  const rows = rowsOf(qkv);
  const out = tape.tensor([rows, heads * headWidth]);
  const dropout = tape.dropout(dropoutRate);
  const weights = { keyWeight: norms?.key.data, queryWeight: norms?.query.data };
  const shared = { rows, heads, headWidth, offsets, qkv: qkv.data, table, dropout, causal };
  tape.backend.attention({ out: out.data, ...shared, ...weights });
  tape.record(out, () =>
    tape.backend.attentionGradient({
      gradOut: gradOf(out),
      gradQkv: unsetGradOf(qkv),
      gradKeyWeight: norms && gradOf(norms.key),
      gradQueryWeight: norms && gradOf(norms.query),
      ...shared,
      ...weights,
    }),
  );
  return out;
}
