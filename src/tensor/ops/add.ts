import { gradientsOf, gradOf, type Tape } from '../tape.js';
import { elementsOf, type Tensor } from '../tensor.js';

/** x + dropout(update), all of one shape. */
export function add(tape: Tape, x: Tensor, update: Tensor, dropoutRate: number): Tensor {
  const out = tape.tensor(x.shape);
  const length = elementsOf(x.shape);
  const dropout = tape.dropout(dropoutRate);
  tape.backend.add({ length, x: x.data, update: update.data, dropout, out: out.data });
  tape.record(out, () => {
    const gradOut = gradOf(out);
    tape.passGradientOn(out, x);
    const { sets, gradients } = gradientsOf([update]);
    tape.backend.addGradient({ length, dropout, gradOut, sets, gradUpdate: gradients[0]! });
  });
  return out;
}
