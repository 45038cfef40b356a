import { LetterpressError } from '../errors.js';
import { parseModelConfig, type ModelConfig } from '../nn/config.js';
import type { Padding } from '../nn/packed-batch.js';
import { countParameters } from '../nn/decoder-transformer.js';
import { DEFAULT_CONTEXT_LENGTH, type PresetName, type Shape } from '../nn/presets.js';
import { dropout } from './recipes/dropout.js';
import { RECIPES, type Recipe, type RecipeName, type SizeName } from './recipes/index.js';
import { checkPaths, withSettings, type SettingsByPath } from './recipes/settings-by-path.js';
import { parseTrainingSettings, type TrainingSettings } from './settings.js';

/** What a user may say about a model and its training; everything left out comes from the recipe. */
export interface PlanOptions {
  /** One of the notebook's sizes: its shape and its recipe. */
  readonly preset?: PresetName | undefined;
  /** A built-in one by name, or any; `modern` unless a preset is given. */
  readonly recipe?: RecipeName | Recipe | undefined;
  /** The recipe's shape of at most so many parameters, and what it sets for it. */
  readonly size?: SizeName | undefined;
  readonly dModel?: number | undefined;
  readonly heads?: number | undefined;
  readonly layers?: number | undefined;
  readonly mlpRatio?: number | undefined;
  /** Rate of the dropouts of embedding, attention and residual; of the notebook, of its only one. */
  readonly dropout?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly padding?: Padding | undefined;
  /** Tokens, cls included; 150 by default. */
  readonly contextLength?: number | undefined;
  /** Whether the texts are pieces of one long text; they are then cut again in every epoch. */
  readonly continuous?: boolean | undefined;
  /** Whether there is a distillation set: the recipe's `distilled` then holds; where it does not say how much is used, half and half. */
  readonly distillationSet?: boolean | undefined;
  /** Any setting of {@link TrainingPlan}'s `model` and `training`, by path; goes before all other options. */
  readonly set?: SettingsByPath | undefined;
}

/** A model's configuration and how it is to be trained. */
export interface TrainingPlan {
  readonly recipe: Recipe;
  readonly model: ModelConfig;
  readonly training: TrainingSettings;
  /** Short name for the shape and recipe, e.g. `87k`, `modern-557k` or `modern-48x3`. */
  readonly name: string;
}

const SHAPE_OPTIONS = ['dModel', 'heads', 'layers', 'mlpRatio'] as const satisfies readonly (keyof Shape)[];
const TRAINING_OPTIONS = ['epochs', 'batch', 'learningRate', 'padding'] as const;

/** How a distillation set is used where nothing else is said: as many texts of it as real ones, and the teacher's word for theirs. */
const HALF_DISTILLATION_SET = { fraction: 0.5, softTargetWeight: 1 };

/** The recipe used where none is named. */
export const DEFAULT_RECIPE: RecipeName = 'modern';

/**
 * Turns what the user said into a full configuration. What goes before what: `set`, the other options, the recipe's
 * changes for a distillation set, those for the size, the recipe.
 *
 * @param vocabulary token values of the alphabet, pad and cls included
 * @throws LetterpressError BAD_OPTION for options that contradict each other or do not fit
 *
 * @example planTraining({ size: '557k', epochs: 10, set: { 'model.dropout.residual': 0.2 } }, 29)
 */
export function planTraining(options: PlanOptions, vocabulary: number): TrainingPlan {
  checkTogether(options);
  const { preset, set = {} } = options;
  const recipe = recipeOf(options);
  const size = preset ?? options.size;
  const sized = size && sizeOf(recipe, size);
  const { architecture, training } = recipe;
  const base = {
    model: { vocabulary, contextLength: DEFAULT_CONTEXT_LENGTH, ...(sized?.shape ?? recipe.shape), ...architecture },
    training,
  };
  const distilled = options.distillationSet === true ? recipe.distilled : {};
  const byPath = { ...sized?.set, ...distilled, ...set };
  // Every field of a model is there; what a training may have depends on its kinds, and shows when it is parsed.
  checkPaths(
    base,
    filter(byPath, (path) => path.startsWith('model.')),
  );
  const distillationSet =
    options.distillationSet === true && training.distillationSet === null
      ? { 'training.distillationSet': HALF_DISTILLATION_SET }
      : {};
  const changes = { ...distillationSet, ...sized?.set, ...distilled, ...changesOf(options, recipe), ...set };
  const settings = withSettings(base, changes);
  const model = parseModelConfig(settings.model);
  const plan = { model, training: parseTrainingSettings(settings.training) };
  checkPaths(plan, byPath);
  checkSize(model);
  return { recipe, ...plan, name: nameOf(options, recipe, model) };
}

function filter(changes: SettingsByPath, keep: (path: string) => boolean): SettingsByPath {
  return Object.fromEntries(Object.entries(changes).filter(([path]) => keep(path)));
}

/** The recipe that the options mean. */
export function recipeOf({ preset, recipe }: Pick<PlanOptions, 'preset' | 'recipe'>): Recipe {
  if (typeof recipe === 'object') return recipe;
  return RECIPES[preset === undefined ? (recipe ?? DEFAULT_RECIPE) : 'notebook'];
}

/** The options but `set` as changes by path. */
function changesOf(options: PlanOptions, recipe: Recipe): SettingsByPath {
  const changes: Record<string, number | string | boolean> = {};
  if (options.contextLength !== undefined) changes['model.contextLength'] = options.contextLength;
  if (options.continuous) {
    changes['training.augmentation.shift'] = true;
    changes['training.augmentation.wordShuffle'] = 0; // words of a whole text, which its pieces are not
  }
  for (const name of SHAPE_OPTIONS) {
    const value = options[name];
    if (value !== undefined) changes[`model.${name}`] = value;
  }
  for (const name of TRAINING_OPTIONS) {
    const value = options[name];
    if (value !== undefined) changes[`training.${name}`] = value;
  }
  if (options.dropout !== undefined) {
    // The notebook has one dropout only.
    const { dropout: rate } = options;
    Object.assign(changes, recipe.name === 'notebook' ? { 'model.dropout.embedding': rate } : dropout(rate));
  }
  return changes;
}

function sizeOf({ name, sizes }: Recipe, size: SizeName): NonNullable<Recipe['sizes'][SizeName]> {
  const found = sizes[size];
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

/** More than this would end in a failed allocation, far from the option that asked for it. */
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
  const name = typeof recipe === 'object' ? recipe.name : recipe;
  if (name !== undefined && name !== 'notebook') {
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
