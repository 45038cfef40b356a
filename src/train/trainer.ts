import type { Backend } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { packBatch } from '../nn/packed-batch.js';
import { type Evaluation, Evaluator, meanScores, scoreTexts } from '../model/evaluate.js';
import { streamKey } from '../random.js';
import { crossEntropy } from '../tensor/ops/cross-entropy.js';
import { Tape } from '../tensor/tape.js';
import { TextAugmentation } from './augmentation/text-augmentation.js';
import { epochBatches } from './batches.js';
import { patienceIsOver, recordValidation } from './early-stopping.js';
import { relay } from '../generators.js';
import { ExponentialAverage } from './exponential-average.js';
import { chooseOptimizer } from './optimizer/choose-optimizer.js';
import type { Optimizer } from './optimizer/optimizer.js';
import { chooseDistillation } from './distillation/choose-targets.js';
import type { DistillationSet } from './distillation/distillation-set.js';
import type { Distillation } from './distillation/distillation-targets.js';
import { scheduleFactor } from './schedule.js';
import type { TrainingSettings } from './settings.js';
import { TRAINING_START, type TrainerState } from './trainer-state.js';

/** Texts as characters' tokens, without cls and pads. */
export interface EncodedSplits {
  readonly train: readonly Uint16Array[];
  readonly val: readonly Uint16Array[];
  /** Token of the space, which ends words; without one, texts have no words that could be changed. */
  readonly space?: number | undefined;
  /** What a teacher wrote and expected, for settings that use it. */
  readonly distillationSet?: DistillationSet | undefined;
}

/** One optimiser step. */
export interface StepReport {
  readonly epoch: number;
  /** Steps done in this epoch, and how many it has. */
  readonly done: number;
  readonly total: number;
  /** Mean NLL of the batch's texts, nats per text, before the step. */
  readonly nll: number;
}

/** One finished epoch. */
export interface EpochReport {
  readonly epoch: number;
  /** Optimiser steps done in the whole training. */
  readonly step: number;
  /** Mean over the epoch's texts, as they were changed, measured while the weights moved and with dropout. */
  readonly trainNll: number;
  readonly valNll: number;
  readonly valTop1: number;
  /** Of the last step. */
  readonly learningRate: number;
  /** Mean norm of the gradient before clipping; absent where it is not clipped, and so not computed. */
  readonly gradNorm?: number;
  /** Wall-clock seconds of this epoch, validation included. */
  readonly seconds: number;
  /** Positions trained on. */
  readonly tokens: number;
  /** Whether this is the lowest validation NLL so far, or the first epoch. */
  readonly best: boolean;
}

/** What a training says while it runs. */
export type TrainEvent =
  | { readonly kind: 'step'; readonly report: StepReport }
  | { readonly kind: 'validation'; readonly epoch: number; readonly done: number; readonly total: number }
  | { readonly kind: 'epoch'; readonly report: EpochReport }
  | { readonly kind: 'done'; readonly because: 'patience' | 'epochs' | 'interrupted' };

/** What tells a training to stop: an AbortSignal, or anything else that says whether it is aborted. */
export type StopSignal = Pick<AbortSignal, 'aborted'>;

/**
 * Trains a model: docs/notebook.md, section 7, with what the settings change. Everything random is a function of the seed, the
 * epoch and the step, so that a training that is interrupted and resumed gives the same bits as one that is not.
 *
 * @example
 * const trainer = new Trainer(model, backend, settings, { train, val }, 42);
 * for (const event of trainer.run()) if (event.kind === 'epoch') console.log(event.report.valNll);
 */
export class Trainer {
  readonly optimizer: Optimizer;
  readonly state: TrainerState;
  /** The average of the weights that counts in their place, where the settings ask for one. */
  readonly average: ExponentialAverage | undefined;
  /** Weights of the best epoch so far; empty before the first. */
  bestWeights: Float32Array = new Float32Array(0);
  private readonly tape: Tape;
  private readonly evaluator: Evaluator;
  private readonly augmentation: TextAugmentation;
  private readonly distillSteps: Distillation | undefined;
  private readonly dropoutKey: readonly [number, number];

  constructor(
    readonly model: DecoderTransformer,
    private readonly backend: Backend,
    readonly settings: TrainingSettings,
    private readonly data: EncodedSplits,
    private readonly seed: number,
    state: Partial<TrainerState> = {},
  ) {
    this.state = { ...TRAINING_START, ...state };
    this.optimizer = chooseOptimizer(backend, model.parameters, settings.optimizer);
    this.optimizer.step = this.state.step;
    const { averaging } = settings;
    this.average = averaging ? new ExponentialAverage(backend, model.parameters.values, averaging.decay) : undefined;
    this.tape = new Tape(backend);
    this.evaluator = new Evaluator(model, backend, settings.padding);
    const { train, space } = data;
    this.augmentation = new TextAugmentation(train, space, settings.augmentation, seed);
    this.distillSteps = chooseDistillation(settings, data, model.config, seed);
    this.dropoutKey = streamKey(seed, 'dropout');
  }

  /** Bytes of activation memory held between steps; the same from the largest batch on. */
  get memoryBytes(): number {
    return this.tape.bytes;
  }

  /** Training texts, and those of a distillation set that come with them. */
  private get textsPerEpoch(): number {
    return this.data.train.length + (this.distillSteps?.count ?? 0);
  }

  get stepsPerEpoch(): number {
    return Math.ceil(this.textsPerEpoch / this.settings.batch);
  }

