import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { relay } from '../generators.js';
import { meanScores } from '../model/evaluate.js';
import { scoreAsSampled } from '../model/generate.js';
import { LanguageModel } from '../model/language-model.js';
import { isAutoregressive } from '../nn/config.js';
import { checkNames } from '../parse-options.js';
import type { AnalysisProgress } from '../run-analysis/analysed-texts.js';
import { analyseRunSteps, analyseTextsSteps } from '../run-analysis/analyse-run.js';
import { drawCurves } from '../run-analysis/draw-curves.js';
import { surpriseOf, watchedTexts } from '../run-analysis/surprise.js';
import { isSame } from '../runs/compare-configs.js';
import { FolderLock } from '../runs/folder-lock.js';
import { RUN_FILES } from '../runs/layout.js';
import { readConfig } from '../runs/reader.js';
import { lockNewRun } from '../runs/run-folder.js';
import { checkFingerprint } from '../runs/check-fingerprint.js';
import type { EncodedRunTexts, RunTexts } from '../runs/run-texts.js';
import type { RunConfig, RunResults } from '../runs/schema.js';
import { StepLog } from '../runs/step-log.js';
import { RunWriter } from '../runs/writer.js';
import { BaselineWatch, type BaselineWarning } from './baseline-watch.js';
import { bestEpochOf, checkpointOf, namedTensors, progressOf, restoreTensors } from './checkpoint.js';
import { checkSameBackend, describeBackend, runResultsOf, SAMPLE_COUNT } from './run-record.js';
import type { EpochReport, StopSignal, TestingEvent, TrainEvent } from './train-events.js';
import { hasWeights } from './restore-weights.js';
import { checkSplits } from './train-model.js';
import { encodeForRun, makeTrainer } from './run-trainer.js';
import type { Trainer } from './trainer.js';

/** What a run reports: the trainer's events, and those of its end. */
export type RunEvent =
  | TrainEvent
  | TestingEvent
  | ({ readonly kind: 'analysis' } & AnalysisProgress)
  | ({ readonly kind: 'below-baseline' } & BaselineWarning)
  | { readonly kind: 'finished'; readonly results: RunResults; readonly samples: readonly string[] }
  | { readonly kind: 'paused'; readonly epoch: number; readonly step: number };

interface RunEventsOptions {
  readonly checkpointSeconds?: number | undefined;
  readonly reuse?: readonly string[] | undefined;
}

/** Seconds between checkpoints within an epoch: the most that a crash may cost. */
const CHECKPOINT_SECONDS = 600;

/**
 * A training that writes its run directory: metrics of every epoch, samples and weights of every best one, a checkpoint
 * after every epoch, every ten minutes of longer ones and on interruption; and at the end test results, final samples,
 * analysis and curves.
 *
 * @example
 * const run = TrainingRun.create('runs/first', describeRun(plan, texts, backend, 42), texts, backend);
 * for await (const event of run.events()) if (event.kind === 'epoch') console.log(event.report.valNll);
 */
export class TrainingRun {
  private readonly model: LanguageModel;
  private readonly baseline: BaselineWatch;
  /** Their surprise is kept for every epoch. */
  private readonly watched: readonly Uint16Array[];

  private constructor(
    private readonly writer: RunWriter,
    private readonly texts: RunTexts,
    readonly encoded: EncodedRunTexts,
    readonly trainer: Trainer,
    backend: Backend,
    metrics: readonly EpochReport[] = [],
    /** Wall-clock time of earlier sessions. */
    private readonly secondsBefore = 0,
  ) {
    this.model = new LanguageModel(trainer.evaluated, texts.tokenizer, backend, trainer.settings.padding);
    this.watched = watchedTexts(encoded.val.encoded);
    this.baseline = new BaselineWatch(encoded, trainer.model.config, metrics);
  }

  /**
   * Begins a new run in a folder.
   *
   * @param options.lock of the folder, where the caller holds it; by default, it is locked here, and by {@link events}
   * @throws LetterpressError BAD_INPUT for no training or validation texts; BAD_OPTION for a plan that is for another
   *   alphabet; what {@link RunWriter.create} throws
   */
  static create(
    folder: string,
    config: RunConfig,
    texts: RunTexts,
    backend: Backend,
    options: { force?: boolean; lock?: FolderLock | undefined } = {},
  ): TrainingRun {
    // All that can be wrong with texts and settings must show before a run that is there is replaced.
    checkSplits(texts.splits, 'texts.splits');
    const encoded = encodeForRun(texts, config);
    checkVocabulary(config, texts);
    const trainer = makeTrainer(config, texts, encoded, backend);
    const lock = options.lock ?? lockNewRun(folder, options.force);
    try {
      const writer = RunWriter.create(folder, config, options);
      writer.lock = options.lock;
      return new TrainingRun(writer, texts, encoded, trainer, backend);
    } finally {
      if (options.lock === undefined) lock.release();
    }
  }

