import type { Backend, FloatArray } from '../backend/types.js';
import { relay } from '../generators.js';
import { Evaluator, meanScores, scoreTexts } from '../model/evaluate.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { precisionOf } from '../tensor/arena.js';
import { crossEntropy } from '../tensor/ops/cross-entropy.js';
import { BatchParts } from './batch-parts.js';
import { epochBatches } from './batches.js';
import { MAX_HALVINGS, nonFiniteGradient, nonFiniteState, type NonFinite } from './divergence.js';
import { EpochTexts, type EncodedSplits, type TrainingText } from './epoch-texts.js';
import { ExponentialAverage } from './exponential-average.js';
import { AdamWOptimizer } from './optimizer/adamw.js';
import { MuonOptimizer } from './optimizer/muon.js';
import { gradientScale, type Optimizer } from './optimizer/optimizer.js';
import { scheduleFactor } from './schedule.js';
import type { TrainingSettings } from './settings.js';
import { chooseTargets, type Targets } from './targets.js';
import type { DivergenceReport, StepReport, StopSignal, TrainEvent } from './train-events.js';
import {
  EPOCH_START,
  epochReport,
  isOutOfPatience,
  recordStep,
  recordValidation,
  TRAINING_START,
  type EpochSums,
  type TrainerProgress,
  type TrainerState,
} from './trainer-state.js';

const OPTIMIZERS = { adamw: AdamWOptimizer, muon: MuonOptimizer };

/**
 * Trains a model: docs/notebook.md, section 7, with what the settings change. Everything random is a function of the
 * seed, the epoch and the step, so that a training that is interrupted and resumed gives the same bits as one that is
 * not.
 *
 * @example
 * const trainer = new Trainer(model, backend, settings, { train, val }, 42);
 * for (const event of trainer.run()) if (event.kind === 'epoch') console.log(event.report.valNll);
 */
export class Trainer {
  readonly optimizer: Optimizer;
  /** What is validated, saved and sampled: the EMA of the weights where `averaging` is set, else the model itself. */
  readonly evaluated: DecoderTransformer;
  readonly average: ExponentialAverage | undefined;
  readonly state: TrainerState;
  sums: EpochSums;
  /** Weights of the best epoch so far; empty before the first. */
  bestWeights: Float32Array = new Float32Array(0);
  /** With `onDivergence` `lower-lr`: {@link arrays} as they were at the beginning of the epoch. */
  readonly epochStart: ReadonlyMap<string, FloatArray> | undefined;
  private readonly parts: BatchParts;
  private readonly evaluator: Evaluator;
  private readonly texts: EpochTexts;
  private readonly targets: Targets;

  constructor(
    readonly model: DecoderTransformer,
    private readonly backend: Backend,
    readonly settings: TrainingSettings,
    private readonly data: EncodedSplits,
    private readonly seed: number,
    { state, sums }: TrainerProgress = { state: TRAINING_START, sums: EPOCH_START },
  ) {
    const { averaging, optimizer, padding } = settings;
    const { values } = model.parameters;
    this.state = { ...state, divergences: [...state.divergences] };
    this.sums = { ...sums };
    this.optimizer = new OPTIMIZERS[optimizer.kind](backend, model.parameters, optimizer);
    this.optimizer.step = state.step;
    this.evaluated = averaging
      ? new DecoderTransformer(model.config, { precision: precisionOf(values), backend })
      : model;
    if (averaging) {
      this.average = new ExponentialAverage(backend, values, this.evaluated.parameters.values, averaging.decay);
    }
    this.parts = new BatchParts(model, backend, padding, seed);
    this.evaluator = new Evaluator(this.evaluated, backend, padding);
    this.targets = chooseTargets(settings, data.distillationSet, model.config);
    this.texts = new EpochTexts(data, settings, seed);
    this.epochStart =
      settings.onDivergence === 'stop'
        ? undefined
        : new Map(Array.from(this.arrays, ([name, values]) => [name, values.slice()]));
  }

