import type { Backend } from '../backend/types.js';
import { checkTexts, corpusFromTexts, type Corpus, type Splits, SPLITS, eachSplit } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { pacer, runSteps } from '../generators.js';
import { isRecord } from '../json.js';
import { meanScores, type Evaluation } from '../model/evaluate.js';
import { LanguageModel } from '../model/language-model.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { checkNames } from '../parse-options.js';
import { encodeSplit, type EncodedSplit } from '../tokenizer/encode-split.js';
import { checkLostShare, lostShare } from '../tokenizer/report.js';
import { defaultTokenizer, Tokenizer } from '../tokenizer/tokenizer.js';
import { inAlphabet, type DistillationSet } from './distillation/distillation-set.js';
import { asWritten } from './recipes/settings-by-path.js';
import { planOf, type PlanOptions, type TrainingPlan } from './plan.js';
import type { BegunEvent, EpochReport, TestingEvent, TrainEvent } from './train-events.js';
import { Trainer } from './trainer.js';

/** What of a training does not depend on whether its model is a new one. */
interface CommonOptions {
  /** Texts with their splits; a list of texts is split 80/10/10 by the seed. */
  readonly corpus: Corpus | readonly string[];
  /** Texts and probabilities of a teacher, used as the recipe's `distilled` or `set` says. */
  readonly distillationSet?: DistillationSet | undefined;
  /** Of starting values, order of texts, dropout and so on; 0 by default. */
  readonly seed?: number | undefined;
  /** Called with each event; where it returns a promise, the training waits for it. */
  readonly onEvent?: ((event: ModelEvent) => unknown) | undefined;
  /** Aborting ends the training: the best model so far is tested and returned, if an epoch has ended. */
  readonly signal?: AbortSignal | undefined;
}

/** All but the texts has a default; what is not an option here comes from the recipe, and can be changed by `set`. */
export interface TrainModelOptions extends Omit<PlanOptions, 'distillationSet'>, CommonOptions {
  /** The fastest there is by default. */
  readonly backend?: Backend | undefined;
  /** The 29-token English alphabet by default; `learnAlphabet(texts)` makes one for other texts. */
  readonly tokenizer?: Tokenizer | undefined;
}

/** Of a model that is there already, only its training can be chosen. */
export interface ContinueTrainingOptions
  extends
    CommonOptions,
    Pick<PlanOptions, 'recipe' | 'dropout' | 'epochs' | 'batch' | 'learningRate' | 'onDivergence' | 'continuous'> {
  /** As for `trainModel`; paths under `training` only. */
  readonly set?: PlanOptions['set'];
}

/** What a training in memory reports, in this order: `begun`, those of the trainer, `testing`. */
export type ModelEvent = BegunEvent | TrainEvent | TestingEvent;

export interface TrainedModel {
  /** That of the best epoch by validation NLL. */
  readonly model: LanguageModel;
  /** One entry per epoch; NLLs are nats per text. */
  readonly history: readonly EpochReport[];
  /** The best epoch's entry. */
  readonly best: EpochReport;
  /** Of the best model on the test texts. */
  readonly test: Evaluation;
  /** `interrupted`: the signal was aborted. `diverged`: the model is that of the best epoch before. */
  readonly stoppedBecause: 'patience' | 'epochs' | 'interrupted' | 'diverged';
}

const COMMON_OPTIONS = { corpus: true, distillationSet: true, seed: true, onEvent: true, signal: true } as const;

const CONTINUE_OPTIONS = {
  ...COMMON_OPTIONS,
  ...{ recipe: true, dropout: true, epochs: true, batch: true, learningRate: true, onDivergence: true },
  ...{ continuous: true, set: true },
} as const;

export const TRAIN_OPTIONS = {
  ...CONTINUE_OPTIONS,
  ...{ backend: true, tokenizer: true, preset: true, size: true, dModel: true, heads: true, layers: true },
  ...{ mlpRatio: true, padding: true, contextLength: true },
} as const;

