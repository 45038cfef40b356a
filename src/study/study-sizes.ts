/** The sizes of a study: the notebook's four, and shapes of the user's own. */
import { LetterpressError } from '../errors.js';
import { countParameters } from '../nn/decoder-transformer.js';
import { planTraining, type PlanOptions, type TrainingPlan } from '../train/plan.js';
import type { SizeName } from '../train/recipes/index.js';

export const STUDY_SIZES = ['87k', '557k', '5m', '10m'] as const satisfies readonly SizeName[];

type NamedSize = (typeof STUDY_SIZES)[number];

/** One of {@link STUDY_SIZES}, or a shape: `128x4` is 128 wide with 4 blocks, `128x4x8` has 8 heads in each of them. */
export type StudySize = string;

/** The size that the original notebook found best. */
export const NOTEBOOK_BEST: NamedSize = '5m';

/**
 * Epochs until early stopping in the original notebook (docs/notebook.md, section 9; of 5m, as far as its log is
 * readable), and of the best size on few texts, whose last samples are of its 90th epoch. For estimates of time only.
 */
const NOTEBOOK_EPOCHS: Readonly<Record<NamedSize | 'few-texts', number>> = {
  '87k': 111,
  '557k': 45,
  '5m': 40,
  '10m': 14,
  'few-texts': 101,
};

/** Of shapes, about the mean of the notebook's. */
const USUAL_EPOCHS = 50;

const SHAPE = /^([1-9]\d*)x([1-9]\d*)(?:x([1-9]\d*))?$/;

function isNamed(size: StudySize): size is NamedSize {
  return (STUDY_SIZES as readonly string[]).includes(size);
}

export function isStudySize(text: string): boolean {
  return isNamed(text) || SHAPE.test(text);
}

/** Epochs to expect where early stopping ends a training. */
export function usualEpochs({ role, size }: { readonly role: string; readonly size: StudySize }): number {
  if (role === 'few-texts') return NOTEBOOK_EPOCHS['few-texts'];
  return isNamed(size) ? NOTEBOOK_EPOCHS[size] : USUAL_EPOCHS;
}

/**
 * The plan of a size. What a shape leaves out is the recipe's.
 *
 * @throws LetterpressError BAD_OPTION where the recipe has no such size, or the shape is not one of a model
 */
export function planSize(size: StudySize, options: PlanOptions, vocabulary: number): TrainingPlan {
  if (isNamed(size)) return planTraining({ ...options, size }, vocabulary);
  const [, width, layers, heads] = SHAPE.exec(size)!;
  const shape = { dModel: Number(width), layers: Number(layers), ...(heads && { heads: Number(heads) }) };
  try {
    return planTraining({ ...options, ...shape }, vocabulary);
  } catch (error) {
    if (!(error instanceof LetterpressError) || error.code !== 'BAD_OPTION') throw error;
    const fix = `${error.fix} A shape with heads is WIDTHxLAYERSxHEADS, such as 128x4x8 (sizes).`;
    throw new LetterpressError('BAD_OPTION', `size ${size} is no model: ${error.message}`, fix, { cause: error });
  }
}

/** Sizes with their parameters, from few to many, for an alphabet as large as the notebook's. */
export function countSizes(sizes: readonly StudySize[], recipe: PlanOptions['recipe']) {
  return sizes
    .map((size) => ({ size, parameters: countParameters(planSize(size, { recipe }, NOTEBOOK_TOKENS).model) }))
    .sort((a, b) => a.parameters - b.parameters);
}

const NOTEBOOK_TOKENS = 29;
