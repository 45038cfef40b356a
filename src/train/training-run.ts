import { availableParallelism } from 'node:os';
import type { Backend } from '../backend/types.js';
import { fingerprint } from '../corpus/fingerprint.js';
import { LetterpressError } from '../errors.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { parseModelConfig } from '../nn/config.js';
import { float32Tensor, type TensorData } from '../runs/safetensors.js';
import { parseFile, SCHEMA_VERSION, type RunConfig, type RunResults } from '../runs/schema.js';
import { readConfig } from '../runs/reader.js';
import { RunWriter } from '../runs/writer.js';
import { drawCurves } from '../run-analysis/draw-curves.js';
import { LanguageModel } from '../model/language-model.js';
import { letterpressVersion } from '../version.js';
import type { AnalysisProgress } from '../run-analysis/analysed-texts.js';
import { analyseRunSteps } from '../run-analysis/analyse-run.js';
import { relay } from '../generators.js';
import { meanScores } from '../model/evaluate.js';
import { exactFigures } from './exact-figures.js';
import type { DistillationSet } from './distillation/distillation-set.js';
import { readDistillationSet } from './distillation/distillation-set-folder.js';
import { asRunError, float32Tensors } from '../model/load-model.js';
import type { TrainingPlan } from './plan.js';
import { checkFingerprint, encodeTexts, type EncodedTexts, type RunTexts } from '../runs/run-texts.js';
import { parseTrainingSettings } from './settings.js';
import { Trainer, type EpochReport, type StopSignal, type TrainEvent } from './trainer.js';
import { trainerStateSchema } from './trainer-state.js';

/** Texts drawn after each saved epoch, and at the end: docs/notebook.md, section 7. */
export const SAMPLE_COUNT = 64;

/** What a run says while it goes on: the trainer's events, and what was written. */
export type RunEvent =
  | TrainEvent
  | { readonly kind: 'testing'; readonly done: number; readonly total: number }
  | ({ readonly kind: 'analysis' } & AnalysisProgress)
  | { readonly kind: 'finished'; readonly results: RunResults; readonly samples: readonly string[] }
  | { readonly kind: 'paused'; readonly epoch: number; readonly step: number };

/** What a run has to know of its {@link TrainingPlan}. */
export interface RunPlan extends Pick<TrainingPlan, 'model' | 'training'> {
  readonly recipe: Pick<TrainingPlan['recipe'], 'name' | 'version'>;
}

/** config.json of a new run. */
export function describeRun(plan: RunPlan, texts: RunTexts, backend: Pick<Backend, 'info'>, seed: number): RunConfig {
  const { corpus, splits, tokenizer } = texts;
  const { name, instructionSet, threads, precision } = backend.info;
  return {
    schemaVersion: SCHEMA_VERSION,
    letterpress: letterpressVersion(),
    createdAt: new Date().toISOString(),
    seed,
    node: process.version,
    platform: `${process.platform}-${process.arch}, ${availableParallelism()} cores`,
    backend: { name, isa: instructionSet, threads, precision },
    corpus: {
      name: corpus.name,
      kind: corpus.kind,
      ...(corpus.path === undefined ? {} : { path: corpus.path }),
      ...(texts.columns === undefined ? {} : { columns: [...texts.columns] }),
      fingerprint: fingerprint({ splits }),
      sizes: { train: splits.train.length, val: splits.val.length, test: splits.test.length },
      ...(texts.limit === undefined ? {} : { limit: texts.limit }),
      cleaning: texts.cleaning,
      ...(corpus.pieces === undefined ? {} : { pieces: corpus.pieces }),
      ...(corpus.exact === undefined ? {} : { entropy: corpus.exact.entropy }),
    },
    tokenizer: { ...tokenizer.toJSON() },
    model: { ...plan.model },
    recipe: { name: plan.recipe.name, version: plan.recipe.version },
    ...(texts.distillationSet === undefined ? {} : { distillationSet: describeDistillationSet(texts.distillationSet) }),
    training: { ...plan.training },
  };
}

interface RunEventsOptions {
  readonly checkpointSeconds?: number | undefined;
  readonly reuse?: readonly string[] | undefined;
}

/** How often a checkpoint is written within an epoch: what a crash may cost of one that takes hours. */
const CHECKPOINT_SECONDS = 600;

/**
 * A training that writes its run directory: metrics, samples and weights of every epoch that is the best so far, a
 * checkpoint after every epoch, every ten minutes of longer ones and when it is interrupted, and at the end test
 * results, final samples, analysis and curves.
 *
 * @example
 * const run = TrainingRun.create('runs/first', describeRun(plan, texts, backend, 42), texts, backend);
 * for await (const event of run.events()) if (event.kind === 'epoch') console.log(event.report.valNll);
 */
export class TrainingRun {
  readonly trainer: Trainer;
  private readonly model: LanguageModel;
  /** Wall-clock seconds of earlier sessions of this run. */
  private readonly secondsBefore: number;

