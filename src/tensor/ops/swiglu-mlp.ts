import { gradientsOf, gradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/**
 * (silu(x · W_gateᵀ) ∘ (x · W_upᵀ)) · W_downᵀ with silu(x) = x / (1 + e^−x) (SwiGLU, Shazeer, 2020) in one operation:
 * the hidden layer is used while it is in cache.
 *
 * @param x `[rows, width]` @param weight1 `[2 · hidden, width]`: of gates, then of ups @param weight2 `[width, hidden]`
 * @returns `[rows, width]`
 */
export function swigluMlp(tape: Tape, x: Tensor, weight1: Tensor, weight2: Tensor): Tensor {
  const out = tape.tensor(x.shape);
  const [rows, hidden] = [rowsOf(x), columnsOf(weight2)];
  const weights = { weight1: weight1.data, weight2: weight2.data };
  const gatesAndUps = tape.scratch(2 * rows * hidden);
  const shared = { rows, width: columnsOf(x), hidden, x: x.data, ...weights, gatesAndUps };
  tape.backend.swigluMlp({ out: out.data, ...shared });
  tape.record(out, () => {
    const { sets, gradients } = gradientsOf([x]);
    const ofWeights = { gradWeight1: gradOf(weight1), gradWeight2: gradOf(weight2) };
    tape.backend.swigluMlpGradient({ gradOut: gradOf(out), sets, gradX: gradients[0]!, ...shared, ...ofWeights });
  });
  return out;
}
