import { z } from 'zod';
import { LetterpressError } from '../errors.js';
import { MODERN_ARCHITECTURE, NOTEBOOK_ARCHITECTURE, type Architecture, type Shape } from '../nn/presets.js';
import { PYTORCH_ADAMW } from './optimizer.js';

const rate = z.number().min(0).lt(1);

/** Schema of {@link TrainingSettings}: what a run's config.json holds under `training`. */
export const trainingSettingsSchema = z.object({
  /** Epochs planned; patience may end the run before. */
  epochs: z.int().positive(),
  /** Texts of a batch. */
  batch: z.int().positive(),
  padding: z.enum(['all', 'first']),
  learningRate: z.number().positive(),
  schedule: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('constant') }),
    z.object({
      kind: z.literal('warmup-cosine'),
      warmupSteps: z.int().min(0),
      floor: z.number().min(0).max(1),
    }),
  ]),
  optimizer: z.object({
    beta1: rate,
    beta2: rate,
    epsilon: z.number().positive(),
    weightDecay: z.number().min(0),
    decayOn: z.enum(['all', 'matrices']),
  }),
  /** Largest norm of the gradient; null to leave it as it is. */
  clipNorm: z.number().positive().nullable(),
  /** What the loss is a mean over: texts (each the sum over its letters), or letters. */
  lossPer: z.enum(['text', 'letter']),
  /** Whether a batch takes any texts, or texts of similar lengths. */
  batching: z.enum(['shuffled', 'similar-lengths']),
  /** Epochs without a new lowest validation NLL that are borne; one more ends the run. Null: never. */
  patience: z.int().min(0).nullable(),
});

/** How a model is trained; saved with every run. */
export type TrainingSettings = Readonly<z.infer<typeof trainingSettingsSchema>>;

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
  training: {
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
  },
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
  training: {
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
  },
};

/** All recipes by name. */
export const RECIPES: Readonly<Record<RecipeName, Recipe>> = { notebook, modern };

/**
 * Checks training settings from outside.
 *
 * @throws LetterpressError BAD_OPTION naming the field, what was expected and what came
 */
export function parseTrainingSettings(value: unknown): TrainingSettings {
  const parsed = trainingSettingsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new LetterpressError(
    'BAD_OPTION',
    `the training settings are not valid: ${z.prettifyError(parsed.error)}`,
  );
}