  private constructor(
    private readonly writer: RunWriter,
    private readonly texts: RunTexts,
    /** What the model reads, and what encoding folded, replaced and cut. */
    readonly encoded: EncodedTexts,
    backend: Backend,
    checkpoint: { meta: Record<string, unknown>; tensors: ReadonlyMap<string, TensorData> } | undefined,
  ) {
    const { config } = writer;
    const settings = asRunError(() => parseTrainingSettings(config.training));
    const transformer = new DecoderTransformer(
      asRunError(() => parseModelConfig(config.model)),
      {
        seed: config.seed,
      },
    );
    const space = texts.tokenizer.spaceToken;
    const distillationSet = distillationSetOf(config, texts);
    const data = { train: encoded.train.encoded, val: encoded.val.encoded, space, distillationSet };
    const state =
      checkpoint && parseFile(trainerStateSchema, checkpoint.meta['trainer'], `${writer.folder}, checkpoint`);
    this.trainer = new Trainer(transformer, backend, settings, data, config.seed, state);
    this.model = new LanguageModel(transformer, texts.tokenizer, backend, settings.padding);
    this.secondsBefore = Number(checkpoint?.meta['seconds'] ?? 0);
    if (checkpoint) this.restore(checkpoint.tensors);
  }

  /** Begins a new run in a folder. See {@link RunWriter.create} for what it throws. */
  static create(
    folder: string,
    config: RunConfig,
    texts: RunTexts,
    backend: Backend,
    options: { force?: boolean } = {},
  ): TrainingRun {
    // Texts that cannot be encoded must fail before anything is written.
    const encoded = encodeForRun(texts, config);
    return new TrainingRun(RunWriter.create(folder, config, options), texts, encoded, backend, undefined);
  }

  /**
   * Goes on with a run that was interrupted, or begins it again when it was cut off before its first checkpoint. The texts
   * must be those it was begun with.
   *
   * @throws LetterpressError BAD_INPUT when they are not; BAD_OPTION when the backend computes in another precision;
   *   BAD_RUN when the run is damaged
   */
  static resume(folder: string, texts: RunTexts, backend: Backend): TrainingRun {
    const config = readConfig(folder);
    checkFingerprint(config, texts.splits); // before anything is tidied
    checkPrecision(config, backend);
    const { writer, checkpoint } = RunWriter.resume(folder);
    return new TrainingRun(writer, texts, encodeForRun(texts, writer.config), backend, checkpoint);
  }

  /** The run directory. */
  get folder(): string {
    return this.writer.folder;
  }

  /** config.json. */
  get config(): RunConfig {
    return this.writer.config;
  }