  /**
   * Runs to the end, an event at a time: nothing happens between two calls of `next`, so the caller may draw, save,
   * or stop. After `signal` is aborted, the next event is `done`.
   */
  *run(signal?: StopSignal): Generator<TrainEvent, void> {
    const { state, settings } = this;
    // Asked before each epoch, so that a run which was cut off after its last one is only finished when it is resumed.
    const isOver = () => patienceIsOver(state, settings.patience);
    while (state.epoch < settings.epochs && !isOver()) {
      const texts = [...this.augmentation.textsOf(state.epoch), ...(this.distillSteps?.textsOf(state.epoch) ?? [])];
      const batches = this.batchesOf(texts);
      while (state.stepInEpoch < batches.length) {
        if (signal?.aborted) {
          yield { kind: 'done', because: 'interrupted' };
          return;
        }
        const nll = this.step(texts, batches[state.stepInEpoch]!);
        state.stepInEpoch++;
        const { epoch, stepInEpoch: done } = state;
        yield { kind: 'step', report: { epoch, done, total: batches.length, nll } };
      }
      if (signal?.aborted) {
        yield { kind: 'done', because: 'interrupted' };
        return;
      }
      const report = yield* this.endEpoch();
      yield { kind: 'epoch', report };
    }
    yield { kind: 'done', because: isOver() ? 'patience' : 'epochs' };
  }

  /** Which of the epoch's texts make up each of its batches. */
  private batchesOf(texts: readonly Uint16Array[]): Uint32Array[] {
    const lengths = texts.map((text) => text.length);
    return epochBatches(lengths, this.settings, this.seed, this.state.epoch);
  }

  /** One optimiser step on some of the epoch's texts. Returns their mean NLL, nats per text. */
  private step(texts: readonly Uint16Array[], chosen: Uint32Array): number {
    const started = performance.now();
    const { model, settings, state, tape } = this;
    const { contextLength, vocabulary } = model.config;
    const characters = Array.from(chosen, (i) => texts[i]!);
    const batch = packBatch(characters, model.config, settings.padding);
    const rows = batch.tokens.length;

    const [key0, key1] = this.dropoutKey;
    tape.begin({ training: true, dropout: { key0, key1, step: state.step } });
    const logits = model.forward(tape, batch);
    const smoothing = settings.labelSmoothing;
    const targets = this.distillSteps?.targetsOf(batch, chosen, state.epoch, vocabulary, smoothing) ?? {
      share: smoothing,
    };
    const loss = crossEntropy(tape, logits, batch.targets, targets).mean(
      settings.lossPer === 'text' ? batch.texts : rows,
    );
    const scores = scoreTexts(batch, contextLength, loss);

    model.parameters.gradients.fill(0);
    loss.backward();
    this.optimizer.update(this.learningRate(state.step), this.clip());
    this.average?.afterStep(state.step);

    state.step++;
    // A distillation set's texts are not what the training NLL is of.
    const own = scores.nll.filter((_, b) => chosen[b]! < this.data.train.length);
    state.trainNll += sum(own);
    state.trainTexts += own.length;
    state.tokens += rows;
    state.seconds += (performance.now() - started) / 1000;
    return sum(scores.nll) / batch.texts;
  }

  /** Factor that brings the gradient's norm under the bound (Pascanu, Mikolov and Bengio, 2013). */
  private clip(): number {
    const { clipNorm } = this.settings;
    if (clipNorm === null) return 1;
    const norm = this.optimizer.gradientNorm();
    this.state.gradNorms += norm;
    return norm > clipNorm ? clipNorm / norm : 1;
  }

  private learningRate(step: number): number {
    const { learningRate, schedule, epochs } = this.settings;
    return learningRate * scheduleFactor(schedule, step, epochs * this.stepsPerEpoch);
  }

  /** Calls `use` while the model has the weights that count: their average, where there is one. */
  withAveragedWeights<T>(use: () => T): T {
    this.average?.swap();
    try {
      return use();
    } finally {
      this.average?.swap();
    }
  }

  /** Scores the validation texts by the weights that count, and keeps these if they are the best so far. */
  private *validate(): Generator<TrainEvent, Evaluation & { best: boolean }> {
    const { state, model } = this;
    const { val } = this.data;
    const { epoch } = state;
    this.average?.swap();
    try {
      const scores = yield* relay(this.evaluator.score(val), (done): TrainEvent => ({
        kind: 'validation',
        epoch,
        done,
        total: val.length,
      }));
      const found = meanScores(scores);
      const best = recordValidation(state, found.nll, found.top1);
      if (best) this.bestWeights = Float32Array.from(model.parameters.values);
      return { ...found, best };
    } finally {
      this.average?.swap(); // also when whoever reads the events leaves
    }
  }

  /** Validation, early stopping, and the sums of the epoch. */
  private *endEpoch(): Generator<TrainEvent, EpochReport> {
    const started = performance.now();
    const { state, settings } = this;
    const { epoch } = state;
    const { nll, top1, best } = yield* this.validate();

    const steps = state.stepInEpoch;
    const report: EpochReport = {
      epoch,
      step: state.step,
      trainNll: state.trainNll / state.trainTexts,
      valNll: nll,
      valTop1: top1,
      learningRate: this.learningRate(state.step - 1),
      ...(settings.clipNorm === null ? {} : { gradNorm: state.gradNorms / steps }),
      seconds: state.seconds + (performance.now() - started) / 1000,
      tokens: state.tokens,
      best,
    };
    Object.assign(state, { stepInEpoch: 0, trainNll: 0, trainTexts: 0, gradNorms: 0, tokens: 0, seconds: 0 });
    state.epoch++;
    return report;
  }
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
