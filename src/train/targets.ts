import { LetterpressError } from '../errors.js';
import { checkAutoregressive, type ModelConfig } from '../nn/config.js';
import type { PackedBatch } from '../nn/packed-batch.js';
import type { SoftTargets } from '../tensor/ops/cross-entropy.js';
import { checkDistillationSet, expectedInto, type DistillationSet } from './distillation/distillation-set.js';
import type { TrainingText } from './epoch-texts.js';
import type { TrainingSettings } from './settings.js';

/** What the model is to predict at each row of a batch: the next token, and what is mixed into it. */
export interface Targets {
  /** @param texts those of the batch */
  of(batch: PackedBatch, texts: readonly TrainingText[]): SoftTargets;
}

/**
 * Plain, smoothed or distilled targets, as the settings say.
 *
 * @throws LetterpressError BAD_OPTION for settings that need a distillation set where there is none, BAD_INPUT for one
 *   that does not fit the model
 */
export function chooseTargets(
  { labelSmoothing, distillationSet: use, padding }: TrainingSettings,
  distillationSet: DistillationSet | undefined,
  model: ModelConfig,
): Targets {
  if (use === null) return { of: () => ({ fraction: labelSmoothing }) };
  if (distillationSet === undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      'training.distillationSet says how a distillation set is used, but there is none',
      'Give one (distillationSet), or set training.distillationSet to null.',
    );
  }
  if (padding === 'all') {
    throw new LetterpressError(
      'BAD_OPTION',
      "a distillation set needs padding 'first': teachers expect nothing after the end of a text",
      "Leave padding 'all' out (padding).",
    );
  }
  checkAutoregressive(model, 'distillation');
  checkDistillationSet(distillationSet, model);
  return new DistilledTargets(distillationSet, use.softTargetWeight, labelSmoothing, model.vocabulary);
}

/**
 * Of the corpus's texts the next token, smoothed; of the teacher's, its probabilities, and the token that it sampled
 * (Hinton, Vinyals and Dean, 2015).
 */
class DistilledTargets implements Targets {
  constructor(
    private readonly distillationSet: DistillationSet,
    private readonly softTargetWeight: number,
    private readonly labelSmoothing: number,
    private readonly vocabulary: number,
  ) {}

  of({ tokens, targets, offsets }: PackedBatch, texts: readonly TrainingText[]): SoftTargets {
    const { distillationSet, softTargetWeight, labelSmoothing, vocabulary } = this;
    const soft = new Float32Array(tokens.length * vocabulary); // [rows, vocabulary]
    for (const [b, text] of texts.entries()) {
      const isTeachers = text.from === 'teacher';
      const weight = isTeachers ? softTargetWeight : labelSmoothing;
      const first = offsets[b]!;
      if (isTeachers) expectedInto(soft, first * vocabulary, vocabulary, distillationSet, text.number);
      for (let row = first; row < offsets[b + 1]!; row++) {
        const at = row * vocabulary;
        for (let v = 0; v < vocabulary; v++) soft[at + v] = isTeachers ? weight * soft[at + v]! : weight / vocabulary;
        soft[at + targets[row]!]! += 1 - weight;
      }
    }
    return { fraction: 1, soft };
  }
}
