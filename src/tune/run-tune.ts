import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { checkMemory, meanTokens } from '../profile/memory.js';
import { isSame } from '../runs/compare-configs.js';
import { checkArtifactFolder, newArtifact } from '../runs/artifact-folder.js';
import { lockChecked, type FolderLock } from '../runs/folder-lock.js';
import { encodeSplit } from '../tokenizer/encode-split.js';
import type { RunTexts } from '../runs/run-texts.js';
import { describeRun } from '../train/describe-run.js';
import type { TrainingPlan } from '../train/plan.js';
import { checkSameBackend } from '../train/run-record.js';
import type { SettingsByPath } from '../train/recipes/settings-by-path.js';
import type { EncodedSplits } from '../train/epoch-texts.js';
import type { StopSignal, TrainEvent } from '../train/train-events.js';
import { planRungs, promote, type Rung } from './halving.js';
import { drawSettings } from './search-space.js';
import { planTrial, runTrial, type TrialResult } from './trial.js';
import { appendTrial, isTune, readTrials, readTuneFile, writeTuneFile } from './tune-file.js';
import { parseTuneOptions, type TuneOptions, type TuneOptionsInput } from './tune-options.js';
import { writeTuneReport, type TuneReport } from './write-tune-report.js';

export interface TuneRequest {
  /** Made when missing; an interrupted search of the same options is resumed. */
  readonly folder: string;
  readonly texts: RunTexts;
  readonly options: TuneOptionsInput;
  readonly backend: Backend;
  /** Allow another backend or instruction set than that of a search that is resumed. */
  readonly changeBackend?: boolean | undefined;
  /** No trial is begun that is likely to end later than after so many seconds of training. */
  readonly budgetSeconds?: number | undefined;
}

export interface TrialPlace {
  readonly rung: number;
  readonly rungs: readonly Rung[];
  readonly trial: number;
  /** Trials of this rung that have ended. */
  readonly done: number;
}

export type TuneEvent =
  | { readonly kind: 'tune'; readonly rungs: readonly Rung[]; readonly done: readonly TrialResult[] }
  | { readonly kind: 'training'; readonly place: TrialPlace; readonly event: TrainEvent }
  | { readonly kind: 'trial'; readonly place: TrialPlace; readonly result: TrialResult }
  | { readonly kind: 'budget'; readonly seconds: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'finished'; readonly report: TuneReport };

/** Milliseconds after which other work of the process gets its turn. */
const PAUSE_EVERY = 30;

/**
 * Searches the settings of a recipe: random draws and successive halving, on training and validation texts only. Every
 * trial's result is kept as it ends; an interrupted search is resumed by the same request, and the trial that
 * was running begins again.
 *
 * @throws LetterpressError BAD_OPTION when the folder holds another search, or settings do not fit; IN_USE when another
 *   process writes the folder
 * @example
 * const request = { folder: 'tunes/first', texts, options: { recipe: RECIPES.modern, epochs: 36 }, backend };
 * for await (const event of runTune(request)) if (event.kind === 'trial') console.log(event.result.valNll);
 */
export async function* runTune(request: TuneRequest, signal?: StopSignal): AsyncGenerator<TuneEvent, void> {
  const { folder, texts } = request;
  const options = parseTuneOptions(request.options);
  const vocabulary = texts.tokenizer.vocabularySize;
  const rungs = planRungs(options);
  const draws = Array.from({ length: options.trials }, (_, trial) => drawSettings(options.space, options.seed, trial));
  // Invalid settings should show before the first training.
  const tokens = meanTokens(texts.splits.train);
  draws.forEach((set, trial) => checkMemory(planDraw(options, set, trial, vocabulary), tokens));
  const lock = lockTuneFolder(folder);
  try {
    begin(request, options);
    yield* search(request, options, draws, rungs, lock, signal);
  } finally {
    lock.release();
  }
}

/** @throws LetterpressError BAD_OPTION with what was drawn, where that makes no plan */
function planDraw(options: TuneOptions, set: SettingsByPath, trial: number, vocabulary: number): TrainingPlan {
  try {
    return planTrial(options, set, 1, vocabulary);
  } catch (error) {
    if (trial === 0 || !(error instanceof LetterpressError)) throw error;
    const drawn = Object.entries(set).map(([path, value]) => `${path}=${JSON.stringify(value)}`);
    throw new LetterpressError(
      error.code,
      `trial ${trial + 1} would have ${drawn.join(', ')}: ${error.message}`,
      'Change what is varied (space). Whole numbers are varied as a list, such as training.batch=8,16,32.',
      { cause: error },
    );
  }
}

