import { gradOf, unsetGradOf, type Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

/**
 * Root-mean-square norms of each head's keys and queries, with a scale each; values stay (Dehghani et al., 2023).
 *
 * @param kqv `[rows, 3 · heads · headWidth]`: keys, queries, values
 * @param keyWeight `[headWidth]` @param queryWeight `[headWidth]`
 * @returns `[rows, 3 · heads · headWidth]`
 */
export function queryKeyNorm(
  tape: Tape,
  kqv: Tensor,
  keyWeight: Tensor,
  queryWeight: Tensor,
  heads: number,
  headWidth: number,
): Tensor {
  const out = tape.tensor(kqv.shape);
  const weights = { keyWeight: keyWeight.data, queryWeight: queryWeight.data };
  const shared = { rows: rowsOf(kqv), heads, headWidth, kqv: kqv.data, ...weights };
  tape.backend.queryKeyNorm({ ...shared, out: out.data });
  tape.record(out, () =>
    tape.backend.queryKeyNormGradient({
      ...shared,
      gradOut: gradOf(out),
      gradKqv: unsetGradOf(kqv),
      gradKeyWeight: gradOf(keyWeight),
      gradQueryWeight: gradOf(queryWeight),
    }),
  );
  return out;
}