  /**
   * Resumes a run that was interrupted; one that was cut off before its first checkpoint begins again.
   *
   * @param texts those that the run began with
   * @param options.lock of the folder, as for {@link create}
   * @param options.changeBackend allow a backend or an instruction set that rounds differently, which config.json then
   *   records; threads make no difference
   * @throws LetterpressError BAD_INPUT for other texts; BAD_OPTION for another backend without `changeBackend`, or
   *   another precision; BAD_RUN when the run is damaged; IN_USE when another process trains it
   */
  static resume(
    folder: string,
    texts: RunTexts,
    backend: Backend,
    options: { lock?: FolderLock | undefined; changeBackend?: boolean | undefined } = {},
  ): TrainingRun {
    const before = readConfig(folder);
    checkFingerprint(before, texts.splits); // before anything is tidied
    const isSameBackend = checkSameBackend(before.backend, backend, options.changeBackend ?? false);
    const lock = options.lock ?? FolderLock.acquire(folder);
    try {
      const resumed = RunWriter.resume(folder, isSameBackend ? undefined : describeBackend(backend));
      const { writer, checkpoint, metrics } = resumed;
      writer.lock = options.lock;
      const { config } = writer;
      const encoded = encodeForRun(texts, config);
      const trainer = makeTrainer(config, texts, encoded, backend, checkpoint && progressOf(checkpoint, folder));
      if (checkpoint) restoreTensors(trainer, checkpoint, folder);
      const { bestWeights: values, evaluated, state } = trainer;
      // The checkpoint has them too: what was lost of the run is made again, and so is what an epoch after it wrote.
      if (values.length > 0 && !hasWeights(folder, state.bestEpoch))
        writer.writeWeights(namedTensors(evaluated.parameters, { values }), bestEpochOf(state));
      const seconds = Number(checkpoint?.meta['seconds'] ?? 0);
      return new TrainingRun(writer, texts, encoded, trainer, backend, metrics, seconds);
    } finally {
      if (options.lock === undefined) lock.release();
    }
  }

  get folder(): string {
    return this.writer.folder;
  }

  get config(): RunConfig {
    return this.writer.config;
  }

  /**
   * Trains to the end, or until `signal` is aborted and a checkpoint is written. A run that is aborted after its last
   * epoch is paused too; resuming it does the rest.
   *
   * @param options.checkpointSeconds seconds between checkpoints within an epoch (default: 600)
   * @param options.reuse runs that may have measured the same texts, see `AnalysisOptions`
   */
  async *events(signal?: StopSignal, options: RunEventsOptions = {}): AsyncGenerator<RunEvent, void> {
    checkNames(options, { checkpointSeconds: true, reuse: true }, 'events');
    const held = this.writer.lock;
    const lock = held ?? FolderLock.acquire(this.folder);
    try {
      if (held === undefined) checkSameRun(this.folder, this.config);
      this.writer.lock = lock;
      yield* this.lockedEvents(signal, options);
    } finally {
      if (held === undefined) lock.release();
      this.writer.lock = held;
    }
  }

  private async *lockedEvents(
    signal: StopSignal | undefined,
    { checkpointSeconds = CHECKPOINT_SECONDS, reuse = [] }: RunEventsOptions,
  ): AsyncGenerator<RunEvent, void> {
    const started = performance.now();
    const seconds = () => this.secondsBefore + (performance.now() - started) / 1000;
    let saved = seconds();
    const steps = new StepLog(this.folder, () => this.writer.lock?.check());
    for (const event of this.trainer.run(signal)) {
      if (event.kind === 'step') steps.add({ ...event.report, seconds: seconds() });
      else if (event.kind !== 'validation') steps.write();
      if (event.kind === 'epoch') this.saveEpoch(event.report, seconds());
      if (event.kind === 'diverged') {
        if (event.report === undefined) steps.removeAfter(this.trainer.state.step);
        else this.writer.appendEpoch(event.report);
      }
      const due = event.kind === 'step' && seconds() - saved >= checkpointSeconds;
      if (due) this.saveCheckpoint(seconds());
      if (due || event.kind === 'epoch') saved = seconds();
      yield event;
      const warning = event.kind === 'epoch' ? this.baseline.after(event.report) : undefined;
      if (warning !== undefined) yield { kind: 'below-baseline', ...warning };
      if (event.kind !== 'done') continue;
      if (event.because === 'interrupted') this.saveCheckpoint(seconds());
      else {
        // The last epoch's checkpoint is enough to do all of this again.
        for await (const end of this.finish(event.because, seconds, reuse)) {
          yield end;
          if (end.kind === 'finished') return;
          if (signal?.aborted === true) break;
        }
      }
      const { epoch, step } = this.trainer.state;
      yield { kind: 'paused', epoch, step };
    }
  }

