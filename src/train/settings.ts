import * as z from 'zod';
import { modelConfigSchema } from '../nn/config.js';
import { count, share } from '../number-schemas.js';
import { parseOptions } from '../parse-options.js';
import type { RunConfig } from '../runs/schema.js';

const rate = z.number().min(0).lt(1);
/** Kernels compute in float32: with an epsilon of 0 there, the update of a weight without a gradient is 0 / 0. */
const positive = z
  .number()
  .positive()
  .refine((value) => value <= 0 || Math.fround(value) > 0, { error: 'expected a number that is above 0 in float32' });

/** Schema of {@link TrainingSettings}: what a run's config.json holds under `training`. */
export const trainingSettingsSchema = z.object({
  /** Epochs planned; early stopping may end the training before. */
  epochs: z.int().positive(),
  batch: z.int().positive(),
  padding: z.enum(['all', 'first']),
  learningRate: positive,
  schedule: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('constant') }),
    z.object({
      kind: z.literal('warmup-cosine'),
      warmupSteps: count,
      floor: share,
    }),
  ]),
  optimizer: z.object({
    /** `muon`: Muon for the matrices inside blocks, AdamW for the rest. */
    kind: z.enum(['adamw', 'muon']).default('adamw'),
    beta1: rate,
    beta2: rate,
    epsilon: positive,
    weightDecay: z.number().min(0),
    decayOn: z.enum(['all', 'matrices']),
  }),
  /** Bound of the gradient's norm; null disables clipping. */
  clipNorm: positive.nullable(),
  /** The loss is a mean over texts, each the sum over its characters, or over characters. */
  lossPer: z.enum(['text', 'character']),
  batching: z.enum(['shuffled', 'similar-lengths']),
  /** Early-stopping patience: epochs without a new lowest validation NLL that are allowed. Null disables it. */
  patience: count.nullable(),
  /**
   * After a loss or gradient that is not finite: `stop` ends the training with the best epoch so far; `lower-lr`
   * returns to the beginning of the epoch and continues with half the learning rate, up to five times.
   */
  onDivergence: z.enum(['stop', 'lower-lr']).default('stop'),
  /** Fraction of each target that goes to the uniform distribution (Szegedy et al., 2016). */
  labelSmoothing: rate.default(0),
  /** Average of the weights, which is validated, saved and sampled in their place; null for none. */
  averaging: z
    .object({ kind: z.literal('ema'), decay: rate })
    .nullable()
    .default(null),
  /** Use of a distillation set; null for none. */
  distillationSet: z
    .object({
      /** Of the epoch's texts, how many are the distillation set's. */
      fraction: z.number().positive().lt(1),
      /** Weight of the teacher's distribution in their targets; the rest goes to the character that it sampled. */
      softTargetWeight: share,
    })
    .nullable()
    .default(null),
  /** Changes of the training texts, new in every epoch. */
  augmentation: z
    .object({
      /** Fraction of the texts whose words are shuffled. */
      wordShuffle: share.default(0),
      /** Whether the texts are consecutive pieces of one long text, to be cut elsewhere in every epoch. */
      shift: z.boolean().default(false),
    })
    .refine(({ shift, wordShuffle }) => !shift || wordShuffle === 0, {
      error: 'pieces of a long text (shift) have no words to shuffle: set wordShuffle to 0',
    })
    .prefault({}),
});

/** How a model is trained; saved with every run. */
export type TrainingSettings = Readonly<z.infer<typeof trainingSettingsSchema>>;

/** @throws LetterpressError BAD_OPTION naming the field, what was expected and what came */
export function parseTrainingSettings(value: unknown): TrainingSettings {
  return parseOptions(trainingSettingsSchema, value, 'the training settings are');
}

/**
 * A run's configuration with the settings that are newer than the run: each has its default, which is what the run did.
 * So runs of different versions of Letterpress can be compared. What cannot be read stays as it is.
 *
 * @example completeConfig(readRun('runs/old').config).model.tiedEmbeddings // false
 */
export function completeConfig(config: RunConfig): RunConfig {
  const model = modelConfigSchema.safeParse(config.model);
  const training = trainingSettingsSchema.safeParse(config.training);
  return {
    ...config,
    model: model.success ? model.data : config.model,
    training: training.success ? { ...config.training, ...training.data } : config.training,
  };
}
