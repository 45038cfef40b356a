import { assertInternal } from '../../errors.js';
import type { Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';
import type { Rotation } from './rotary.js';

/**
 * RMSNorm of each head's keys and of its queries, with one scale each; values stay (Dehghani et al., 2023). Then keys
 * and queries are rotated by their positions, as by {@link rotary}, where that is asked for. Without a gradient: it is
 * for looking at them, and for generating. Attention does the same by itself, with one.
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
  rotation?: Rotation,
): Tensor {
  assertInternal(!tape.isTraining, 'expected a pass without gradients');
  const out = tape.tensor(qkv.shape);
  const weights = { keyWeight: keyWeight.data, queryWeight: queryWeight.data };
  const rotated = { table: rotation?.table, positions: rotation?.positions };
  tape.backend.queryKeyNorm({
    rows: rowsOf(qkv),
    heads,
    headWidth,
    qkv: qkv.data,
    out: out.data,
    ...weights,
    ...rotated,
  });
  return out;
}
