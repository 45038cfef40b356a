import { gradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/**
 * LayerNorm(x + dropout(update)), or LayerNorm(x) without an update (Ba, Kiros and Hinton, 2016). Without a bias it is
 * RMSNorm instead, which does not centre (Zhang and Sennrich, 2019).
 *
 * @param x `[rows, width]` @param update `[rows, width]`, or none @param weight `[width]` @param bias `[width]`, or none
 * @returns `[rows, width]`
 */
export function addLayerNorm(
  tape: Tape,
  x: Tensor,
  update: Tensor | undefined,
  weight: Tensor,
  bias: Tensor | undefined,
  dropoutRate: number,
): Tensor {
  const out = tape.tensor(x.shape);
  const shared = {
    rows: rowsOf(x),
    width: columnsOf(x),
    x: x.data,
    update: update?.data,
    dropout: tape.dropout(update ? dropoutRate : 0),
    rms: bias === undefined,
    weight: weight.data,
  };
  tape.backend.addLayerNorm({ ...shared, bias: bias?.data, out: out.data });
  tape.record(out, () =>
    tape.backend.addLayerNormGradient({
      ...shared,
      gradOut: gradOf(out),
      gradX: gradOf(x),
      gradUpdate: update && gradOf(update),
      gradWeight: gradOf(weight),
      gradBias: bias && gradOf(bias),
    }),
  );
  return out;
}
