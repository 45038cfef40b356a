import { gradOf, unsetGradOf, type Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

/**
 * Causal attention of every text of a packed batch to itself.
 *
 * @param kqv `[rows, 3 · heads · headWidth]`: keys, queries, values
 * @param offsets `[texts + 1]`: first row of each text
 * @returns `[rows, heads · headWidth]`
 */
export function attention(
  tape: Tape,
  kqv: Tensor,
  offsets: Int32Array,
  heads: number,
  headWidth: number,
  dropoutRate: number,
): Tensor {
  const rows = rowsOf(kqv);
  const out = tape.tensor([rows, heads * headWidth]);
  const dropout = tape.dropout(dropoutRate);
  const shared = { rows, heads, headWidth, offsets, kqv: kqv.data, dropout };
  tape.backend.attention({ ...shared, out: out.data });
  tape.record(out, () =>
    tape.backend.attentionGradient({ ...shared, gradOut: gradOf(out), gradKqv: unsetGradOf(kqv) }),
  );
  return out;
}
