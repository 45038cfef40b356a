import { gradientsOf, gradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/**
 * x · weightᵀ + bias.
 *
 * @param x `[rows, in]` @param weight `[out, in]` @param bias `[out]`, or none
 * @returns `[rows, out]`
 */
export function linear(tape: Tape, x: Tensor, weight: Tensor, bias?: Tensor): Tensor {
  const outputs = rowsOf(weight);
  const out = tape.tensor([rowsOf(x), outputs]);
  const shared = { rows: rowsOf(x), inputs: columnsOf(x), outputs, x: x.data, weight: weight.data };
  tape.backend.linear({ bias: bias?.data, out: out.data, ...shared });
  tape.record(out, () => {
    const { sets, gradients } = gradientsOf([x]);
    tape.backend.linearGradient({
      gradOut: gradOf(out),
      sets,
      gradX: gradients[0],
      gradWeight: gradOf(weight),
      gradBias: bias && gradOf(bias),
      ...shared,
    });
  });
  return out;
}
