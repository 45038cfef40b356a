import { LetterpressError } from '../errors.js';
import { isRecord } from '../json.js';
import { checkNames } from '../parse-options.js';
import { parseModelConfig, type ModelConfig } from '../nn/config.js';
import type { Padding } from '../nn/packed-batch.js';
import { countParameters } from '../nn/decoder-transformer.js';
import { DEFAULT_CONTEXT_LENGTH, type PresetName, type Shape } from '../nn/presets.js';
import { parseRecipe, recipeNamed, RECIPES, type Recipe, type RecipeName, type SizeName } from './recipes/index.js';
import { setDropouts } from './recipes/recipe.js';
import { asWritten, checkPaths, withSettings, type SettingsByPath } from './recipes/settings-by-path.js';
import { parseTrainingSettings, type TrainingSettings } from './settings.js';

/** What a user may choose of a model and its training; everything left out comes from the recipe. */
export interface PlanOptions {
  /** One of the notebook's sizes: its shape and its recipe. */
  readonly preset?: PresetName | undefined;
  /** A built-in one by name, or any; `modern` unless a preset is given. */
  readonly recipe?: RecipeName | Recipe | undefined;
  /** The recipe's shape of at most so many parameters, and its settings for that size. */
  readonly size?: SizeName | undefined;
  readonly dModel?: number | undefined;
  readonly heads?: number | undefined;
  readonly layers?: number | undefined;
  readonly mlpRatio?: number | undefined;
  /** Rate of every dropout of the recipe. */
  readonly dropout?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly padding?: Padding | undefined;
  /** What follows a loss or gradient that is not finite: `stop` by default. */
  readonly onDivergence?: TrainingSettings['onDivergence'] | undefined;
  /** Tokens of a text, or of a piece of a long one, cls included; 150 by default. */
  readonly contextLength?: number | undefined;
  /** Whether the texts are pieces of one long text; they are then cut elsewhere in every epoch. */
  readonly continuous?: boolean | undefined;
  /** Whether there is a distillation set: then the recipe's `distilled` applies. */
  readonly distillationSet?: boolean | undefined;
  /** Any setting of {@link TrainingPlan}'s `model` and `training`, by path; takes precedence over all other options. */
  readonly set?: SettingsByPath | undefined;
}

/** A model's configuration and its training's settings. */
export interface TrainingPlan {
  readonly recipe: Recipe;
  readonly model: ModelConfig;
  readonly training: TrainingSettings;
  /** Short name for the shape and recipe, e.g. `87k`, `modern-557k` or `modern-48x3`. */
  readonly name: string;
}

const SHAPE_OPTIONS = ['dModel', 'heads', 'layers', 'mlpRatio'] as const satisfies readonly (keyof Shape)[];
const PLAN_OPTIONS = {
  ...{ preset: true, recipe: true, size: true, dModel: true, heads: true, layers: true, mlpRatio: true },
  ...{ dropout: true, epochs: true, batch: true, learningRate: true, padding: true, onDivergence: true },
  ...{ contextLength: true, continuous: true, distillationSet: true, set: true },
} as const;
const TRAINING_OPTIONS = ['epochs', 'batch', 'learningRate', 'padding', 'onDivergence'] as const;

/** Use of a distillation set where the recipe has none: as many of its texts as of the corpus's, soft targets only. */
const HALF_DISTILLED: SettingsByPath = { 'training.distillationSet': { fraction: 0.5, softTargetWeight: 1 } };

/** Augmentation of pieces of one long text, which have no order of words of their own. */
export const OF_PIECES = {
  'training.augmentation.shift': true,
  'training.augmentation.wordShuffle': 0,
} as const satisfies SettingsByPath;

/** The recipe used where none is named. */
export const DEFAULT_RECIPE: RecipeName = 'modern';

/**
 * Turns a user's options into a full configuration. Precedence, highest first: `set`, the other options, the recipe's
 * settings for a distillation set, those for the size, the recipe.
 *
 * @param vocabulary token values of the alphabet, pad and cls included
 * @throws LetterpressError BAD_OPTION for options that are unknown, contradict each other or do not fit
 *
 * @example planTraining({ size: '557k', epochs: 10, set: { 'model.dropout.residual': 0.2 } }, 29)
 */
export function planTraining(options: PlanOptions, vocabulary: number): TrainingPlan {
  checkNames(options, PLAN_OPTIONS, 'planTraining');
  return planOf(options, vocabulary);
}

/** {@link planTraining} of options whose names were checked, among them others than its own. */
export function planOf(options: PlanOptions, vocabulary: number): TrainingPlan {
  const recipe = recipeOf(options);
  checkTogether(options);
  const { preset, set = {} } = options;
  if (!isRecord(set))
    throw new LetterpressError('BAD_OPTION', `expected an object of settings by path (set), got ${asWritten(set)}`);
  if (Object.hasOwn(set, 'model.vocabulary')) {
    throw new LetterpressError(
      'BAD_OPTION',
      `model.vocabulary follows from the alphabet, and cannot be set: got ${asWritten(set['model.vocabulary']!)}`,
      'Leave it out, and choose the alphabet instead (alphabet).',
    );
  }
  const size = preset ?? options.size;
  const sized = size && sizeOf(recipe, size);
  const { architecture, training } = recipe;
  const base = {
    model: { vocabulary, contextLength: DEFAULT_CONTEXT_LENGTH, ...(sized?.shape ?? recipe.shape), ...architecture },
    training,
  };
  const isDistilled = options.distillationSet === true;
  const changes = {
    ...(isDistilled && training.distillationSet === null ? HALF_DISTILLED : {}),
    ...sized?.set,
    ...(isDistilled ? recipe.distilled : {}),
    ...changesOf(options, recipe),
    ...set,
  };
  const settings = withSettings(base, changes);
  const plan = { model: base.model, training: parseTrainingSettings(settings.training) };
  // A model always has all its fields; those of a training depend on its kinds of schedule, averaging and so on.
  checkPaths(plan, changes);
  const model = parseModelConfig(settings.model);
  checkSize(model);
  return { ...plan, recipe, model, name: nameOf(options, recipe, model) };
}

