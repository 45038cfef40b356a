import type { Padding } from '../nn/packed-batch.js';
import type { PlanOptions } from '../train/plan.js';
import type { Recipe, RecipeName, SizeName } from '../train/recipes/index.js';

/** The sizes of a study, by the notebook's numbers of parameters; the smallest first. */
export const STUDY_SIZES = ['87k', '557k', '5m', '10m'] as const satisfies readonly SizeName[];

/** Name of a size. */
export type StudySize = (typeof STUDY_SIZES)[number];

/**
 * What `planTraining` is to be asked for one size of a study.
 *
 * @param epochs passes over the training texts; the recipe's own when undefined
 */
export function planOptionsOf(
  recipe: RecipeName | Recipe,
  size: StudySize,
  padding: Padding,
  epochs: number | undefined,
): PlanOptions {
  return { recipe, size, padding, epochs };
}

/** The size that the source found best. */
export const SOURCE_BEST: StudySize = '5m';

/**
 * Epochs that each size ran in the source before its patience was over (docs/notebook.md, section 9; of 5m, as far as its log is
 * readable), and the best of them on few texts, whose last samples along training are of its 90th epoch. For estimates of
 * time only.
 */
export const REFERENCE_EPOCHS: Readonly<Record<StudySize | 'few-texts', number>> = {
  '87k': 111,
  '557k': 45,
  '5m': 40,
  '10m': 14,
  'few-texts': 101,
};