  /** What the next step starts from, by name: weights, moments and the average of the weights. */
  get arrays(): ReadonlyMap<string, FloatArray> {
    return new Map([
      ['weights', this.model.parameters.values],
      ...this.optimizer.state(),
      ...(this.average?.state() ?? []),
    ]);
  }

  /** What of {@link arrays}, or of others as well, is not finite: such a state is not to be saved. */
  findNonFinite(others: ReadonlyMap<string, FloatArray> = new Map()): NonFinite | undefined {
    return nonFiniteState(this.backend, new Map([...this.arrays, ...others]), this.model.parameters);
  }

  /** Bytes of activation memory, kept between steps; constant from the largest batch on. */
  get memoryBytes(): number {
    return this.parts.memoryBytes;
  }

  get stepsPerEpoch(): number {
    return Math.ceil(this.texts.count / this.settings.batch);
  }

  /**
   * Runs to the end, an event at a time: nothing happens between two calls of `next`, so the caller may draw, save, or
   * stop. After `signal` is aborted, the next event is `done`. A loss, gradient or weight that is not finite gives an
   * event `diverged`; after the last of them, the weights are those of the best epoch, if there is one.
   */
  *run(signal?: StopSignal): Generator<TrainEvent, void> {
    const { state, settings } = this;
    // Checked before each epoch, so that a run that was cut off after its last one is only finished when resumed.
    while (state.epoch < settings.epochs && !isOutOfPatience(state, settings.patience)) {
      const batches = this.epochBatches();
      if (this.sums.steps === 0) for (const [name, kept] of this.epochStart ?? []) kept.set(this.arrays.get(name)!);
      let found: NonFinite | undefined;
      while (this.sums.steps < batches.length && !signal?.aborted) {
        const outcome = this.step(batches[this.sums.steps]!);
        if ('where' in outcome) {
          found = outcome;
          break;
        }
        const { epoch, step } = state;
        const report = { epoch, step, done: this.sums.steps, total: batches.length, ...outcome };
        yield { kind: 'step', report };
      }
      if (found === undefined && signal?.aborted) {
        yield { kind: 'done', because: 'interrupted' };
        return;
      }
      found ??= this.findNonFinite() ?? (yield* this.endEpoch());
      if (found === undefined) continue;
      const diverged = this.rollBack(found);
      yield { kind: 'diverged', ...diverged };
      if (diverged.learningRateFactor !== undefined) continue;
      yield { kind: 'done', because: 'diverged' };
      return;
    }
    yield { kind: 'done', because: isOutOfPatience(state, settings.patience) ? 'patience' : 'epochs' };
  }

  private epochBatches(): readonly (readonly TrainingText[])[] {
    const texts = this.texts.of(this.state.epoch);
    const lengths = texts.map(({ tokens }) => tokens.length);
    const batches = epochBatches(lengths, this.settings, this.seed, this.state.epoch);
    return batches.map((batch) => Array.from(batch, (i) => texts[i]!));
  }

