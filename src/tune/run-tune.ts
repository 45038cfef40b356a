import { isDeepStrictEqual } from 'node:util';
import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { fingerprint } from '../corpus/fingerprint.js';
import { checkArtifactFolder } from '../runs/artifact-folder.js';
import { SCHEMA_VERSION } from '../runs/schema.js';
import { encodeSplit } from '../tokenizer/encode-split.js';
import type { RunTexts } from '../runs/run-texts.js';
import { describeRun } from '../train/describe-run.js';
import type { EncodedSplits } from '../train/epoch-texts.js';
import type { StopSignal, TrainEvent } from '../train/train-events.js';
import { letterpressVersion } from '../version.js';
import { planRungs, promote, type Rung } from './halving.js';
import { drawSettings } from './search-space.js';
import { planTrial, runTrial, type TrialResult } from './trial.js';
import { appendTrial, isTune, readTrials, readTuneFile, writeTuneFile } from './tune-file.js';
import { parseTuneOptions, type TuneOptions, type TuneOptionsInput } from './tune-options.js';
import { writeTuneReport, type TuneReport } from './write-tune-report.js';

/** What is to be searched, on which texts, and where. */
export interface TuneRequest {
  /** Made when missing; the same search goes on where it was interrupted. */
  readonly folder: string;
  readonly texts: RunTexts;
  readonly options: TuneOptionsInput;
  readonly backend: Backend;
  /** No trial is begun that is likely to end later than so many seconds after the beginning of all of them. */
  readonly budgetSeconds?: number | undefined;
}

/** A trial among all of a search. */
export interface TrialPlace {
  readonly rung: number;
  readonly rungs: readonly Rung[];
  readonly trial: number;
  /** Trials of this rung that have ended. */
  readonly done: number;
}

/** What a search says while it goes on. */
export type TuneEvent =
  | { readonly kind: 'tune'; readonly rungs: readonly Rung[]; readonly done: readonly TrialResult[] }
  | { readonly kind: 'training'; readonly place: TrialPlace; readonly event: TrainEvent }
  | { readonly kind: 'trial'; readonly place: TrialPlace; readonly result: TrialResult }
  | { readonly kind: 'budget'; readonly seconds: number }
  | { readonly kind: 'paused' }
  | { readonly kind: 'finished'; readonly report: TuneReport };

/** Other work of the process gets its turn this often, in milliseconds. */
const PAUSE_EVERY = 30;

/**
 * Searches the settings of a recipe: random draws and successive halving, on training and validation texts only. Every
 * trial's result is kept as it ends; a search that was interrupted goes on with the same request, and the trial that
 * was running begins again.
 *
 * @throws LetterpressError BAD_OPTION when the folder holds another search, or settings do not fit
 * @example
 * const request = { folder: 'tunes/first', texts, options: { recipe: RECIPES.modern, epochs: 36 }, backend };
 * for await (const event of runTune(request)) if (event.kind === 'trial') console.log(event.result.valNll);
 */
export async function* runTune(request: TuneRequest, signal?: StopSignal): AsyncGenerator<TuneEvent, void> {
  const { folder, texts, backend } = request;
  const options = parseTuneOptions(request.options);
  const vocabulary = texts.tokenizer.vocabularySize;
  const rungs = planRungs(options);
  const draws = Array.from({ length: options.trials }, (_, trial) => drawSettings(options.space, options.seed, trial));
  // Settings that do not fit should show before the first training, not in the middle of the night.
  for (const set of draws) planTrial(options, set, 1, vocabulary);
  begin(request, options);
  const results = readTrials(folder);
  yield { kind: 'tune', rungs, done: results };

  const clock = budget(request.budgetSeconds, results);
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
        yield { kind: 'budget', seconds: request.budgetSeconds! };
        yield { kind: 'finished', report: await writeTuneReport(folder) };
        return;
      }
      const set = draws[trial]!;
      const plan = planTrial(options, set, epochs, vocabulary);
      const data = encodedFor(texts, plan.model.contextLength);
      const place = { rung, rungs, trial, done: ended.length };
      const result = yield* training({ trial, rung, set, plan, seed: options.seed, data, backend }, place, signal);
      if (result === undefined) {
        yield { kind: 'paused' };
        return;
      }
      appendTrial(folder, result);
      clock.add(result);
      results.push(result);
      ended.push(result);
      yield { kind: 'trial', place: { ...place, done: ended.length }, result };
    }
    const next = rungs[rung + 1];
    if (next !== undefined) candidates = promote(ended, next.trials, ({ valNll }) => valNll).map(({ trial }) => trial);
  }
  yield { kind: 'finished', report: await writeTuneReport(folder) };
}

async function* training(
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

/** Makes the folder a search, or makes sure that it is this one. */
function begin({ folder, texts, backend }: TuneRequest, options: TuneOptions): void {
  const plan = planTrial(options, {}, options.epochs, texts.tokenizer.vocabularySize);
  const { corpus, tokenizer, backend: computing } = describeRun(plan, texts, backend, options.seed);
  if (!isTune(folder)) {
    checkArtifactFolder(folder, { name: 'search', isThere: isTune }, true);
    writeTuneFile(folder, {
      schemaVersion: SCHEMA_VERSION,
      letterpress: letterpressVersion(),
      createdAt: new Date().toISOString(),
      options,
      backend: computing,
      corpus,
      tokenizer,
    });
    return;
  }
  const there = readTuneFile(folder);
  const same = isDeepStrictEqual(there.options, options) && there.corpus.fingerprint === fingerprint(texts);
  if (same) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `${folder} holds another search: its options or its texts are not these`,
    'Choose another folder, or resume that search with its own options (resume).',
  );
}

function encodedFor({ splits, tokenizer }: RunTexts, contextLength: number): EncodedSplits {
  const encode = (texts: readonly string[]) =>
    encodeSplit(texts, tokenizer, { maxCharacters: contextLength - 1 }).encoded;
  return { train: encode(splits.train), val: encode(splits.val), space: tokenizer.spaceToken };
}

/** Says when there is no time for another trial, by how long the trials took for each of their epochs. */
function budget(seconds: number | undefined, before: readonly TrialResult[]) {
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
