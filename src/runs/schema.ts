/**
 * What the files of a run directory hold: one zod schema a file, from which the types follow. The field tables
 * in docs/run-directory.md say the same in words. Safe for browsers.
 *
 * Version rule: fields may be added within a version, and readers ignore those that they do not know; a field
 * that is removed or changes its meaning raises {@link SCHEMA_VERSION}.
 */
import * as z from 'zod';
import { describeIssues } from '../describe-issues.js';
import { LetterpressError } from '../errors.js';
import { isRecord } from '../json.js';
import { count, realNumber } from '../number-schemas.js';

/**
 * The version of every folder that Letterpress writes (runs, studies, searches, mixtures, distillation sets), and the
 * only one that it reads. In version 1, fields and files had other names.
 */
export const SCHEMA_VERSION = 2;

export const schemaVersion = z.literal(SCHEMA_VERSION);
/** An object that another part of Letterpress owns and checks: kept as it is. */
const opaque = z.record(z.string(), z.unknown());

/** What the JSON file that makes a folder a run, a study, a mixture and so on begins with. */
export const artifactFields = {
  schemaVersion,
  /** Version of Letterpress that wrote it. */
  letterpress: z.string(),
  /** ISO 8601, UTC. */
  createdAt: z.iso.datetime(),
};

const backendSchema = z.object({
  name: z.string(),
  /** Instruction set that the native backend picked, or `simd128` of wasm. */
  isa: z.string().optional(),
  threads: z.int().min(1),
  /** Of the operands of large matrix products. Older runs do not say, and are `f32`. */
  precision: z.enum(['f32', 'bf16']).default('f32'),
});

/** `config.json`: everything that decides what a run does. */
export const runConfigSchema = z.object({
  ...artifactFields,
  seed: z.int(),
  /** Version of Node.js, e.g. `v20.19.2`. */
  node: z.string(),
  /** Operating system and processor, e.g. `linux-x64`. */
  platform: z.string(),
  backend: backendSchema,
  /** Where the run was resumed on others: those before, in order, each with the steps done when it was left. */
  earlierBackends: z.array(backendSchema.extend({ step: count })).optional(),
  corpus: z.object({
    name: z.string(),
    kind: z.string(),
    path: z.string().optional().describe('of the texts, or `hf:OWNER/NAME@COMMIT` for a data set of the Hub'),
    config: z.string().optional().describe('configuration of the data set, where one was asked for'),
    columns: z.array(z.string()).optional().describe('names of the columns that held the texts, for tables'),
    reading: z
      .object({
        format: z.enum(['text', 'csv', 'tsv', 'jsonl', 'parquet']).optional(),
        delimiter: z.string().optional(),
        quote: z.literal('none').optional(),
        header: z.boolean().optional(),
        emptyTexts: z
          .enum(['kept', 'left out'])
          .describe('what became of blank lines, and of texts cleaned to nothing'),
      })
      .optional()
      .describe('how the file was read, for texts from files; older runs kept empty texts'),
    fingerprint: z.string().describe('hash of the training, validation and test texts, after cleaning and limiting'),
    sizes: z.object({ train: count, val: count, test: count }).describe('texts in each split'),
    limit: count.optional().describe("the notebook's `num_training_data`, when given: only the first so many texts"),
    cleaning: z.enum(['headlines', 'none']),
    pieces: z.int().min(1).optional().describe('characters of each text, where they are pieces of one long text'),
    entropy: realNumber.optional().describe('exact, in nats per text, when the texts come from a known distribution'),
  }),
  /** Owned by the tokenizer: alphabet, policy. */
  tokenizer: opaque,
  /** Owned by the model: shape and options. */
  model: opaque,
  recipe: z.looseObject({ name: z.string() }),
  /** Where the model is trained on one as well. */
  distillationSet: z
    .object({
      /** Absolute, of what the user gave. */
      path: z.string(),
      /** Hash of its texts and distributions. */
      fingerprint: z.string(),
    })
    .optional(),
  /** Where the weights were trained elsewhere. */
  imported: z
    .object({
      /** Name of the safetensors file. */
      file: z.string(),
      sha256: z.string(),
    })
    .optional(),
  training: z.looseObject({
    epochs: count,
    batch: z.int().min(1),
    padding: z.enum(['all', 'first']),
  }),
});

/** A number of a training that was not finite: the step was undone. */
export const divergenceSchema = z.object({
  epoch: count,
  /** Optimiser steps done before it. */
  step: count,
  /** E.g. `the loss` or `the gradient of embedding.weight`. */
  where: z.string(),
  value: realNumber,
  /** Of the step. */
  learningRate: realNumber,
});

/** One line of `metrics.jsonl`: an epoch. NLLs are nats per text, top-1 the share of positions, per text. */
export const metricsLineSchema = z.object({
  /** Counted from 0. */
  epoch: count,
  /** Optimiser steps done at the end of the epoch. */
  step: count,
  /** Mean over the epoch's texts, measured while the weights moved, with augmentation and dropout. */
  trainNll: realNumber,
  valNll: realNumber,
  valTop1: realNumber,
  /** Share of the characters and ends of validation texts that were the most probable token. */
  valAccuracy: realNumber.optional(),
  /** At the end of the epoch. */
  learningRate: realNumber,
  /** Norm of the gradient before clipping, mean over the epoch's steps; absent without clipping. */
  gradNorm: realNumber.optional(),
  /** Wall-clock time of the epoch, validation included. */
  seconds: realNumber,
  /** Positions trained on in the epoch. */
  tokens: count,
  /** Whether this is the lowest validation NLL so far, or the first epoch. */
  best: z.boolean(),
  /** Divergences in this epoch, which was trained again after each with half the learning rate. */
  divergences: z.array(divergenceSchema).optional(),
});