  /** One optimiser step. Returns its figures, or what kept it from being done. */
  private step(
    texts: readonly TrainingText[],
  ): Pick<StepReport, 'nll' | 'gradNorm' | 'learningRate' | 'tokens'> | NonFinite {
    const started = performance.now();
    const { model, optimizer, settings, state, sums } = this;
    const parts = this.parts.cut(texts);
    const rows = parts.reduce((sum, { batch }) => sum + batch.tokens.length, 0);
    const count = settings.lossPer === 'text' ? texts.length : rows;

    const losses = this.parts.gradients(parts, state.step, ({ model, tape, batch, texts }) => {
      const logits = model.forward(tape, batch); // [rows, vocabulary]
      const targets = this.targets.of(batch, texts);
      const loss = crossEntropy(tape, logits, batch.targets, targets).mean(count);
      loss.backward();
      return loss;
    });
    const { contextLength } = model.config;
    const nll = Float64Array.from(
      parts.flatMap(({ batch }, i) => [...scoreTexts(batch, contextLength, losses[i]!).nll]),
    );
    const mean = nll.reduce((total, each) => total + each, 0) / texts.length;
    if (!Number.isFinite(mean)) return { where: 'the loss', value: mean };

    model.parameters.clearFixedGradients();
    const norm = optimizer.gradientNorm();
    if (!Number.isFinite(norm)) return nonFiniteGradient(model.parameters, norm);
    const learningRate = this.learningRate(state.step);
    optimizer.update(learningRate, gradientScale(norm, settings.clipNorm));
    this.average?.update(state.step);

    const own = nll.filter((_, b) => texts[b]!.from === 'corpus');
    const seconds = (performance.now() - started) / 1000;
    const gradNorm = settings.clipNorm === null ? 0 : norm;
    recordStep(state, sums, { nll: own, gradNorm, tokens: rows, seconds });
    return { nll: mean, gradNorm: norm, learningRate, tokens: rows };
  }

  /**
   * Undoes the epoch, to be trained again with half the learning rate; or returns to the best epoch, where training is
   * to stop. A number that is not finite before the epoch's first update would be so at any learning rate.
   */
  private rollBack({ where, value }: NonFinite): DivergenceReport {
    const { state, sums, settings, model, evaluated, bestWeights } = this;
    const { epoch, step } = state;
    const learningRate = this.learningRate(sums.steps < this.stepsPerEpoch ? step : step - 1);
    const divergence = { epoch, step, where, value, learningRate };
    state.divergences.push(divergence);
    if (this.epochStart !== undefined && sums.steps > 0 && state.divergences.length <= MAX_HALVINGS) {
      for (const [name, kept] of this.epochStart) this.arrays.get(name)!.set(kept);
      state.step -= sums.steps;
      this.optimizer.step = state.step;
      this.sums = { ...EPOCH_START };
      return { divergence, learningRateFactor: this.learningRateFactor, report: undefined };
    }
    if (bestWeights.length > 0) for (const each of [model, evaluated]) each.parameters.values.set(bestWeights);
    const measured = { valNll: NaN, valTop1: NaN, best: false, learningRate, seconds: sums.seconds };
    const report = epochReport(state, sums, settings, measured);
    return { divergence, learningRateFactor: undefined, report: { ...report, trainNll: NaN } };
  }

  private get learningRateFactor(): number {
    return 0.5 ** this.state.divergences.length;
  }

  private learningRate(step: number): number {
    const { learningRate, schedule, epochs } = this.settings;
    const factor = scheduleFactor(schedule, step, epochs * this.stepsPerEpoch);
    return learningRate * factor * this.learningRateFactor;
  }

  /** Validates, keeps the weights if they are the best so far, and begins the next epoch, if the NLL is finite. */
  private *endEpoch(): Generator<TrainEvent, NonFinite | undefined> {
    const started = performance.now();
    const { state, sums, evaluated } = this;
    const { epoch, step } = state;
    const total = this.data.val.length;
    const validation = { kind: 'validation', epoch, total } as const;
    const scores = yield* relay(this.evaluator.score(this.data.val), (done): TrainEvent => ({ ...validation, done }));
    const { nll, top1, accuracy } = meanScores(scores);
    if (total > 0 && !Number.isFinite(nll)) return { where: 'the validation loss', value: nll };
    const best = recordValidation(state, nll, top1);
    if (best) this.bestWeights = Float32Array.from(evaluated.parameters.values);
    const seconds = sums.seconds + (performance.now() - started) / 1000;
    const learningRate = this.learningRate(step - 1);
    const measured = { valNll: nll, valTop1: top1, valAccuracy: accuracy, best, learningRate, seconds };
    const report = epochReport(state, sums, this.settings, measured);
    state.epoch++;
    this.sums = { ...EPOCH_START };
    yield { kind: 'epoch', report };
    return undefined;
  }
}