  get hasSummary(): boolean {
    return existsSync(join(this.folder, RUN_FILES.summary));
  }

  writeSummary(text: string): void {
    this.writer.writeSummary(text);
  }

  private saveEpoch(report: EpochReport, seconds: number): void {
    this.writer.appendEpoch(report);
    this.writer.appendSurprise({ epoch: report.epoch, texts: surpriseOf(this.model, this.watched) });
    if (report.best) {
      this.writer.writeSamples(report.epoch, this.sample());
      this.writer.writeWeights(namedTensors(this.trainer.evaluated.parameters), report);
    }
    this.saveCheckpoint(seconds);
  }

  /** At temperature 1, with the same random numbers every time, so that epochs differ by the model alone. */
  private sample(): string[] {
    return this.model.sample({ count: SAMPLE_COUNT, seed: this.writer.config.seed });
  }

  private async *finish(
    because: 'patience' | 'epochs' | 'diverged',
    seconds: () => number,
    reuse: readonly string[],
  ): AsyncGenerator<RunEvent, void> {
    const { bestWeights, evaluated } = this.trainer;
    const hasModel = bestWeights.length > 0;
    if (hasModel) evaluated.parameters.values.set(bestWeights);
    const test = this.encoded.test.encoded;
    const total = test.length;
    const testing = (done: number): RunEvent => ({ kind: 'testing', done, total });
    const scores = hasModel ? yield* relay(this.model.scoreSteps(test), testing) : undefined;
    const { config } = evaluated;
    const seesTargets = hasModel && !isAutoregressive(config);
    const sampled = seesTargets ? yield* relay(scoreAsSampled(this.model.characterSource(), test), testing) : undefined;
    const samples = hasModel ? this.sample() : [];
    if (hasModel) this.writer.writeFinalSamples(samples);
    const steps = hasModel
      ? analyseRunSteps(this.folder, this.texts, this.model, this.encoded, { reuse })
      : analyseTextsSteps(this.folder, this.texts, config, this.encoded, reuse);
    yield* relay(steps, (progress): RunEvent => ({ kind: 'analysis', ...progress }));
    this.writer.lock?.check();
    await drawCurves(this.folder);
    const results: RunResults = {
      ...runResultsOf(this.trainer, {
        config: this.writer.config,
        corpus: this.texts.corpus,
        splits: this.texts.splits,
        ...{ test, because, scores: scores && meanScores(scores), seconds: seconds() },
      }),
      testNllAsSampled: sampled && sampled.reduce((a, b) => a + b, 0) / total,
    };
    this.writer.writeResults(results); // last: it marks the run as ended
    yield { kind: 'finished', results, samples };
  }

  private saveCheckpoint(seconds: number): void {
    // The next step finds what is not finite; until then the last checkpoint stays.
    if (this.trainer.findNonFinite() !== undefined) return;
    const { meta, tensors } = checkpointOf(this.trainer, seconds);
    this.writer.writeCheckpoint(meta, tensors);
  }
}

/** Between two locks, another process may have replaced the run. */
function checkSameRun(folder: string, config: RunConfig): void {
  if (isSame(readConfig(folder), config)) return;
  throw new LetterpressError(
    'IO',
    `the run in ${folder} was replaced by another one`,
    'Choose another folder, or begin again.',
  );
}

function checkVocabulary({ model }: RunConfig, { tokenizer }: RunTexts): void {
  if (model['vocabulary'] !== tokenizer.vocabularySize)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a plan for the ${tokenizer.vocabularySize} token values of the alphabet, ` +
        `got one for ${String(model['vocabulary'])}`,
      'Give planTraining the vocabularySize of the tokenizer.',
    );
}
