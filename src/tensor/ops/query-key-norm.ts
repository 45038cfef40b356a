import { gradOf, unsetGradOf, type Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

/**
 * RMSNorm of each head's keys and of its queries, with one scale each; values stay (Dehghani et al., 2023).
 *
 * @param qkv `[rows, 3 · heads · headWidth]`: keys, queries, values
 * @param keyWeight `[headWidth]` @param queryWeight `[headWidth]`
 * @returns `[rows, 3 · heads · headWidth]`
 */
export function queryKeyNorm(
  tape: Tape,
  qkv: Tensor,
  keyWeight: Tensor,
  queryWeight: Tensor,
  heads: number,
  headWidth: number,
): Tensor {
  const out = tape.tensor(qkv.shape);
  const weights = { keyWeight: keyWeight.data, queryWeight: queryWeight.data };
  const shared = { rows: rowsOf(qkv), heads, headWidth, qkv: qkv.data, ...weights };
  tape.backend.queryKeyNorm({ ...shared, out: out.data });
  tape.record(out, () =>
    tape.backend.queryKeyNormGradient({
      ...shared,
      gradOut: gradOf(out),
      gradQkv: unsetGradOf(qkv),
      gradKeyWeight: gradOf(keyWeight),
      gradQueryWeight: gradOf(queryWeight),
    }),
  );
  return out;
}
