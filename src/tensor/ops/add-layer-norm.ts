import { gradientsOf, gradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/**
 * LayerNorm(x + dropout(update)), or LayerNorm(x) without an update (Ba, Kiros and Hinton, 2016).
 *
 * @param x `[rows, width]` @param update `[rows, width]`, or none @param weight `[width]` @param bias `[width]`
 * @returns `[rows, width]`
 */
export function addLayerNorm(
  tape: Tape,
  x: Tensor,
  update: Tensor | undefined,
  weight: Tensor,
  bias: Tensor,
  dropoutRate: number,
): Tensor {
  const out = tape.tensor(x.shape);
  const shared = {
    rows: rowsOf(x),
    width: columnsOf(x),
    x: x.data,
    update: update?.data,
    dropout: tape.dropout(update ? dropoutRate : 0),
    weight: weight.data,
  };
  tape.backend.addLayerNorm({ bias: bias.data, out: out.data, ...shared });
  tape.record(out, () => {
    const { sets, gradients } = gradientsOf(update ? [x, update] : [x]);
    tape.backend.addLayerNormGradient({
      gradOut: gradOf(out),
      sets,
      gradX: gradients[0]!,
      gradUpdate: gradients[1],
      gradWeight: gradOf(weight),
      gradBias: gradOf(bias),
      ...shared,
    });
  });
  return out;
}
