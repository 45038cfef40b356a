import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { relay } from '../generators.js';
import { bitsPerCharacter, meanScores } from '../model/evaluate.js';
import { LanguageModel } from '../model/language-model.js';
import { asRunError } from '../model/load-model.js';
import { parseModelConfig } from '../nn/config.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import type { AnalysisProgress } from '../run-analysis/analysed-texts.js';
import { analyseRunSteps } from '../run-analysis/analyse-run.js';
import { drawCurves } from '../run-analysis/draw-curves.js';
import { isSame } from '../runs/compare-configs.js';
import { FolderLock } from '../runs/folder-lock.js';
import { RUN_FILES } from '../runs/layout.js';
import { readConfig, type Checkpoint } from '../runs/reader.js';
import { lockNewRun } from '../runs/run-folder.js';
import { checkFingerprint, encodeTexts, type EncodedTexts, type RunTexts } from '../runs/run-texts.js';
import { SCHEMA_VERSION, type RunConfig, type RunResults } from '../runs/schema.js';
import { RunWriter } from '../runs/writer.js';
import { checkpointOf, namedTensors, progressOf, restoreTensors } from './checkpoint.js';
import { distillationSetOf, exactFigures } from './describe-run.js';
import { parseTrainingSettings } from './settings.js';
import type { EpochReport, StopSignal, TrainEvent } from './train-events.js';
import { Trainer } from './trainer.js';

/** Texts sampled after each best epoch, and at the end: docs/notebook.md, section 7. */
const SAMPLE_COUNT = 64;