  /**
   * Trains to the end, or until `signal` is aborted; then a checkpoint is written first. Aborted after the last epoch, the
   * run is paused as well, and resuming it does what was left.
   *
   * @param options.checkpointSeconds seconds between checkpoints within an epoch (default: 600)
   * @param options.reuse runs that may have measured the same texts, see `AnalysisOptions`
   */
  async *events(
    signal?: StopSignal,
    { checkpointSeconds = CHECKPOINT_SECONDS, reuse = [] }: RunEventsOptions = {},
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
      if (event.because === 'interrupted') {
        this.saveCheckpoint(seconds());
        yield this.paused();
      } else yield* this.ending(event.because, seconds, reuse, signal);
    }
  }

  /** What comes after the last epoch, whose checkpoint has all that is needed to begin this again. */
  private async *ending(
    because: 'patience' | 'epochs',
    seconds: () => number,
    reuse: readonly string[],
    signal: StopSignal | undefined,
  ): AsyncGenerator<RunEvent, void> {
    for await (const event of this.finish(because, seconds, reuse)) {
      yield event;
      if (event.kind === 'finished' || signal?.aborted !== true) continue;
      yield this.paused();
      return;
    }
  }

  private paused(): RunEvent {
    const { epoch, step } = this.trainer.state;
    return { kind: 'paused', epoch, step };
  }

  /** Writes the model summary, as printed, into the run. */
  writeSummary(text: string): void {
    this.writer.writeSummary(text);
  }

  private saveEpoch(report: EpochReport, seconds: number): void {
    this.writer.appendEpoch({ ...report });
    if (report.best) {
      this.trainer.withAveragedWeights(() => {
        this.writer.writeSamples(report.epoch, this.sample());
        this.writer.writeWeights(this.namedTensors(''), report.epoch);
      });
    }
    this.saveCheckpoint(seconds);
  }

  /** 64 texts at temperature 1: the same draws every time, so that epochs differ by the model alone. */
  private sample(): string[] {
    return this.model.sample({ count: SAMPLE_COUNT, seed: this.writer.config.seed });
  }

  private async *finish(
    because: 'patience' | 'epochs',
    seconds: () => number,
    reuse: readonly string[],
  ): AsyncGenerator<RunEvent, void> {
    const { state, bestWeights, model } = this.trainer;
    model.parameters.values.set(bestWeights);
    const test = this.encoded.test.encoded;
    const scores = yield* relay(this.model.scoreSteps(test), (done): RunEvent => ({
      kind: 'testing',
      done,
      total: test.length,
    }));
    const { nll, top1 } = meanScores(scores);
    const samples = this.sample();
    this.writer.writeFinalSamples(samples);
    const steps = analyseRunSteps(this.folder, this.texts, this.model, this.encoded, { reuse });
    yield* relay(steps, (progress): RunEvent => ({ kind: 'analysis', ...progress }));
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
      parameters: model.parameters.count,
      seconds: seconds(),
      texts: this.writer.config.corpus.sizes,
      ...(exact === undefined ? {} : { exact: exactFigures(exact, this.texts.splits.test, nll) }),
      bitsPerCharacter: bitsPerCharacter(nll, test, model.config.contextLength),
    };
    this.writer.writeResults(results); // last: it marks the run as ended
    yield { kind: 'finished', results, samples };
  }

  private saveCheckpoint(seconds: number): void {
    const { state, optimizer, average, bestWeights } = this.trainer;
    const tensors = this.namedTensors('weights.');
    const flat = (name: string, data: ArrayLike<number>) =>
      tensors.set(name, float32Tensor([data.length], Float32Array.from(data)));
    for (const [name, data] of [...optimizer.state(), ...(average?.state() ?? [])]) flat(name, data);
    flat('best_weights', bestWeights);
    const { bestEpoch, bestValNll, patience, step } = state;
    this.writer.writeCheckpoint(
      {
        schemaVersion: SCHEMA_VERSION,
        epoch: state.epoch - 1,
        step,
        bestEpoch,
        bestValNll,
        patience,
        trainer: { ...state },
        seconds,
      },
      tensors,
    );
  }

  private restore(tensors: ReadonlyMap<string, TensorData>): void {
    const floats = float32Tensors(tensors);
    const { optimizer, average, model, state } = this.trainer;
    const { count } = model.parameters;
    const take = (name: string, length: number): Float32Array => {
      const found = floats.get(name)?.data;
      if (found?.length !== length) {
        throw new LetterpressError(
          'BAD_RUN',
          `the checkpoint of ${this.folder} should have ${length} numbers under ${name}, but has ${found?.length ?? 'none'}`,
          'Restore it from a copy, or train again (--force replaces the run).',
        );
      }
      floats.delete(name);
      return found;
    };
    for (const [name, data] of [...optimizer.state(), ...(average?.state() ?? [])]) data.set(take(name, data.length));
    this.trainer.bestWeights = take('best_weights', state.bestEpoch < 0 ? 0 : count);
    model.parameters.load(new Map([...floats].map(([name, tensor]) => [name.replace('weights.', ''), tensor])));
  }

  private namedTensors(prefix: string): Map<string, TensorData> {
    const tensors = new Map<string, TensorData>();
    for (const [name, { shape, data }] of this.trainer.model.parameters.toMap()) {
      tensors.set(prefix + name, float32Tensor(shape, data));
    }
    return tensors;
  }
}

/** What config.json says of a lesson. */
function describeDistillationSet(path: string): RunConfig['distillationSet'] {
  return { path, fingerprint: readDistillationSet(path).file.fingerprint };
}

/** The distillation set of a run. Throws BAD_INPUT when it is no longer there, or another one. */
function distillationSetOf({ distillationSet: said }: RunConfig, texts: RunTexts): DistillationSet | undefined {
  if (said === undefined) return undefined;
  const path = texts.distillationSet ?? said.path;
  const { file, distillationSet } = readDistillationSet(path);
  if (file.fingerprint === said.fingerprint) return distillationSet;
  throw new LetterpressError(
    'BAD_INPUT',
    `the distillation set at ${path} is not the one that the run was begun with`,
    'Restore it, or begin a new run.',
  );
}

function encodeForRun(texts: RunTexts, { model }: RunConfig): EncodedTexts {
  return encodeTexts(texts, asRunError(() => parseModelConfig(model)).contextLength);
}

function checkPrecision({ backend: { precision } }: RunConfig, { info }: Backend): void {
  if (info.precision === precision) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `the run was begun in ${precision}, but the backend computes in ${info.precision}`,
    `Choose the backend with precision '${precision}', or begin a new run.`,
  );
}

/**
 * NLL in bits per predicted character. The end of a text counts as a character, where the context length has room for it.
 *
 * @param context length tokens of a text, cls included
 */
export function bitsPerCharacter(nll: number, texts: readonly ArrayLike<number>[], contextLength: number): number {
  const characters = texts.reduce((sum, { length }) => sum + Math.min(length + 1, contextLength - 1), 0) / texts.length;
  return nll / Math.LN2 / characters;
}
