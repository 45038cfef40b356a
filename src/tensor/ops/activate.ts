import type { Activation } from '../../backend/types.js';
import { gradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/**
 * The GELU of a hidden layer, or its gated form SwiGLU (Shazeer, 2020), with dropout.
 *
 * @param x `[rows, hidden]`, or for `swiglu` `[rows, 2 · hidden]`: gates, then what they gate
 * @returns `[rows, hidden]`
 */
export function activate(tape: Tape, kind: Activation, x: Tensor, dropoutRate: number): Tensor {
  const rows = rowsOf(x);
  const hidden = kind === 'swiglu' ? columnsOf(x) / 2 : columnsOf(x);
  const out = tape.tensor([rows, hidden]);
  const shared = { kind, rows, hidden, x: x.data, dropout: tape.dropout(dropoutRate) };
  tape.backend.activate({ ...shared, out: out.data });
  tape.record(out, () =>
    tape.backend.activateGradient({ ...shared, gradOut: gradOf(out), gradX: gradOf(x) }),
  );
  return out;
}
