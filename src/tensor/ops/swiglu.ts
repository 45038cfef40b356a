import { gradOf, unsetGradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/**
 * The gated activation SwiGLU (Shazeer, 2020): silu(gate) ∘ up with silu(x) = x / (1 + e^−x).
 *
 * @param x `[rows, 2 · hidden]`: gates, then ups
 * @returns `[rows, hidden]`
 */
export function swiglu(tape: Tape, x: Tensor): Tensor {
  const rows = rowsOf(x);
  const hidden = columnsOf(x) / 2;
  const out = tape.tensor([rows, hidden]);
  const shared = { rows, hidden, x: x.data };
  tape.backend.swiglu({ ...shared, out: out.data });
  tape.record(out, () => tape.backend.swigluGradient({ ...shared, gradOut: gradOf(out), gradX: unsetGradOf(x) }));
  return out;
}