async function* search(
  { folder, texts, backend, budgetSeconds }: TuneRequest,
  options: TuneOptions,
  draws: readonly SettingsByPath[],
  rungs: readonly Rung[],
  lock: FolderLock,
  signal: StopSignal | undefined,
): AsyncGenerator<TuneEvent, void> {
  const vocabulary = texts.tokenizer.vocabularySize;
  const results = readTrials(folder);
  yield { kind: 'tune', rungs, done: results };

  const clock = budgetClock(budgetSeconds, results);
  const encoded = lastEncoded(texts);
  let candidates = [...draws.keys()];
  for (const [rung, { epochs, trials }] of rungs.entries()) {
    candidates = candidates.slice(0, trials);
    const ended: TrialResult[] = [];
    for (const trial of candidates) {
      const before = results.find((result) => result.rung === rung && result.trial === trial);
      if (before !== undefined) {
        ended.push(before);
        continue;
      }
      if (clock.isOver(epochs)) {
        yield { kind: 'budget', seconds: budgetSeconds! };
        lock.check();
        yield { kind: 'finished', report: writeTuneReport(folder) };
        return;
      }
      const set = draws[trial]!;
      const plan = planTrial(options, set, epochs, vocabulary);
      const data = encoded(plan.model.contextLength);
      const place = { rung, rungs, trial, done: ended.length };
      const result = yield* trainTrial({ trial, rung, set, plan, seed: options.seed, data, backend }, place, signal);
      if (result === undefined) {
        yield { kind: 'paused' };
        return;
      }
      lock.check();
      appendTrial(folder, result);
      clock.add(result);
      results.push(result);
      ended.push(result);
      yield { kind: 'trial', place: { ...place, done: ended.length }, result };
    }
    const next = rungs[rung + 1];
    // A trial that diverged would do so again.
    const finite = ended.filter(({ valNll }) => Number.isFinite(valNll));
    if (next !== undefined) candidates = promote(finite, next.trials, ({ valNll }) => valNll).map(({ trial }) => trial);
  }
  lock.check();
  yield { kind: 'finished', report: writeTuneReport(folder) };
}

function lockTuneFolder(folder: string): FolderLock {
  return lockChecked(folder, () => checkArtifactFolder(folder, { name: 'search', isThere: isTune }, true));
}

async function* trainTrial(
  request: Parameters<typeof runTrial>[0],
  place: TrialPlace,
  signal: StopSignal | undefined,
): AsyncGenerator<TuneEvent, TrialResult | undefined> {
  const steps = runTrial(request, signal);
  let lastPause = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    yield { kind: 'training', place, event: step.value };
    if (performance.now() - lastPause < PAUSE_EVERY) continue;
    await new Promise((resolve) => setImmediate(resolve));
    lastPause = performance.now();
  }
}

/** Writes tune.json, or checks that the one that is there is of this search. */
function begin({ folder, texts, backend, changeBackend = false }: TuneRequest, options: TuneOptions): void {
  const plan = planTrial(options, {}, options.epochs, texts.tokenizer.vocabularySize);
  const { corpus, tokenizer, backend: computing } = describeRun(plan, texts, backend, options.seed);
  if (!isTune(folder)) {
    writeTuneFile(folder, { ...newArtifact(), options, backend: computing, corpus, tokenizer });
    return;
  }
  const there = readTuneFile(folder);
  if (isSame(there.options, options) && there.corpus.fingerprint === corpus.fingerprint) {
    if (checkSameBackend(there.backend, backend, changeBackend)) return;
    const earlierBackends = [...(there.earlierBackends ?? []), { ...there.backend, trials: readTrials(folder).length }];
    writeTuneFile(folder, { ...there, backend: computing, earlierBackends });
    return;
  }
  throw new LetterpressError(
    'BAD_OPTION',
    `${folder} holds another search, with other options or texts`,
    'Choose another folder, or resume that search with its own options (resume).',
  );
}

/** The texts as tokens, made again only for a trial whose context has another length than that of the last. */
function lastEncoded({ splits, tokenizer }: RunTexts): (contextLength: number) => EncodedSplits {
  let last: { readonly contextLength: number; readonly encoded: EncodedSplits } | undefined;
  return (contextLength) => {
    if (last?.contextLength === contextLength) return last.encoded;
    const encode = (texts: readonly string[]) =>
      encodeSplit(texts, tokenizer, { maxCharacters: contextLength - 1 }).encoded;
    const encoded = { train: encode(splits.train), val: encode(splits.val), space: tokenizer.spaceToken };
    last = { contextLength, encoded };
    return encoded;
  };
}

/** Predicts the time of a trial by the mean time of an epoch so far. */
function budgetClock(seconds: number | undefined, before: readonly TrialResult[]) {
  let spent = 0;
  let epochs = 0;
  const add = (result: TrialResult): void => {
    spent += result.seconds;
    epochs += Math.max(1, result.valNlls.length);
  };
  before.forEach(add);
  return {
    add,
    isOver: (planned: number): boolean =>
      seconds !== undefined && spent + (epochs === 0 ? 0 : (planned * spent) / epochs) > seconds,
  };
}
