import { gradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/**
 * gelu(x · weight1ᵀ + bias1) · weight2ᵀ + bias2 in one operation: the hidden layer, the widest of the model, is never
 * written to memory as a whole.
 *
 * @param x `[rows, width]` @param weight1 `[hidden, width]` @param bias1 `[hidden]`
 * @param weight2 `[width, hidden]` @param bias2 `[width]`
 * @returns `[rows, width]`
 */
export function mlp(tape: Tape, x: Tensor, weight1: Tensor, bias1: Tensor, weight2: Tensor, bias2: Tensor): Tensor {
  const out = tape.tensor(x.shape);
  const shared = {
    rows: rowsOf(x),
    width: columnsOf(x),
    hidden: rowsOf(weight1),
    x: x.data,
    weight1: weight1.data,
    bias1: bias1.data,
    weight2: weight2.data,
  };
  tape.backend.mlp({ ...shared, bias2: bias2.data, out: out.data });
  tape.record(out, () =>
    tape.backend.mlpGradient({
      ...shared,
      gradOut: gradOf(out),
      gradX: gradOf(x),
      gradWeight1: gradOf(weight1),
      gradBias1: gradOf(bias1),
      gradWeight2: gradOf(weight2),
      gradBias2: gradOf(bias2),
    }),
  );
  return out;
}
