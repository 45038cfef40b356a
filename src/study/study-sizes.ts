import { PRESETS, type PresetName, type Shape } from '../nn/presets.js';
import type { Padding } from '../nn/packed-batch.js';
import type { PlanOptions } from '../train/plan.js';
import type { RecipeName } from '../train/recipes.js';

/** The sizes of a study, by the notebook's numbers of parameters; the smallest first. */
export const STUDY_SIZES = ['87k', '557k', '5m', '10m'] as const satisfies readonly PresetName[];

/** Name of a size. */
export type StudySize = (typeof STUDY_SIZES)[number];

/**
 * Shapes for the `modern` recipe that go by the same names: wider and deeper from one to the next, with heads that are 12
 * to 32 wide. They have 94,349, 817,949, 4,786,205 and 9,920,669 parameters.
 */
export const MODERN_SIZES: Readonly<Record<StudySize, Shape>> = {
  '87k': { emb: 48, heads: 4, blocks: 3, neurons: 4 },
  '557k': { emb: 128, heads: 4, blocks: 4, neurons: 4 },
  '5m': { emb: 256, heads: 8, blocks: 6, neurons: 4 },
  '10m': { emb: 320, heads: 10, blocks: 8, neurons: 4 },
};

/**
 * What `planTraining` is to be asked for one size of a study.
 *
 * @param epochs passes over the training texts; the recipe's own when undefined
 */
export function planOptionsOf(
  recipe: RecipeName,
  size: StudySize,
  padding: Padding,
  epochs: number | undefined,
): PlanOptions {
  const shape = recipe === 'notebook' ? PRESETS[size] : MODERN_SIZES[size];
  return { recipe, ...shape, padding, epochs };
}

/** The size that the source found best. */
export const SOURCE_BEST: StudySize = '5m';

/**
 * Epochs that each size ran in the source before its patience was over (SPEC section 9; of 5m, as far as its log is
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
