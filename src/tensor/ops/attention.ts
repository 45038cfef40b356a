import { gradOf, unsetGradOf, type Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

/**
 * Attention within each text of a packed batch, with a causal mask or without.
 *
 * @param qkv `[rows, 3 · heads · headWidth]`: keys, queries, values
 * @param offsets `[texts + 1]`: first row of each text
 * @returns `[rows, heads · headWidth]`
 */
export function attention(
  tape: Tape,
  qkv: Tensor,
  offsets: Int32Array,
  heads: number,
  headWidth: number,
  dropoutRate: number,
  causal = true,
): Tensor {
  const rows = rowsOf(qkv);
  const out = tape.tensor([rows, heads * headWidth]);
  const dropout = tape.dropout(dropoutRate);
  const shared = { rows, heads, headWidth, offsets, qkv: qkv.data, dropout, causal };
  tape.backend.attention({ out: out.data, ...shared });
  tape.record(out, () =>
    tape.backend.attentionGradient({ gradOut: gradOf(out), gradQkv: unsetGradOf(qkv), ...shared }),
  );
  return out;
}