/** `trainModel` on a given backend. */
export async function trainModelOn(backend: Backend, options: TrainModelOptions): Promise<TrainedModel> {
  checkNames(options, TRAIN_OPTIONS, 'trainModel');
  const { tokenizer = defaultTokenizer(), seed = 0 } = options;
  check(
    'backend',
    backend,
    'a backend, such as chooseBackend().backend',
    typeof (backend.info as unknown) === 'object',
  );
  check('tokenizer', tokenizer, 'a Tokenizer', tokenizer instanceof Tokenizer);
  const distillationSet = options.distillationSet !== undefined;
  const { model, training } = planOf({ ...options, distillationSet }, tokenizer.vocabularySize);
  const start = new LanguageModel(
    new DecoderTransformer(model, { seed, backend }),
    tokenizer,
    backend,
    training.padding,
  );
  return train(
    start,
    training,
    options,
    'Learn the alphabet from the training texts (tokenizer: learnAlphabet(texts)).',
  );
}

/**
 * Trains a model further, on the same texts or others: fine-tuning. The model stays as it is; the result is a new one.
 * Optimiser and schedule start again; to resume an interrupted training with the same bits, see `trainInWorker`.
 *
 * @param options.recipe that of the model's kind by default: `notebook` for post-norm models, else `modern`
 * @param options.learningRate the recipe's by default; a tenth of it forgets less of what the model knows
 * @throws LetterpressError as `trainModel` does; BAD_OPTION for an option that would change the model's shape
 *
 * @example
 * const general = await loadModel('news.safetensors');
 * const { model } = await continueTraining(general, { corpus: sportsHeadlines, epochs: 5, learningRate: 1e-3 });
 */
export async function continueTraining(model: LanguageModel, options: ContinueTrainingOptions): Promise<TrainedModel> {
  checkNames(options, CONTINUE_OPTIONS, 'continueTraining');
  if (!(model instanceof LanguageModel))
    throw new LetterpressError('BAD_OPTION', `expected a LanguageModel (model), got ${typeof model}`);
  const { transformer, tokenizer, backend, padding, cleaning } = model;
  const { config } = transformer;
  const path = Object.keys(options.set ?? {}).find((path) => !path.startsWith('training.'));
  if (path !== undefined)
    throw new LetterpressError('BAD_OPTION', `${path} cannot be set: the model's shape is fixed`, 'Train a new model.');
  const recipe = options.recipe ?? (config.norm === 'post' ? 'notebook' : 'modern');
  const distillationSet = options.distillationSet !== undefined;
  const plan = planOf({ ...options, recipe, padding, distillationSet }, config.vocabulary);
  const dropout = options.dropout === undefined ? config.dropout : plan.model.dropout;
  const copy = new DecoderTransformer({ ...config, dropout }, { backend });
  copy.parameters.values.set(transformer.parameters.values);
  const start = new LanguageModel(copy, tokenizer, backend, padding, cleaning);
  return train(
    start,
    plan.training,
    options,
    "Give texts of the model's alphabet (model.tokenizer), or train a new model.",
  );
}

/** Trains a model in place. */
async function train(
  model: LanguageModel,
  settings: TrainingPlan['training'],
  { corpus, distillationSet: teacher, seed = 0, onEvent, signal }: CommonOptions,
  /** Of texts of another alphabet. */
  fix: string,
): Promise<TrainedModel> {
  const { transformer, tokenizer, backend } = model;
  check('onEvent', onEvent, 'a function', onEvent === undefined || typeof onEvent === 'function');
  // Of an AbortController in its place, an abort would go unnoticed.
  const isSignal = typeof (signal as AbortSignal | null | undefined)?.aborted === 'boolean';
  check('signal', signal, 'an AbortSignal', signal === undefined || isSignal);
  check(
    'distillationSet',
    teacher,
    'a distillation set, such as writeDistillationSetTexts gives',
    teacher === undefined || (isRecord(teacher) && teacher.expected instanceof Uint16Array),
  );
  const { splits } = asCorpus(corpus, seed);
  checkSplits(splits, 'corpus');
  const { maxCharacters } = model;
  const encoded = eachSplit((name) => encodeSplit(splits[name], tokenizer, { maxCharacters }));
  checkEncoded(encoded, fix);
  const data = {
    train: encoded.train.encoded,
    val: encoded.val.encoded,
    space: tokenizer.spaceToken,
    distillationSet: teacher && inAlphabet(teacher, tokenizer.characters),
  };
  const trainer = new Trainer(transformer, backend, settings, data, seed);
  await onEvent?.(begunEvent(trainer, encoded));
  const history: EpochReport[] = [];
  let stoppedBecause: TrainedModel['stoppedBecause'] = 'epochs';
  const pause = pacer();
  for (const event of trainer.run(signal)) {
    if (event.kind === 'epoch') history.push(event.report);
    if (event.kind === 'done') stoppedBecause = event.because;
    await onEvent?.(event);
    await pause();
  }
  const best = history.find(({ epoch }) => epoch === trainer.state.bestEpoch);
  if (best === undefined) throw withoutModel(trainer, signal);
  transformer.parameters.values.set(trainer.bestWeights);
  const total = encoded.test.encoded.length;
  const onStep = (done: number) => onEvent?.({ kind: 'testing', done, total });
  const test = meanScores(await runSteps(model.scoreSteps(encoded.test.encoded), { onStep }));
  return { model, history, best, test, stoppedBecause };
}