/** An optimiser step, as `steps.csv` has it. */
export interface StepLine {
  /** Counted from 1. */
  readonly step: number;
  /** Counted from 0. */
  readonly epoch: number;
  /** Mean NLL of the batch's texts before the step, nats per text. */
  readonly nll: number;
  /** Before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** Positions trained on. */
  readonly tokens: number;
  /** Wall-clock time of the run so far. */
  readonly seconds: number;
}

export const STEPS_HEADING = 'step,epoch,nll,gradNorm,learningRate,tokens,seconds\n';

/** A line of `steps.csv`. */
export function formatStep({ step, epoch, nll, gradNorm, learningRate, tokens, seconds }: StepLine): string {
  const figures = [nll.toPrecision(6), gradNorm.toPrecision(5), learningRate.toPrecision(5), tokens];
  return `${step},${epoch},${figures.join()},${seconds.toFixed(3)}\n`;
}

/** `results.json`: written once, when training has ended. */
export const runResultsSchema = z.object({
  schemaVersion,
  /** −1 for none: the training diverged in its first epoch. */
  bestEpoch: z.int().min(-1),
  bestValNll: realNumber,
  valTop1: realNumber,
  testNll: realNumber,
  testTop1: realNumber,
  /** Share of the characters and ends of test texts that were the most probable token. */
  testAccuracy: realNumber.optional(),
  epochsRun: count,
  stoppedBecause: z.enum(['patience', 'epochs', 'interrupted', 'diverged']),
  /** All of the run. */
  divergences: z.array(divergenceSchema).optional(),
  parameters: count,
  /** Wall-clock time of the whole run. */
  seconds: realNumber,
  texts: z.object({ train: count, val: count, test: count }),
  /** Against the exact distribution of the texts, over the test texts, in nats per text. */
  exact: z.object({ entropy: realNumber, grammarNll: realNumber, excess: realNumber }).optional(),
  /** Test NLL in bits, per character of the test texts. */
  bitsPerCharacter: realNumber.optional(),
  /**
   * Of a model that sees what it predicts (without causal mask or shift): test NLL under the distributions that its
   * samples are drawn from, nats per text.
   */
  testNllAsSampled: realNumber.optional(),
});

/** The numbers of a checkpoint; the trainer may add fields of its own. */
export const checkpointMetaSchema = z.looseObject({
  schemaVersion,
  /** The last finished epoch, −1 for none: training continues in epoch `epoch + 1`. */
  epoch: z.int().min(-1),
  step: count,
  /** −1 while there is none. */
  bestEpoch: z.int().min(-1),
  bestValNll: realNumber,
  /** Epochs without a new lowest validation NLL. */
  patience: count,
});

export type RunConfig = z.infer<typeof runConfigSchema>;
export type Divergence = z.infer<typeof divergenceSchema>;
export type MetricsLine = z.infer<typeof metricsLineSchema>;
export type RunResults = z.infer<typeof runResultsSchema>;
export type CheckpointMeta = z.infer<typeof checkpointMetaSchema>;

/** The epoch with the lowest finite validation NLL, the first of equal ones. */
export function bestLine(metrics: readonly MetricsLine[]): MetricsLine | undefined {
  let best: MetricsLine | undefined;
  for (const line of metrics)
    if (Number.isFinite(line.valNll) && !(line.valNll >= (best?.valNll ?? Infinity))) best = line;
  return best;
}

/**
 * Checks a value that was read from a file.
 *
 * @param source the file, for messages
 * @param fix what to do about a value that does not fit
 * @throws LetterpressError `BAD_RUN` that names the field and what was expected there; a file of another schema version
 *   gets a message of its own
 */
export function parseFile<T>(schema: z.ZodType<T>, value: unknown, source: string, fix = RESTORE): T {
  checkVersion(value, source);
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new LetterpressError('BAD_RUN', `${source}: ${describeIssues(result.error, value)}`, fix, {
    cause: result.error,
  });
}

/** What to do about a run's file that is missing or damaged. */
export const RESTORE = 'Restore the file from a copy, or train again and replace the run (force).';

function checkVersion(value: unknown, source: string): void {
  if (!isRecord(value) || !('schemaVersion' in value)) return;
  const { schemaVersion: found } = value;
  if (found === SCHEMA_VERSION) return;
  const version = typeof found === 'number' ? String(found) : JSON.stringify(found); // which has no Infinity
  const maker = 'letterpress' in value ? ` (made by Letterpress ${String(value['letterpress'])})` : '';
  throw new LetterpressError(
    'BAD_RUN',
    `${source}: expected schema version ${SCHEMA_VERSION}, found ${version}${maker}`,
    `Use the ${Number(found) < SCHEMA_VERSION ? 'earlier ' : ''}version of Letterpress that made it, or make it again.`,
  );
}

/**
 * Checks a value of our own before it is written: a mistake here is a bug, found before it reaches the disk.
 *
 * @returns the value as it is read again: its fields in the order of the schema
 */
export function checkBeforeWriting<T>(schema: z.ZodType<T>, value: T, file: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new LetterpressError('INTERNAL', `${file} would be invalid: ${describeIssues(result.error, value)}`);
}
