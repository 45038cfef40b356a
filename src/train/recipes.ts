import { MODERN_ARCHITECTURE, NOTEBOOK_ARCHITECTURE, type Architecture, type Shape } from '../nn/presets.js';
import { PYTORCH_ADAMW } from './optimizer.js';
import { trainingSettings, type TrainingSettings } from './settings.js';

/** A named way to build and train a model. */
export interface Recipe {
  readonly name: RecipeName;
  /** Raised when a default changes, so that runs can be told apart. */
  readonly version: number;
  readonly architecture: Architecture;
  /** Taken where the user gives no shape. */
  readonly shape: Shape;
  readonly training: TrainingSettings;
}

export const RECIPE_NAMES = ['notebook', 'modern'] as const;
export type RecipeName = (typeof RECIPE_NAMES)[number];

/** The notebook's training, SPEC section 7. */
const notebook: Recipe = {
  name: 'notebook',
  version: 1,
  architecture: NOTEBOOK_ARCHITECTURE,
  shape: { neurons: 10, heads: 5, blocks: 5, emb: 20 }, // its smallest size
  training: trainingSettings({
    epochs: 1000,
    batch: 32,
    padding: 'all',
    learningRate: 1e-3,
    schedule: { kind: 'constant' },
    optimizer: PYTORCH_ADAMW,
    clipNorm: null,
    lossPer: 'text',
    batching: 'shuffled',
    patience: 10,
  }),
};

/**
 * What small language models are trained with today. Each default with its reason:
 * the end of a text is predicted once, not up to 148 times; a loss per letter gives long and short texts gradients
 * of one scale; warm-up lets Adam's second moments settle, a cosine to near 0 lets the weights settle; clipping
 * survives the rare bad batch; decay on matrices only, since biases and norms do not overfit.
 */
const modern: Recipe = {
  name: 'modern',
  version: 1,
  architecture: MODERN_ARCHITECTURE,
  shape: { neurons: 4, heads: 4, blocks: 3, emb: 48 }, // 94 thousand parameters
  training: trainingSettings({
    epochs: 40,
    batch: 64,
    padding: 'first',
    learningRate: 5e-3,
    schedule: { kind: 'warmup-cosine', warmupSteps: 100, floor: 0.05 },
    optimizer: { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.1, decayOn: 'matrices' },
    clipNorm: 1,
    lossPer: 'letter',
    batching: 'similar-lengths',
    patience: null,
  }),
};

/** All recipes by name. */
export const RECIPES: Readonly<Record<RecipeName, Recipe>> = { notebook, modern };
