import { gradOf, unsetGradOf, type Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

/**
 * Causal attention within each text of a packed batch.
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
): Tensor {
  const rows = rowsOf(qkv);
  const out = tape.tensor([rows, heads * headWidth]);
  const dropout = tape.dropout(dropoutRate);
  const shared = { rows, heads, headWidth, offsets, qkv: qkv.data, dropout };
  tape.backend.attention({ ...shared, out: out.data });
  tape.record(out, () =>
    tape.backend.attentionGradient({ ...shared, gradOut: gradOf(out), gradQkv: unsetGradOf(qkv) }),
  );
  return out;
}