/**
 * Refuses what a user gives by an option and by `set` too, of which `set` would win without a word. A rate of all
 * dropouts may be given beside that of one.
 *
 * @throws LetterpressError BAD_OPTION
 */
export function refuseSetTwice({ set = {}, ...options }: PlanOptions): void {
  const recipe = recipeOf(options);
  for (const name of [...SHAPE_OPTIONS, ...TRAINING_OPTIONS, 'contextLength', 'dropout'] as const) {
    const paths = Object.keys(changesOf({ [name]: options[name] }, recipe));
    if (paths.length === 0 || !paths.every((path) => Object.hasOwn(set, path))) continue;
    const values = [options[name], ...paths.map((path) => asWritten(set[path]))];
    throw new LetterpressError(
      'BAD_OPTION',
      `${paths.join(', ')}: expected one value, got ${values.join(' and ')}`,
      `Leave one of them out (${name}, set).`,
    );
  }
}

function recipeOf({ preset, recipe }: Pick<PlanOptions, 'preset' | 'recipe'>): Recipe {
  if (recipe !== undefined && typeof recipe !== 'string') return parseRecipe(recipe, 'the value of recipe');
  return preset === undefined ? recipeNamed(recipe ?? DEFAULT_RECIPE) : RECIPES.notebook;
}

function changesOf(options: PlanOptions, recipe: Recipe): SettingsByPath {
  const changes: Record<string, number | string | boolean> = {};
  if (options.contextLength !== undefined) changes['model.contextLength'] = options.contextLength;
  if (options.continuous) Object.assign(changes, OF_PIECES);
  for (const name of SHAPE_OPTIONS) {
    const value = options[name];
    if (value !== undefined) changes[`model.${name}`] = value;
  }
  for (const name of TRAINING_OPTIONS) {
    const value = options[name];
    if (value !== undefined) changes[`training.${name}`] = value;
  }
  return options.dropout === undefined ? changes : { ...changes, ...setDropouts(options.dropout, recipe.dropouts) };
}

function sizeOf({ name, sizes }: Recipe, size: SizeName): NonNullable<Recipe['sizes'][SizeName]> {
  const found = Object.hasOwn(sizes, size) ? sizes[size] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(sizes);
  throw new LetterpressError(
    'BAD_OPTION',
    `the recipe ${name} has no size ${size}`,
    known.length === 0 ? 'Give a shape (dModel, heads, layers, mlpRatio).' : `It has ${known.join(', ')}.`,
  );
}

function nameOf({ preset, size }: PlanOptions, recipe: Recipe, { dModel, layers }: ModelConfig): string {
  return preset ?? `${recipe.name}-${size ?? `${dModel}x${layers}`}`;
}

/** More would end in a failed allocation, far from the option that asked for it. */
const MAX_PARAMETERS = 1e9;

function checkSize(model: ModelConfig): void {
  const parameters = countParameters(model);
  if (parameters <= MAX_PARAMETERS) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a model of at most ${MAX_PARAMETERS.toExponential(0)} parameters, got ${parameters.toExponential(1)}`,
    'Make it smaller (dModel, mlpRatio, heads, layers).',
  );
}

/** @throws LetterpressError BAD_OPTION for options that contradict each other */
function checkTogether({ preset, recipe, size, ...rest }: PlanOptions): void {
  const shape = SHAPE_OPTIONS.find((name) => rest[name] !== undefined);
  if (preset === undefined) {
    if (size === undefined || shape === undefined) return;
    throw new LetterpressError(
      'BAD_OPTION',
      `size ${size} is a shape of the recipe, but ${shape} was given too`,
      `Leave one of them out (size, ${shape}).`,
    );
  }
  const isNotebook = recipe === undefined || recipe === 'notebook' || recipe === RECIPES.notebook;
  if (!isNotebook) {
    const name = typeof recipe === 'object' ? recipe.name : recipe;
    throw new LetterpressError(
      'BAD_OPTION',
      `preset ${preset} is the notebook's shape and recipe, but recipe ${name} was given too`,
      `Leave out the preset; give its size ${preset} instead for a model of that size by that recipe (size ${preset}).`,
    );
  }
  if (size !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `preset ${preset} and size ${size} were both given`,
      "Leave one of them out: a preset is the notebook's model, a size the recipe's (preset, size).",
    );
  }
  if (shape !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `preset ${preset} is the notebook's shape, but ${shape} was given too`,
      `Leave one of them out (preset, ${shape}), or choose the recipe instead of the preset (recipe notebook).`,
    );
  }
}
