import { z } from 'zod';
import { parseOptions } from '../parse-options.js';

const rate = z.number().min(0).lt(1);
const share = z.number().min(0).max(1);

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
    /** `muon` for the matrices inside blocks, the rest by AdamW; or AdamW for all, which older runs do not say. */
    kind: z.enum(['adamw', 'muon']).default('adamw'),
    beta1: rate,
    beta2: rate,
    epsilon: z.number().positive(),
    weightDecay: z.number().min(0),
    decayOn: z.enum(['all', 'matrices']),
  }),
  /** Largest norm of the gradient; null to leave it as it is. */
  clipNorm: z.number().positive().nullable(),
  /** What the loss is a mean over: texts (each the sum over its characters), or characters. */
  lossPer: z.enum(['text', 'character']),
  /** Whether a batch takes any texts, or texts of similar lengths. */
  batching: z.enum(['shuffled', 'similar-lengths']),
  /** Epochs without a new lowest validation NLL that are borne; one more ends the run. Null: never. */
  patience: z.int().min(0).nullable(),
  /** Share of each target that is spread evenly over all tokens (Szegedy et al., 2016). */
  labelSmoothing: rate.default(0),
  /** Which average of the weights is validated, kept and sampled in place of the weights themselves; null for none. */
  averaging: z
    .object({ kind: z.literal('ema'), decay: rate })
    .nullable()
    .default(null),
  /** How a distillation set is used, where the training is given one: texts that a teacher wrote, and what it expected there. */
  distillationSet: z
    .object({
      /** Of the epoch's texts, how many are the distillation set's. */
      fraction: z.number().positive().lt(1),
      /** Weight of the teacher's distribution in their targets; the rest goes to the character that it sampled. */
      softTargetWeight: share,
    })
    .nullable()
    .default(null),
  /** What is changed of the training texts, again in every epoch. */
  augmentation: z
    .object({
      /** Of the texts, those whose words come in random order. */
      wordShuffle: share.default(0),
      /** Whether the texts are pieces of one long text, one after another, that are cut again in every epoch. */
      shift: z.boolean().default(false),
    })
    .refine(({ shift, wordShuffle }) => !shift || wordShuffle === 0, {
      error: 'pieces of a long text (shift) have no words to shuffle: set wordShuffle to 0',
    })
    .prefault({}),
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
  return parseOptions(trainingSettingsSchema, value, 'the training settings are');
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
