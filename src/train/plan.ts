import { LetterpressError } from '../errors.js';
import { parseModelConfig, type ModelConfig } from '../nn/config.js';
import type { Padding } from '../nn/packed-batch.js';
import { countParameters } from '../nn/parameters.js';
import { DEFAULT_WINDOW, PRESETS, type PresetName, type Shape } from '../nn/presets.js';
import { RECIPES, type Recipe, type RecipeName } from './recipes.js';
import { parseTrainingSettings, type TrainingSettings } from './settings.js';

/** What a user may say about a model and its training; everything left out comes from the recipe. */
export interface PlanOptions {
  /** One of the notebook's sizes: its shape and its recipe. */
  readonly preset?: PresetName | undefined;
  /** `modern` unless a preset is given. */
  readonly recipe?: RecipeName | undefined;
  readonly emb?: number | undefined;
  readonly heads?: number | undefined;
  readonly blocks?: number | undefined;
  readonly neurons?: number | undefined;
  /** Rate of every dropout that the recipe's architecture has. */
  readonly dropout?: number | undefined;
  readonly epochs?: number | undefined;
  readonly batch?: number | undefined;
  readonly learningRate?: number | undefined;
  readonly padding?: Padding | undefined;
}

/** A model's configuration and how it is to be trained. */
export interface TrainingPlan {
  readonly recipe: Recipe;
  readonly model: ModelConfig;
  readonly training: TrainingSettings;
  /** Short name for the shape and recipe, e.g. `87k` or `modern-48x3`. */
  readonly name: string;
}

const SHAPE_OPTIONS = ['emb', 'heads', 'blocks', 'neurons'] as const satisfies readonly (keyof Shape)[];

/** The recipe used where none is named. */
export const DEFAULT_RECIPE: RecipeName = 'modern';

/**
 * Turns what the user said into a full configuration.
 *
 * @param vocabulary token values of the alphabet, pad and cls included
 * @throws LetterpressError BAD_OPTION for options that contradict each other or do not fit
 */
export function planTraining(options: PlanOptions, vocabulary: number): TrainingPlan {
  const recipe = RECIPES[recipeName(options)];
  const preset = options.preset && PRESETS[options.preset];
  const shape: Shape = {
    emb: options.emb ?? preset?.emb ?? recipe.shape.emb,
    heads: options.heads ?? preset?.heads ?? recipe.shape.heads,
    blocks: options.blocks ?? preset?.blocks ?? recipe.shape.blocks,
    neurons: options.neurons ?? preset?.neurons ?? recipe.shape.neurons,
  };
  const model = parseModelConfig({
    vocabulary,
    window: DEFAULT_WINDOW,
    ...shape,
    ...recipe.architecture,
    dropout: dropoutRates(recipe, options.dropout),
  });
  checkSize(model);
  const training = parseTrainingSettings({
    ...recipe.training,
    epochs: options.epochs ?? recipe.training.epochs,
    batch: options.batch ?? recipe.training.batch,
    learningRate: options.learningRate ?? recipe.training.learningRate,
    padding: options.padding ?? recipe.training.padding,
  });
  return { recipe, model, training, name: options.preset ?? `${recipe.name}-${shape.emb}x${shape.blocks}` };
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

function recipeName({ preset, recipe, ...rest }: PlanOptions): RecipeName {
  if (preset === undefined) return recipe ?? DEFAULT_RECIPE;
  if (recipe !== undefined && recipe !== 'notebook') {
    throw new LetterpressError(
      'BAD_OPTION',
      `--preset ${preset} means the notebook's shape and its recipe, but --recipe ${recipe} was given too`,
      'Leave one of them out; with --recipe, give the shape by --emb, --heads, --blocks and --neurons.',
    );
  }
  const shape = SHAPE_OPTIONS.find((name) => rest[name] !== undefined);
  if (shape !== undefined) {
    throw new LetterpressError(
      'BAD_OPTION',
      `--preset ${preset} means the notebook's shape, but --${shape} was given too`,
      'Leave one of them out; --recipe notebook takes a shape of your own.',
    );
  }
  return 'notebook';
}

function dropoutRates(recipe: Recipe, rate: number | undefined): ModelConfig['dropout'] {
  if (rate === undefined) return recipe.architecture.dropout;
  // The notebook has one dropout only.
  const others = recipe.name === 'notebook' ? 0 : rate;
  return { embedding: rate, attention: others, residual: others };
}
