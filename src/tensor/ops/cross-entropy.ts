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

/** What is to be predicted beside the targets themselves. */
export interface SoftTargets {
  /** Share of every row's target that goes to `soft`, in [0, 1]. */
  readonly share: number;
  /**
   * `[rows, vocabulary]`, a distribution a row: a teacher's, for distillation (Hinton, Vinyals and Dean, 2015). Without
   * it, all tokens alike: label smoothing (Szegedy et al., 2016), by PyTorch's formula.
   */
  readonly soft?: FloatArray | undefined;
}

const HARD_TARGETS: SoftTargets = { share: 0 };

/**
 * NLL and top-1 of every row. The quantity that is differentiated is `scale` · Σ nll; with soft targets, `scale` · Σ
 * −Σ q · log softmax(logits), where q is 1 − share on the target, plus share times the soft distribution. The NLL that is
 * returned is the target's in any case.
 *
 * @param logits `[rows, vocabulary]` @param targets `[rows]`
 * @example
 * crossEntropy(tape, logits, targets, 1 / rows, { share: 0.1 }); // label smoothing
 * crossEntropy(tape, logits, targets, 1 / rows, { share: 0.5, soft: teacherProbabilities });
 */
export function crossEntropy(
  tape: Tape,
  logits: Tensor,
  targets: Int32Array,
  scale: number,
  { share, soft }: SoftTargets = HARD_TARGETS,
): RowScores {
  const rows = rowsOf(logits);
  const shared = { rows, vocabulary: columnsOf(logits), logits: logits.data, targets };
  const scores = { nll: tape.scratch(rows), correct: tape.scratch(rows) };
  tape.backend.crossEntropy({ ...shared, ...scores });
  tape.record(undefined, () =>
    tape.backend.crossEntropyGradient({
      ...shared,
      scale,
      softShare: share,
      soft,
      gradLogits: gradOf(logits),
    }),
  );
  return scores;
}