/** @throws LetterpressError BAD_OPTION for a value of the wrong kind */
function check(name: string, value: unknown, expected: string, holds: boolean): void {
  if (holds) return;
  const isPlain = value === null || !['object', 'function'].includes(typeof value);
  const got = isPlain ? asWritten(value) : Object.prototype.toString.call(value);
  throw new LetterpressError('BAD_OPTION', `expected ${expected} (${name}), got ${got}`);
}

function asCorpus(corpus: CommonOptions['corpus'], seed: number): Corpus {
  if (Array.isArray(corpus)) return corpusFromTexts(corpus as readonly string[], { seed });
  const { splits } = (corpus as Partial<Corpus> | undefined) ?? {};
  if ([splits?.train, splits?.val, splits?.test].every(Array.isArray)) {
    for (const name of SPLITS) checkTexts(splits![name], `corpus.splits.${name}`);
    return corpus as Corpus;
  }
  throw new LetterpressError(
    'BAD_OPTION',
    `expected texts to train on (corpus), got ${(corpus as unknown) === null ? 'null' : typeof corpus}`,
    'Give a list of strings, or what corpusFromTexts, loadCorpus or gazette return.',
  );
}

/** @throws LetterpressError BAD_INPUT for texts of another alphabet */
function checkEncoded(encoded: Readonly<Record<keyof Splits, EncodedSplit>>, fix: string): void {
  for (const name of SPLITS) {
    const { report } = encoded[name];
    checkLostShare(lostShare(report), `the ${name} texts`, fix);
  }
}

/** @throws LetterpressError BAD_INPUT for no texts to train on, or none to choose the best epoch by */
export function checkSplits(splits: Splits, name: string): void {
  for (const split of ['train', 'val'] as const)
    if (splits[split].length === 0)
      throw new LetterpressError('BAD_INPUT', `expected ${split} texts, got none (${name})`, 'Give more texts.');
}

/** What a training starts from. */
export function begunEvent(
  { settings, model, state, sums, stepsPerEpoch }: Trainer,
  encoded: Readonly<Record<keyof Splits, EncodedSplit>>,
): BegunEvent {
  const { epoch, step } = state;
  return {
    kind: 'begun',
    settings,
    parameters: model.parameters.count,
    ...{ epoch, step, stepInEpoch: sums.steps, stepsPerEpoch },
    characters: eachSplit((split) => encoded[split].report),
    outsideAlphabet: lostShare(encoded.train.report),
  };
}

/** Why there is no model to return. */
function withoutModel({ state }: Trainer, signal: AbortSignal | undefined): LetterpressError {
  const divergence = state.divergences.at(-1);
  if (signal?.aborted || divergence === undefined)
    return new LetterpressError(
      'ABORTED',
      'the training was aborted (signal) before its first epoch ended, so there is no model yet',
      'Abort later: the best model of the epochs so far is returned then.',
      { cause: signal?.reason },
    );
  return new LetterpressError(
    'DIVERGED',
    `the training diverged in its first epoch: ${divergence.where} was ${divergence.value}`,
    'Give a lower learning rate (learningRate).',
  );
}
