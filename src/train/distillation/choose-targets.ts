import { LetterpressError } from '../../errors.js';
import type { ModelConfig } from '../../nn/config.js';
import type { TrainingSettings } from '../settings.js';
import { checkDistillationSet, type DistillationSet } from './distillation-set.js';
import { Distillation } from './distillation-targets.js';

/**
 * How the settings use a distillation set; undefined where they use none.
 *
 * @throws LetterpressError BAD_OPTION for settings that use a distillation set without one, BAD_INPUT for one that does not fit
 */
export function chooseDistillation(
  { distillationSet: settings, padding }: TrainingSettings,
  {
    train,
    distillationSet,
  }: { readonly train: readonly unknown[]; readonly distillationSet?: DistillationSet | undefined },
  model: ModelConfig,
  seed: number,
): Distillation | undefined {
  if (settings === null) return undefined;
  if (distillationSet === undefined || padding === 'all') {
    throw new LetterpressError(
      'BAD_OPTION',
      distillationSet === undefined
        ? 'training.distillationSet says how a distillation set is used, but there is none'
        : "a distillation set needs padding 'first': teachers expect nothing after the end of a text",
      distillationSet === undefined
        ? 'Give one (distillationSet), or set training.distillationSet to null.'
        : "Leave padding 'all' out (padding).",
    );
  }
  checkDistillationSet(distillationSet, model);
  return new Distillation(distillationSet, settings, train.length, seed);
}
