import { z } from 'zod';
import { COMPUTE_PRECISIONS } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { parseOptions } from '../parse-options.js';
import { RECIPE_NAMES, recipeSchema, type Recipe, type RecipeName } from '../train/recipes/index.js';
import { STUDY_SIZES } from './study-sizes.js';

/** The temperatures of docs/notebook.md, section 9. */
export const STUDY_TEMPERATURES: readonly number[] = [0.01, 0.1, 0.5, 0.8, 1];

/** the notebook's number of training texts for the best size on few of them. */
export const FEW_TEXTS = 1000;

const positive = z.int().min(1);

/** No value twice: it would be a run twice. */
const unlike = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** A built-in recipe by its name, or any as a whole. */
const recipe = z.union([z.enum(RECIPE_NAMES), recipeSchema]);

/**
 * The name of a study's recipe.
 *
 * @example nameOfRecipe('modern'); // 'modern'
 */
export function nameOfRecipe(recipe: RecipeName | Recipe): string {
  return typeof recipe === 'string' ? recipe : recipe.name;
}

/** Schema of {@link StudyOptions}: what study.json holds under `options`. */
export const studyOptionsSchema = z
  .strictObject({
    /** `quick`: a few steps of everything, to show what a study is. */
    kind: z.enum(['study', 'quick']).default('study'),
    sizes: z
      .array(z.enum(STUDY_SIZES))
      .min(1)
      .refine(unlike, 'each size once')
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
      .refine(unlike, 'each temperature once')
      .default([...STUDY_TEMPERATURES]),
    /** Whether the smallest size is trained with all padding as well. */
    paddingCheck: z.boolean().default(true),
  })
  .refine(({ recipe, secondRecipe }) => secondRecipe === null || nameOfRecipe(secondRecipe) !== nameOfRecipe(recipe), {
    path: ['second-recipe'],
    error: 'expected a recipe of another name beside that of the study, got the same',
  });

/** What a study is asked for, but for its texts. */
export type StudyOptions = Readonly<z.infer<typeof studyOptionsSchema>>;

/** The same as a program gives it: everything has a default. */
export type StudyOptionsInput = Readonly<z.input<typeof studyOptionsSchema>>;

/**
 * Fills in what was left out, and checks the rest.
 *
 * @throws LetterpressError BAD_OPTION naming the field, what was expected and what came
 * @example parseStudyOptions({ sizes: ['87k'] }).temperatures; // [0.01, 0.1, 0.5, 0.8, 1]
 */
export function parseStudyOptions(value: StudyOptionsInput): StudyOptions {
  return parseOptions(studyOptionsSchema, value, 'the options of the study are');
}

/**
 * How many texts are few: the notebook's 1,000, or an eighth where there are fewer than twice as many.
 *
 * @param train number of training texts
 */
export function defaultFew(train: number): number {
  return train >= 2 * FEW_TEXTS ? FEW_TEXTS : Math.max(1, Math.round(train / 8));
}

/** @throws LetterpressError BAD_OPTION when few texts are all there are, or more */
export function checkFew(few: number, train: number): void {
  if (few < train) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected fewer texts than the ${train} to train on for the best size on few texts, got ${few}`,
    'Give a smaller number (few).',
  );
}
