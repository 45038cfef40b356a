import * as z from 'zod';
import { COMPUTE_PRECISIONS } from '../backend/types.js';
import type { GazetteSizes } from '../corpus/gazette/index.js';
import { LetterpressError } from '../errors.js';
import { parseOptions } from '../parse-options.js';
import { RECIPE_NAMES, recipeSchema, type Recipe, type RecipeName, type SizeName } from '../train/recipes/index.js';

export const STUDY_SIZES = ['87k', '557k', '5m', '10m'] as const satisfies readonly SizeName[];

export type StudySize = (typeof STUDY_SIZES)[number];

/** The size that the original notebook found best. */
export const NOTEBOOK_BEST: StudySize = '5m';

/**
 * Epochs until early stopping in the original notebook (docs/notebook.md, section 9; of 5m, as far as its log is
 * readable), and of the best size on few texts, whose last samples are of its 90th epoch. For estimates of time only.
 */
export const REFERENCE_EPOCHS: Readonly<Record<StudySize | 'few-texts', number>> = {
  '87k': 111,
  '557k': 45,
  '5m': 40,
  '10m': 14,
  'few-texts': 101,
};

/** The temperatures of docs/notebook.md, section 9. */
const STUDY_TEMPERATURES: readonly number[] = [0.01, 0.1, 0.5, 0.8, 1];

/** The notebook's number of training texts for the best size on few of them. */
const FEW_TEXTS = 1000;

const positive = z.int().min(1);

/** A repeated value would be a repeated run. */
const areDifferent = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** A built-in recipe by its name, or any as a whole. */
const recipe = z.union([z.enum(RECIPE_NAMES), recipeSchema]);

/** @example nameOfRecipe('modern'); // 'modern' */
export function nameOfRecipe(recipe: RecipeName | Recipe): string {
  return typeof recipe === 'string' ? recipe : recipe.name;
}

/** What study.json holds under `options`. */
export const studyOptionsSchema = z
  .strictObject({
    /** `quick`: a few steps of everything, to show what a study is. */
    kind: z.enum(['study', 'quick']).default('study'),
    sizes: z
      .array(z.enum(STUDY_SIZES))
      .min(1)
      .refine(areDifferent, 'each size once')
      .default([...STUDY_SIZES]),
    /** Every size is trained with the seeds 0 … seeds − 1. */
    seeds: positive.default(1),
    recipe: recipe.default('notebook'),
    /** A second recipe, which every size is trained with as well; null for none. */
    secondRecipe: recipe.nullable().default(null),
    /** Epochs planned, by size, with either recipe; the recipe's own where a size is missing. */
    epochs: z.partialRecord(z.enum(STUDY_SIZES), positive).default({}),
    precision: z.enum(COMPUTE_PRECISIONS).default('f32'),
    /** The best size is trained again on only the first so many training texts. */
    few: positive.default(FEW_TEXTS),
    temperatures: z
      .array(z.number().positive())
      .min(1)
      .refine(areDifferent, 'each temperature once')
      .default([...STUDY_TEMPERATURES]),
    /** Whether the smallest size is trained with all padding as well. */
    paddingCheck: z.boolean().default(true),
    /** Whether the smallest size is also trained with one part taken away, for each of several parts. */
    ablations: z.boolean().default(false),
  })
  .refine(({ recipe, secondRecipe }) => secondRecipe === null || nameOfRecipe(secondRecipe) !== nameOfRecipe(recipe), {
    path: ['secondRecipe'],
    error: 'expected a recipe of another name than that of the study, got the same',
  });

/** What a study is asked for, but for its texts. */
export type StudyOptions = Readonly<z.infer<typeof studyOptionsSchema>>;

export type StudyOptionsInput = Readonly<z.input<typeof studyOptionsSchema>>;

/** @throws LetterpressError BAD_OPTION naming the field, what was expected and what came */
export function parseStudyOptions(value: StudyOptionsInput): StudyOptions {
  return parseOptions(studyOptionsSchema, value, 'the options of the study are');
}

/** The notebook's 1,000 texts, or an eighth where there are fewer than twice as many. */
export function defaultFew(trainingTexts: number): number {
  return trainingTexts >= 2 * FEW_TEXTS ? FEW_TEXTS : Math.max(1, Math.round(trainingTexts / 8));
}

/** @throws LetterpressError BAD_OPTION when few texts are all there are, or more */
export function checkFew(few: number, trainingTexts: number): void {
  if (few < trainingTexts) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected fewer than the ${trainingTexts} training texts for the best size on few texts, got ${few}`,
    'Give a smaller number (few).',
  );
}

/** Texts of the built-in corpus for a quick study. */
export const QUICK_TEXTS: GazetteSizes = { train: 2000, val: 100, test: 100 };

/**
 * A study of minutes: the two small sizes with the modern recipe, which learns words in that time, and with the
 * notebook's beside it. Larger models get fewer epochs, since theirs take up to sixty times as long.
 */
export const QUICK_STUDY = {
  kind: 'quick',
  sizes: ['87k', '557k'],
  recipe: 'modern',
  secondRecipe: 'notebook',
  epochs: { '87k': 12, '557k': 6, '5m': 3, '10m': 2 },
  paddingCheck: false,
} as const satisfies StudyOptionsInput;
