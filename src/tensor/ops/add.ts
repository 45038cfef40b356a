import { assertInternal } from '../../errors.js';
import { gradientsOf, gradOf, type Tape } from '../tape.js';
import { elementsOf, type Tensor } from '../tensor.js';

/**
 * x + dropout(update), all of one shape. The result takes the place of `update`, which is in a cache: nothing else may
 * read that, then or in the backward pass.
 */
export function add(tape: Tape, x: Tensor, update: Tensor, dropoutRate: number): Tensor {
  assertInternal(x !== update, 'expected two tensors');
  const out = tape.tensor(x.shape, update.data);
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
