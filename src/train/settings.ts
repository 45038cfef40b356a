import { z } from 'zod';
import { LetterpressError } from '../errors.js';

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
    z.object({
      kind: z.literal('warmup-stable-decay'),
      warmupSteps: z.int().min(0),
      /** Share of all steps, at the end, in which the rate falls. */
      decayShare: z.number().min(0).max(1),
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
  /** Share of each target that is spread evenly over all tokens (Szegedy et al., 2016). */
  labelSmoothing: rate.default(0),
  /** Which average of the weights is validated, kept and sampled in place of the weights themselves; null for none. */
  averaging: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('ema'), decay: rate }),
      z.object({ kind: z.literal('last-epochs'), epochs: z.int().positive() }),
    ])
    .nullable()
    .default(null),
});

/** How a model is trained; saved with every run. */
export type TrainingSettings = Readonly<z.infer<typeof trainingSettingsSchema>>;

/** Training settings where every field with a default may be left out. */
export type TrainingOptions = Readonly<z.input<typeof trainingSettingsSchema>>;

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

/**
 * Training settings from typed options: fields that are left out get the schema's defaults.
 *
 * @example
 * const training = trainingSettings({ ...RECIPES.modern.training, epochs: 10 });
 */
export function trainingSettings(options: TrainingOptions): TrainingSettings {
  return parseTrainingSettings(options);
}
