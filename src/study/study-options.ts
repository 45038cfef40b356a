import * as z from 'zod';
import type { BackendRequest } from '../backend/registry.js';
import { COMPUTE_PRECISIONS } from '../backend/types.js';
import type { GazetteSizes } from '../corpus/gazette/index.js';
import { LetterpressError } from '../errors.js';
import { parseOptions } from '../parse-options.js';
import type { RunTexts } from '../runs/run-texts.js';
import type { TrainingPlan } from '../train/plan.js';
import { countSizes, isStudySize, STUDY_SIZES } from './study-sizes.js';
import { RECIPE_NAMES, recipeSchema, type Recipe, type RecipeName } from '../train/recipes/index.js';

/** The temperatures of docs/notebook.md, section 9. */
const STUDY_TEMPERATURES: readonly number[] = [0.01, 0.1, 0.5, 0.8, 1];

/** The notebook's number of training texts for the best size on few of them. */
const FEW_TEXTS = 1000;

const positive = z.int().min(1);

const size = z.string().refine(isStudySize, {
  error: `expected one of ${STUDY_SIZES.join(', ')}, or a shape such as 128x4 (width x layers) or 128x4x8`,
});

/** A repeated value would be a repeated run. */
const areDifferent = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** A built-in recipe by its name, or any as a whole. */
const recipe = z.union([z.enum(RECIPE_NAMES), recipeSchema]);

/** @example nameOfRecipe('modern'); // 'modern' */
export function nameOfRecipe(recipe: RecipeName | Recipe): string {
  return typeof recipe === 'string' ? recipe : recipe.name;
}

/** More would be a slip: every seed is a training of every size. */
const MAX_SEEDS = 1000;

/** What study.json holds under `options`. */
export const studyOptionsSchema = z
  .strictObject({
    /** `quick`: short trainings on few texts, to show what a study is. */
    kind: z.enum(['study', 'quick']).default('study'),
    sizes: z
      .array(size)
      .min(1)
      .refine(areDifferent, 'each size once')
      .default([...STUDY_SIZES]),
    /** Every size is trained with the seeds 0 … seeds − 1. */
    seeds: positive.max(MAX_SEEDS).default(1),
    recipe: recipe.default('notebook'),
    /** A second recipe, which every size is trained with as well; null for none. */
    secondRecipe: recipe.nullable().default(null),
    /** Epochs planned, by size, with either recipe; the recipe's own where a size is missing. */
    epochs: z.record(size, positive).default({}),
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
    /**
     * Whether the smallest size is also trained with one part taken away, for each of several parts; by default where
     * that costs little (`hasAblations`).
     */
    ablations: z.boolean().optional(),
  })
  .refine(({ recipe, secondRecipe }) => secondRecipe === null || nameOfRecipe(secondRecipe) !== nameOfRecipe(recipe), {
    path: ['secondRecipe'],
    error: 'expected a recipe of another name than that of the study',
  });

/** What a study is asked for, but for its texts. */
export type StudyOptions = Readonly<z.infer<typeof studyOptionsSchema>>;

export type StudyOptionsInput = Readonly<z.input<typeof studyOptionsSchema>>;

/** What is asked of `runStudy`. */
export interface StudyRequest {
  /** A new or empty folder, or an existing study, which is resumed. */
  readonly folder: string;
  /** After cleaning, and limiting if the study is to have fewer. */
  readonly texts: RunTexts;
  readonly options?: StudyOptionsInput;
  /** As for `chooseBackend`; the precision is that of the options. */
  readonly backend?: Omit<BackendRequest, 'precision'>;
  /** Allow interrupted runs to be resumed on another backend or instruction set than theirs. */
  readonly changeBackend?: boolean | undefined;
  /** Whether to write the report at the end; true by default. */
  readonly report?: boolean;
  /** Text for summary.txt of each new run. */
  readonly summarize?: (plan: TrainingPlan) => string;
}

/** @throws LetterpressError BAD_OPTION naming the field, what was expected and what came */
export function parseStudyOptions(value: StudyOptionsInput): StudyOptions {
  return parseOptions(studyOptionsSchema, value, 'the options of the study are');
}

/** So many times as many parameters as the smallest size make the largest cost far more than all ablations. */
const MANY_TIMES = 20;

/** Whether a study has ablations: as asked for, or else where they are a small share of its time. */
export function hasAblations({ ablations, kind, sizes, recipe }: StudyOptions): boolean {
  if (ablations !== undefined || kind === 'quick') return ablations ?? false;
  const counted = countSizes(sizes, recipe);
  return counted.at(-1)!.parameters >= MANY_TIMES * counted[0]!.parameters;
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