/** What a run reports: the trainer's events, and those of its end. */
export type RunEvent =
  | TrainEvent
  | { readonly kind: 'testing'; readonly done: number; readonly total: number }
  | ({ readonly kind: 'analysis' } & AnalysisProgress)
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
  readonly trainer: Trainer;
  private readonly model: LanguageModel;
  /** Wall-clock time of earlier sessions. */
  private readonly secondsBefore: number;

  private constructor(
    private readonly writer: RunWriter,
    private readonly texts: RunTexts,
    readonly encoded: EncodedTexts,
    backend: Backend,
    checkpoint?: Checkpoint,
  ) {
    const { config, folder } = writer;
    const settings = asRunError(() => parseTrainingSettings(config.training));
    const transformer = new DecoderTransformer(
      asRunError(() => parseModelConfig(config.model)),
      { seed: config.seed },
    );
    const data = {
      train: encoded.train.encoded,
      val: encoded.val.encoded,
      space: texts.tokenizer.spaceToken,
      distillationSet: distillationSetOf(config, texts),
    };
    const progress = checkpoint && progressOf(checkpoint, folder);
    this.trainer = new Trainer(transformer, backend, settings, data, config.seed, progress);
    this.model = new LanguageModel(this.trainer.evaluated, texts.tokenizer, backend, settings.padding);
    this.secondsBefore = Number(checkpoint?.meta['seconds'] ?? 0);
    if (checkpoint) restoreTensors(this.trainer, checkpoint, folder);
  }

  /**
   * Begins a new run in a folder. See {@link RunWriter.create} for what it throws.
   *
   * @param options.lock of the folder, where the caller holds it; by default, it is locked here, and by {@link events}
   */
  static create(
    folder: string,
    config: RunConfig,
    texts: RunTexts,
    backend: Backend,
    options: { force?: boolean; lock?: FolderLock | undefined } = {},
  ): TrainingRun {
    // Texts that cannot be encoded must fail before anything is written.
    const encoded = encodeForRun(texts, config);
    const lock = options.lock ?? lockNewRun(folder, options.force);
    try {
      const writer = RunWriter.create(folder, config, options);
      writer.lock = options.lock;
      return new TrainingRun(writer, texts, encoded, backend);
    } finally {
      if (options.lock === undefined) lock.release();
    }
  }

  /**
   * Resumes a run that was interrupted; one that was cut off before its first checkpoint begins again.
   *
   * @param texts those that the run began with
   * @param held lock of the folder, as for {@link create}
   * @throws LetterpressError BAD_INPUT for other texts; BAD_OPTION when the backend computes in another precision;
   *   BAD_RUN when the run is damaged; IN_USE when another process trains it
   */
  static resume(folder: string, texts: RunTexts, backend: Backend, held?: FolderLock): TrainingRun {
    const config = readConfig(folder);
    checkFingerprint(config, texts.splits); // before anything is tidied
    checkPrecision(config, backend);
    const lock = held ?? FolderLock.acquire(folder);
    try {
      const { writer, checkpoint } = RunWriter.resume(folder);
      writer.lock = held;
      return new TrainingRun(writer, texts, encodeForRun(texts, writer.config), backend, checkpoint);
    } finally {
      if (held === undefined) lock.release();
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
    for (const event of this.trainer.run(signal)) {
      if (event.kind === 'epoch') this.saveEpoch(event.report, seconds());
      const due = event.kind === 'step' && seconds() - saved >= checkpointSeconds;
      if (due) this.saveCheckpoint(seconds());
      if (due || event.kind === 'epoch') saved = seconds();
      yield event;
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
    if (report.best) {
      this.writer.writeSamples(report.epoch, this.sample());
      this.writer.writeWeights(namedTensors(this.trainer.evaluated.parameters), report.epoch);
    }
    this.saveCheckpoint(seconds);
  }

  /** At temperature 1, with the same random numbers every time, so that epochs differ by the model alone. */
  private sample(): string[] {
    return this.model.sample({ count: SAMPLE_COUNT, seed: this.writer.config.seed });
  }

  private async *finish(
    because: 'patience' | 'epochs',
    seconds: () => number,
    reuse: readonly string[],
  ): AsyncGenerator<RunEvent, void> {
    const { state, bestWeights, evaluated } = this.trainer;
    evaluated.parameters.values.set(bestWeights);
    const test = this.encoded.test.encoded;
    const total = test.length;
    const scores = yield* relay(this.model.scoreSteps(test), (done): RunEvent => ({ kind: 'testing', done, total }));
    const { nll, top1 } = meanScores(scores);
    const samples = this.sample();
    this.writer.writeFinalSamples(samples);
    const steps = analyseRunSteps(this.folder, this.texts, this.model, this.encoded, { reuse });
    yield* relay(steps, (progress): RunEvent => ({ kind: 'analysis', ...progress }));
    this.writer.lock?.check();
    await drawCurves(this.folder);
    const { exact } = this.texts.corpus;
    const results: RunResults = {
      schemaVersion: SCHEMA_VERSION,
      bestEpoch: state.bestEpoch,
      bestValNll: state.bestValNll,
      valTop1: state.bestValTop1,
      testNll: nll,
      testTop1: top1,
      epochsRun: state.epoch,
      stoppedBecause: because,
      parameters: evaluated.parameters.count,
      seconds: seconds(),
      texts: this.writer.config.corpus.sizes,
      exact: exact && exactFigures(exact, this.texts.splits.test, nll),
      bitsPerCharacter: bitsPerCharacter(nll, test, evaluated.config.contextLength),
    };
    this.writer.writeResults(results); // last: it marks the run as ended
    yield { kind: 'finished', results, samples };
  }

  private saveCheckpoint(seconds: number): void {
    const { meta, tensors } = checkpointOf(this.trainer, seconds);
    this.writer.writeCheckpoint(meta, tensors);
  }
}

function encodeForRun(texts: RunTexts, { model }: RunConfig): EncodedTexts {
  return encodeTexts(texts, asRunError(() => parseModelConfig(model)).contextLength);
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

function checkPrecision({ backend: { precision } }: RunConfig, { info }: Backend): void {
  if (info.precision === precision) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `the run began in ${precision}, but the backend computes in ${info.precision}`,
    `Choose the backend with precision '${precision}', or begin a new run.`,
  );
}
