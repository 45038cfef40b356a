import { LetterpressError } from '../errors.js';
import { parseModelConfig, type ModelConfig } from '../nn/config.js';
import type { Padding } from '../nn/packed-batch.js';
import { countParameters } from '../nn/parameters.js';
import { DEFAULT_WINDOW, type PresetName, type Shape } from '../nn/presets.js';
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
  readonly emb?: number | undefined;
  readonly heads?: number | undefined;
  readonly blocks?: number | undefined;
  readonly neurons?: number | undefined;
  /** Rate of the dropouts of embedding, attention and residual; of the notebook, of its only one. */
  readonly dropout?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly padding?: Padding | undefined;
  /** Letters that the model may look back on, and most of a text: its window without cls; 149 by default. */
  readonly context?: number | undefined;
  /** Whether the texts are pieces of one long text; they are then cut anew in every epoch. */
  readonly continuous?: boolean | undefined;
  /** Whether there is a lesson: the recipe's `taught` then holds; where it does not say how much is used, half and half. */
  readonly lesson?: boolean | undefined;
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

const SHAPE_OPTIONS = ['emb', 'heads', 'blocks', 'neurons'] as const satisfies readonly (keyof Shape)[];
const TRAINING_OPTIONS = ['epochs', 'batch', 'learningRate', 'padding'] as const;

/** How a lesson is used where nothing else is said: as many texts of it as real ones, and the teacher's word for theirs. */
const HALF_LESSON = { share: 0.5, weight: 1 };

/** The recipe used where none is named. */
export const DEFAULT_RECIPE: RecipeName = 'modern';

/**
 * Turns what the user said into a full configuration. What goes before what: `set`, the other options, the recipe's
 * changes for a lesson, those for the size, the recipe.
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
    model: { vocabulary, window: DEFAULT_WINDOW, ...(sized?.shape ?? recipe.shape), ...architecture },
    training,
  };
  const taught = options.lesson === true ? recipe.taught : {};
  const byPath = { ...sized?.set, ...taught, ...set };
  // Every field of a model is there; what a training may have depends on its kinds, and shows when it is parsed.
  checkPaths(
    base,
    filter(byPath, (path) => path.startsWith('model.')),
  );
  const lesson =
    options.lesson === true && training.lesson === null ? { 'training.lesson': HALF_LESSON } : {};
  const changes = { ...lesson, ...sized?.set, ...taught, ...changesOf(options, recipe), ...set };
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
  if (options.context !== undefined) changes['model.window'] = options.context + 1;
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
    known.length === 0
      ? 'Give a shape by --emb, --heads, --blocks and --neurons.'
      : `It has ${known.join(', ')}.`,
  );
}

function nameOf({ preset, size }: PlanOptions, recipe: Recipe, { emb, blocks }: ModelConfig): string {
  return preset ?? `${recipe.name}-${size ?? `${emb}x${blocks}`}`;
}

/** More than this would end in a failed allocation, far from the option that asked for it. */
const MOST_PARAMETERS = 1e9;

function checkSize(model: ModelConfig): void {
  const parameters = countParameters(model);
  if (parameters <= MOST_PARAMETERS) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a model of at most ${MOST_PARAMETERS.toExponential(0)} parameters, got ${parameters.toExponential(1)}`,
    'Make --emb, --neurons, --heads or --blocks smaller.',
  );
}

/** @throws LetterpressError BAD_OPTION for options that contradict each other */
function checkTogether({ preset, recipe, size, ...rest }: PlanOptions): void {
  const shape = SHAPE_OPTIONS.find((name) => rest[name] !== undefined);
  if (preset === undefined) {
    if (size === undefined || shape === undefined) return;
    throw new LetterpressError(
      'BAD_OPTION',
      `--size ${size} means the recipe's shape of that size, but --${shape} was given too`,
      'Leave one of them out.',
    );
  }
  const name = typeof recipe === 'object' ? recipe.name : recipe;
  if (name !== undefined && name !== 'notebook') {
    throw new LetterpressError(
      'BAD_OPTION',
      `--preset ${preset} means the notebook's shape and its recipe, but --recipe ${name} was given too`,
      `Leave one of them out; --recipe ${name} --size ${preset} is a model of that size by that recipe.`,
    );
  }
  if (size !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--preset ${preset} and --size ${size} were both given`,
      "Leave one of them out: --preset is the notebook's model, --size the recipe's.",
    );
  }
  if (shape !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--preset ${preset} means the notebook's shape, but --${shape} was given too`,
      'Leave one of them out; --recipe notebook takes a shape of your own.',
    );
  }
}
