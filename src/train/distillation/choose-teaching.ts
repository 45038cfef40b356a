import { LetterpressError } from '../../errors.js';
import type { ModelConfig } from '../../nn/config.js';
import type { TrainingSettings } from '../settings.js';
import { checkLesson, type Lesson } from './lesson.js';
import { Teaching } from './teaching.js';

/**
 * How the settings use a lesson; undefined where they use none.
 *
 * @throws LetterpressError BAD_OPTION for settings that use a lesson without one, BAD_INPUT for one that does not fit
 */
export function chooseTeaching(
  { lesson: settings, padding }: TrainingSettings,
  { train, lesson }: { readonly train: readonly unknown[]; readonly lesson?: Lesson | undefined },
  model: ModelConfig,
  seed: number,
): Teaching | undefined {
  if (settings === null) return undefined;
  if (lesson === undefined || padding === 'all') {
    throw new LetterpressError(
      'BAD_OPTION',
      lesson === undefined
        ? 'training.lesson says how a lesson is used, but there is none'
        : 'a lesson needs --padding first: teachers expect nothing after the end of a text',
      lesson === undefined
        ? 'Name one with --lesson, or set training.lesson to null.'
        : 'Leave --padding all out.',
    );
  }
  checkLesson(lesson, model);
  return new Teaching(lesson, settings, train.length, seed);
}
