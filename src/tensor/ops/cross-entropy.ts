import type { FloatArray } from '../../backend/types.js';
import { unsetGradOf, type Tape } from '../tape.js';
import { columnsOf, rowsOf, type Tensor } from '../tensor.js';

/** What is to be predicted in place of the target alone. */
export interface SoftTargets {
  /** Fraction of every row's target that goes to `soft`, in [0, 1]. */
  readonly fraction: number;
  /**
   * `[rows, vocabulary]`, a distribution per row: a teacher's, for distillation (Hinton, Vinyals and Dean, 2015).
   * Without it, the uniform distribution: label smoothing (Szegedy et al., 2016), by PyTorch's formula.
   */
  readonly soft?: FloatArray | undefined;
}

const HARD_TARGETS: SoftTargets = { fraction: 0 };

/**
 * Cross-entropy of every row with its target: Σ −log softmax(logits)[target] over the rows, or their {@link Loss.mean}.
 * With soft targets it is Σ −Σ q · log softmax(logits), where q is 1 − fraction on the target, plus fraction times the
 * soft distribution; `nll` and `correct` are the target's in any case.
 *
 * @param logits `[rows, vocabulary]` @param targets `[rows]`
 * @example
 * const loss = crossEntropy(tape, logits, targets).mean(rows);
 * loss.backward();
 * crossEntropy(tape, logits, targets, { fraction: 0.1 }); // label smoothing
 * crossEntropy(tape, logits, targets, { fraction: 0.5, soft: teacherProbabilities });
 */
export function crossEntropy(
  tape: Tape,
  logits: Tensor,
  targets: Int32Array,
  softTargets: SoftTargets = HARD_TARGETS,
): Loss {
  const rows = rowsOf(logits);
  const [nll, correct] = [tape.scratch(rows), tape.scratch(rows)];
  tape.backend.crossEntropy({ rows, vocabulary: columnsOf(logits), logits: logits.data, targets, nll, correct });
  return new Loss(tape, { logits, targets, softTargets }, nll, correct);
}

/** The loss of a pass, and each row's part of it. */
export class Loss {
  constructor(
    private readonly tape: Tape,
    private readonly of: { readonly logits: Tensor; readonly targets: Int32Array; readonly softTargets: SoftTargets },
    /** `[rows]` −log p(target), nats */
    readonly nll: FloatArray,
    /** `[rows]` 1 where the target was the most probable token, else 0 */
    readonly correct: FloatArray,
    private readonly scale = 1,
  ) {}

  /** The loss divided by a count, e.g. of the rows, or of the texts. */
  mean(count: number): Loss {
    return new Loss(this.tape, this.of, this.nll, this.correct, this.scale / count);
  }

  /** Adds the loss's gradient to that of every parameter that took part in the pass. */
  backward(): void {
    const { tape, scale, of } = this;
    const { logits, targets, softTargets } = of;
    tape.backend.crossEntropyGradient({
      rows: rowsOf(logits),
      vocabulary: columnsOf(logits),
      logits: logits.data,
      targets,
      scale,
      softShare: softTargets.fraction,
      soft: softTargets.soft,
      gradLogits: unsetGradOf(logits),
    });
    tape.backward();
  }
}
