import type { FloatArray } from '../../backend/types.js';
import { gradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/** What the loss says of each row. */
export interface RowScores {
  /** `[rows]` −log p(target), nats */
  readonly nll: FloatArray;
  /** `[rows]` 1 where the target was the most probable token, else 0 */
  readonly correct: FloatArray;
}

/**
 * NLL and top-1 of every row. The quantity that is differentiated is `scale` · Σ nll.
 *
 * @param logits `[rows, vocabulary]` @param targets `[rows]`
 */
export function crossEntropy(tape: Tape, logits: Tensor, targets: Int32Array, scale: number): RowScores {
  const rows = rowsOf(logits);
  const shared = { rows, vocabulary: columnsOf(logits), logits: logits.data, targets };
  const scores = { nll: tape.scratch(rows), correct: tape.scratch(rows) };
  tape.backend.crossEntropy({ ...shared, ...scores });
  tape.record(undefined, () =>
    tape.backend.crossEntropyGradient({ ...shared, scale, gradLogits: gradOf(logits) }),
  );
  return scores;
}
