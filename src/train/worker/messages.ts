import * as z from 'zod';
import { BACKEND_CHOICES, type BackendRequest } from '../../backend/registry.js';
import type { Corpus, ExactDistribution } from '../../corpus/corpus.js';
import { PRECISION_CHOICES } from '../../backend/types.js';
import { modelConfigSchema } from '../../nn/config.js';
import { checkNames, parseOptions } from '../../parse-options.js';
import type { SharedLock } from '../../runs/folder-lock.js';
import type { RunConfig } from '../../runs/schema.js';
import { Tokenizer } from '../../tokenizer/tokenizer.js';
import { trainingSettingsSchema } from '../settings.js';
import type { RunTexts } from '../../runs/run-texts.js';
import type { RunPlan } from '../run-record.js';
import type { BegunEvent } from '../train-events.js';
import type { RunEvent } from '../training-run.js';
import type { ErrorMessage } from './error-message.js';

/** The first event of a training in a worker: the run directory is there, and the texts are encoded. */
export interface RunBegunEvent extends BegunEvent {
  readonly folder: string;
  readonly config: RunConfig;
}

export type WorkerEvent = RunBegunEvent | RunEvent;

/** A new run, or an interrupted one to resume. */
export type TrainingRequest = NewRunRequest | ResumeRequest;

interface CommonRequest {
  readonly folder: string;
  /** Texts to train on; to resume, those that the run was begun with. */
  readonly texts: RunTexts;
  /**
   * As for `chooseBackend`: by default the fastest there is, on all cores. A run that is resumed keeps its precision.
   */
  readonly backend?: BackendRequest;
  /** Runs that may have measured the same texts: what they have is taken from there. None by default. */
  readonly reuse?: readonly string[];
  /** Written into the run as its summary of the model, unless it has one. */
  readonly summary?: string | undefined;
}

export interface NewRunRequest extends CommonRequest {
  readonly resume?: false;
  readonly plan: RunPlan;
  /** 0 by default. */
  readonly seed?: number;
  /** Replace a run that is in the folder already. */
  readonly force?: boolean;
}

export interface ResumeRequest extends CommonRequest {
  readonly resume: true;
  /** Allow another backend or instruction set than the run's, see `TrainingRun.resume`. */
  readonly changeBackend?: boolean | undefined;
}

const texts = z.array(z.string());
const runTexts = z.object({ splits: z.object({ train: texts, val: texts, test: texts }) });

/** What a worker is started with: the parts of a request that a caller without types may get wrong, and the rest. */
const startSchema = z.object({
  folder: z.string().min(1),
  texts: z.custom<TextsData>((value) => runTexts.safeParse(value).success, 'expected splits that are lists of strings'),
  backend: z.object({
    choice: z.enum(BACKEND_CHOICES).optional(),
    threads: z.number().optional(),
    precision: z.enum(PRECISION_CHOICES).optional(),
  }),
  reuse: texts,
  summary: z.string().optional(),
  changeBackend: z.boolean().optional(),
  /** A new run; absent to resume. */
  begin: z
    .object({
      plan: z.object({
        recipe: z.object({ name: z.string().min(1), version: z.int() }),
        model: modelConfigSchema,
        training: trainingSettingsSchema,
      }),
      seed: z.int().min(0),
      force: z.boolean(),
    })
    .optional(),
  /** Of the folder, where the starting thread holds it. */
  lock: z.custom<SharedLock>().optional(),
  /** Memory of the {@link TrainingControl}. */
  control: z.instanceof(SharedArrayBuffer),
});

export type TrainingStart = z.infer<typeof startSchema>;

/** Texts without what cannot be sent to another thread, which are functions and classes. */
interface TextsData extends Omit<RunTexts, 'corpus' | 'tokenizer'> {
  readonly corpus: Omit<Corpus, 'exact'>;
  /** Of a known distribution: its entropy, and −log p of each test text. */
  readonly exact?: { readonly entropy: number; readonly testNll: Float64Array } | undefined;
  /** As `Tokenizer.fromJSON` reads it. */
  readonly tokenizer: unknown;
}

/** What a worker sends: its events, and how it ended. */
export type WorkerMessage =
  | { readonly type: 'event'; readonly event: WorkerEvent }
  | { readonly type: 'failed'; readonly error: ErrorMessage }
  | { readonly type: 'ended' };

const REQUEST = 'the request for a training is';

/** @throws LetterpressError BAD_OPTION naming the field, what was expected and what came */
export function parseStart(value: unknown): TrainingStart {
  return parseOptions(startSchema, value, REQUEST);
}

const REQUEST_OPTIONS = {
  ...{ folder: true, texts: true, backend: true, reuse: true, summary: true },
  ...{ resume: true, plan: true, seed: true, force: true, changeBackend: true },
} as const;

/** The parts of a request that are taken apart before the worker checks them all. */
const partsSchema = z.object({
  texts: z.looseObject({ corpus: z.looseObject({}), splits: z.looseObject({}), tokenizer: z.instanceof(Tokenizer) }),
  plan: z.looseObject({ recipe: z.looseObject({}) }).optional(),
});

/** @throws LetterpressError BAD_OPTION for anything but a request, and for an option that it does not have */
export function checkRequest(request: TrainingRequest): void {
  checkNames(request, REQUEST_OPTIONS, 'trainInWorker');
  const schema = request.resume === true ? partsSchema : partsSchema.required();
  parseOptions<object>(schema, request, REQUEST);
}

/** A request as plain data. */
export function describeRequest(
  request: TrainingRequest,
  control: SharedArrayBuffer,
  lock: SharedLock | undefined,
): TrainingStart {
  const { folder, backend = {}, reuse = [], summary } = request;
  const start = { folder, control, lock, backend, reuse: [...reuse], summary, texts: describeTexts(request.texts) };
  if (request.resume === true) return { ...start, changeBackend: request.changeBackend };
  const { plan, seed = 0, force = false } = request;
  const { recipe, model, training } = plan;
  const { name, version } = recipe;
  return { ...start, begin: { plan: { recipe: { name, version }, model, training }, seed, force } };
}

function describeTexts(texts: RunTexts): TextsData {
  const { exact, ...corpus } = texts.corpus;
  return {
    ...texts,
    corpus: { ...corpus, splits: texts.splits }, // sent once
    exact: exact && {
      entropy: exact.entropy,
      testNll: Float64Array.from(texts.splits.test, (text) => exact.nll(text)),
    },
    tokenizer: texts.tokenizer.toJSON(),
  };
}

/** The texts of {@link describeRequest}, as a run needs them. */
export function reviveTexts({ exact, corpus, ...texts }: TrainingStart['texts']): RunTexts {
  return {
    ...texts,
    corpus: exact === undefined ? corpus : { ...corpus, exact: reviveExact(exact, texts.splits.test) },
    tokenizer: Tokenizer.fromJSON(texts.tokenizer),
  };
}

/** The distribution as far as a run uses it: on its test texts. */
function reviveExact(
  { entropy, testNll }: NonNullable<TextsData['exact']>,
  test: readonly string[],
): ExactDistribution {
  const table = new Map(test.map((text, i) => [text, testNll[i]]));
  return { entropy, nll: (text) => table.get(text) ?? NaN };
}
