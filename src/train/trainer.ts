import type { Backend } from '../backend/types.js';
import { relay } from '../generators.js';
import { Evaluator, meanScores, scoreTexts } from '../model/evaluate.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { packBatch } from '../nn/packed-batch.js';
import { streamKey } from '../random.js';
import { precisionOf } from '../tensor/arena.js';
import { crossEntropy } from '../tensor/ops/cross-entropy.js';
import { Tape } from '../tensor/tape.js';
import { epochBatches } from './batches.js';
import { EpochTexts, type EncodedSplits, type TrainingText } from './epoch-texts.js';
import { ExponentialAverage } from './exponential-average.js';
import { AdamWOptimizer } from './optimizer/adamw.js';
import { MuonOptimizer } from './optimizer/muon.js';
import type { Optimizer } from './optimizer/optimizer.js';
import { scheduleFactor } from './schedule.js';
import type { TrainingSettings } from './settings.js';
import { chooseTargets, type Targets } from './targets.js';
import type { EpochReport, StopSignal, TrainEvent } from './train-events.js';
import {
  EPOCH_START,
  isOutOfPatience,
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
  private readonly tape: Tape;
  private readonly evaluator: Evaluator;
  private readonly texts: EpochTexts;
  private readonly targets: Targets;

  constructor(
    readonly model: DecoderTransformer,
    backend: Backend,
    readonly settings: TrainingSettings,
    private readonly data: EncodedSplits,
    private readonly seed: number,
    { state, sums }: TrainerProgress = { state: TRAINING_START, sums: EPOCH_START },
  ) {
    const { averaging, optimizer, padding } = settings;
    const { values } = model.parameters;
    this.state = { ...state };
    this.sums = { ...sums };
    this.optimizer = new OPTIMIZERS[optimizer.kind](backend, model.parameters, optimizer);
    this.optimizer.step = state.step;
    this.evaluated = averaging ? new DecoderTransformer(model.config, { precision: precisionOf(values) }) : model;
    if (averaging) {
      this.average = new ExponentialAverage(backend, values, this.evaluated.parameters.values, averaging.decay);
    }
    this.tape = new Tape(backend);
    this.evaluator = new Evaluator(this.evaluated, backend, padding);
    this.targets = chooseTargets(settings, data.distillationSet, model.config);
    this.texts = new EpochTexts(data, settings, seed);
  }

  /** Bytes of activation memory, kept between steps; constant from the largest batch on. */
  get memoryBytes(): number {
    return this.tape.bytes;
  }

  get stepsPerEpoch(): number {
    return Math.ceil(this.texts.count / this.settings.batch);
  }

  /**
   * Runs to the end, an event at a time: nothing happens between two calls of `next`, so the caller may draw, save, or
   * stop. After `signal` is aborted, the next event is `done`.
   */
  *run(signal?: StopSignal): Generator<TrainEvent, void> {
    const { state, settings } = this;
    // Checked before each epoch, so that a run that was cut off after its last one is only finished when resumed.
    while (state.epoch < settings.epochs && !isOutOfPatience(state, settings.patience)) {
      const batches = this.epochBatches();
      while (this.sums.steps < batches.length && !signal?.aborted) {
        const nll = this.step(batches[this.sums.steps]!);
        yield { kind: 'step', report: { epoch: state.epoch, done: this.sums.steps, total: batches.length, nll } };
      }
      if (signal?.aborted) {
        yield { kind: 'done', because: 'interrupted' };
        return;
      }
      const report = yield* this.endEpoch();
      yield { kind: 'epoch', report };
    }
    yield { kind: 'done', because: isOutOfPatience(state, settings.patience) ? 'patience' : 'epochs' };
  }

  private epochBatches(): readonly (readonly TrainingText[])[] {
    const texts = this.texts.of(this.state.epoch);
    const lengths = texts.map(({ tokens }) => tokens.length);
    const batches = epochBatches(lengths, this.settings, this.seed, this.state.epoch);
    return batches.map((batch) => Array.from(batch, (i) => texts[i]!));
  }

  /** One optimiser step. Returns the mean NLL of the batch's texts, nats per text. */
  private step(texts: readonly TrainingText[]): number {
    const started = performance.now();
    const { model, optimizer, settings, state, sums, tape } = this;
    const tokens = texts.map((text) => text.tokens);
    const batch = packBatch(tokens, model.config, settings.padding);
    const rows = batch.tokens.length;

    const [key0, key1] = streamKey(this.seed, 'dropout');
    tape.begin({ training: true, dropout: { key0, key1, step: state.step } });
    const logits = model.forward(tape, batch); // [rows, vocabulary]
    const targets = this.targets.of(batch, texts);
    const count = settings.lossPer === 'text' ? texts.length : rows;
    const loss = crossEntropy(tape, logits, batch.targets, targets).mean(count);

    model.parameters.gradients.fill(0);
    loss.backward();
    const norm = settings.clipNorm === null ? 0 : optimizer.gradientNorm();
    optimizer.update(this.learningRate(state.step), gradientScale(norm, settings.clipNorm));
    this.average?.update(state.step);

    const { nll } = scoreTexts(batch, model.config.contextLength, loss);
    const own = nll.filter((_, b) => texts[b]!.from === 'corpus');
    state.step++;
    sums.steps++;
    sums.trainNll += sum(own);
    sums.trainTexts += own.length;
    sums.gradNorms += norm;
    sums.tokens += rows;
    sums.seconds += (performance.now() - started) / 1000;
    return sum(nll) / texts.length;
  }

  private learningRate(step: number): number {
    const { learningRate, schedule, epochs } = this.settings;
    return learningRate * scheduleFactor(schedule, step, epochs * this.stepsPerEpoch);
  }

  /** Validates, keeps the weights if they are the best so far, and begins the next epoch. */
  private *endEpoch(): Generator<TrainEvent, EpochReport> {
    const started = performance.now();
    const { state, sums, settings, evaluated } = this;
    const { epoch, step } = state;
    const total = this.data.val.length;
    const scores = yield* relay(this.evaluator.score(this.data.val), (done): TrainEvent => ({
      kind: 'validation',
      epoch,
      done,
      total,
    }));
    const { nll, top1 } = meanScores(scores);
    const best = recordValidation(state, nll, top1);
    if (best) this.bestWeights = Float32Array.from(evaluated.parameters.values);
    state.epoch++;
    this.sums = { ...EPOCH_START };
    return {
      epoch,
      step,
      trainNll: sums.trainNll / sums.trainTexts,
      valNll: nll,
      valTop1: top1,
      learningRate: this.learningRate(step - 1),
      ...(settings.clipNorm === null ? {} : { gradNorm: sums.gradNorms / sums.steps }),
      seconds: sums.seconds + (performance.now() - started) / 1000,
      tokens: sums.tokens,
      best,
    };
  }
}

/** Factor that brings a gradient of that norm down to the bound (Pascanu, Mikolov and Bengio, 2013). */
function gradientScale(norm: number, bound: number | null): number {
  return bound !== null && norm > bound ? bound / norm : 1;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
