import { gradientsOf, gradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/**
 * Whether writing and reading the hidden layer takes less than computing it again for the gradient: two products of
 * `width` numbers against three times four bytes, and half of that where caches hold most of the layer. Measured.
 */
const isBetterKept = (width: number, hidden: number) => width >= (hidden <= 8 * width ? 48 : 96);

/**
 * gelu(x · weight1ᵀ + bias1) · weight2ᵀ + bias2 in one operation. The hidden layer, the widest of the model, is written
 * to memory only for the gradient, where that is faster; in bf16 the backend makes it again.
 *
 * @param x `[rows, width]` @param weight1 `[hidden, width]` @param bias1 `[hidden]`
 * @param weight2 `[width, hidden]` @param bias2 `[width]`
 * @returns `[rows, width]`
 */
export function mlp(tape: Tape, x: Tensor, weight1: Tensor, bias1: Tensor, weight2: Tensor, bias2: Tensor): Tensor {
  const out = tape.tensor(x.shape);
  const [rows, width, hidden] = [rowsOf(x), columnsOf(x), rowsOf(weight1)];
  const keeps = tape.isTraining && isBetterKept(width, hidden) && tape.backend.info.precision === 'f32';
  const shared = {
    rows,
    width,
    hidden,
    x: x.data,
    weight1: weight1.data,
    bias1: bias1.data,
    weight2: weight2.data,
    kept: keeps ? tape.scratch(rows * hidden) : undefined,
  };
  tape.backend.mlp({ bias2: bias2.data, out: out.data, ...shared });
  tape.record(out, () => {
    const { sets, gradients } = gradientsOf([x]);
    tape.backend.mlpGradient({
      gradOut: gradOf(out),
      sets,
      gradX: gradients[0]!,
      gradWeight1: gradOf(weight1),
      gradBias1: gradOf(bias1),
      gradWeight2: gradOf(weight2),
      gradBias2: gradOf(bias2),
      ...shared,
    });
  });
  return out;
}
