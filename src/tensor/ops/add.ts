import { gradOf, type Tape } from '../tape.js';
import { elementsOf, type Tensor } from '../tensor.js';

/** x + dropout(update), all of one shape. */
export function add(tape: Tape, x: Tensor, update: Tensor, dropoutRate: number): Tensor {
  const out = tape.tensor(x.shape);
  const length = elementsOf(x.shape);
  const dropout = tape.dropout(dropoutRate);
  tape.backend.add({ length, x: x.data, update: update.data, dropout, out: out.data });
  tape.record(out, () =>
    tape.backend.addGradient({
      length,
      dropout,
      gradOut: gradOf(out),
      gradX: gradOf(x),
      gradUpdate: gradOf(update),
    }),
  );
  return out;
}
