import type { Backend } from '../backend/types.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { rowsOfText } from '../nn/packed-batch.js';
import { epochBatches } from '../train/batches.js';
import type { TrainingPlan } from '../train/plan.js';
import type { TrainingSettings } from '../train/settings.js';
import { Trainer } from '../train/trainer.js';
import { trainingFlops } from '../nn/flops.js';
import { timedBackend, type OperationTotal } from './timed-backend.js';

export interface MeasuringLimits {
  /** Without it, as many steps as fit `seconds`, and at least {@link MIN_STEPS}. */
  readonly steps?: number | undefined;
  readonly seconds: number;
}

export const MIN_STEPS = 5;

const MAX_STEPS = 2000;

/**
 * Steps before the measured ones: memory is allocated, caches fill, code is compiled.
 *
 * @public for the scripts in bench/
 */
export const WARM_UP_STEPS = 3;

/** Of each step. */
export interface MeasuredSteps {
  readonly seconds: number[];
  /** Positions trained on. */
  readonly tokens: number[];
  /** See {@link trainingFlops}. */
  readonly flops: number[];
}

/** Texts, and which of them make up each batch. */
export interface Batches {
  readonly data: readonly Uint16Array[];
  readonly batches: readonly Uint32Array[];
}

/**
 * Batches of a training in its order, for the warm-up and `steps` more. Texts are repeated as often as needed.
 *
 * @public for the scripts in bench/
 */
export function batchesUnderTest(
  texts: readonly Uint16Array[],
  settings: Pick<TrainingSettings, 'batch' | 'batching'>,
  steps: number,
  seed = 0,
): Batches {
  const count = (WARM_UP_STEPS + steps) * settings.batch;
  const data = Array.from({ length: count }, (_, i) => texts[i % texts.length]!);
  const lengths = data.map((text) => text.length);
  return { data, batches: epochBatches(lengths, settings, seed, 0) };
}

/** A training of nothing but steps, on full batches of real texts. */
export class TrainingUnderTest {
  private readonly model: DecoderTransformer;
  private readonly underTest: Batches;

  /**
   * @param texts characters as tokens, without cls and pads; repeated as often as needed
   * @param maxSteps steps of the longest measurement, which batches are made for
   */
  constructor(
    private readonly plan: TrainingPlan,
    texts: readonly Uint16Array[],
    maxSteps = MAX_STEPS,
    private readonly seed = 0,
  ) {
    // The trainer is not told which token is the space, so it shuffles no words: the work measured is the work counted.
    this.underTest = batchesUnderTest(texts, plan.training, maxSteps, seed);
    this.model = new DecoderTransformer(plan.model, { seed });
  }

  get parameters(): number {
    return this.model.parameters.count;
  }

  /**
   * Trains, and measures each step after the warm-up: always on the same batches, with a new optimiser, from the
   * current weights.
   *
   * @returns a generator that yields the number of steps measured so far after each step, and returns the measures
   */
  *steps(
    backend: Backend,
    limits: MeasuringLimits,
    onMeasuringBegins: () => void = () => undefined,
  ): Generator<number, MeasuredSteps> {
    const { plan } = this;
    const { data, batches } = this.underTest;
    const { contextLength } = plan.model;
    // No validation: all steps lie in one epoch.
    const trainer = new Trainer(this.model, backend, this.plan.training, { train: data, val: [] }, this.seed);
    const events = trainer.run();
    const measured: MeasuredSteps = { seconds: [], tokens: [], flops: [] };
    let spent = 0;
    for (const [step, batch] of batches.entries()) {
      if (step === WARM_UP_STEPS) onMeasuringBegins();
      const start = performance.now();
      events.next();
      const seconds = (performance.now() - start) / 1000;
      if (step >= WARM_UP_STEPS) {
        const rows = Array.from(batch, (i) => rowsOfText(data[i]!.length, contextLength, plan.training.padding));
        measured.seconds.push(seconds);
        measured.tokens.push(rows.reduce((a, b) => a + b, 0));
        measured.flops.push(trainingFlops(plan.model, rows));
        spent += seconds;
      }
      yield measured.seconds.length;
      const enough = limits.steps ?? MIN_STEPS;
      if (measured.seconds.length >= enough && (limits.steps !== undefined || spent >= limits.seconds)) break;
    }
    return measured;
  }

  /** The same with a clock around every operation. */
  *operations(
    backend: Backend,
    limits: MeasuringLimits,
  ): Generator<number, MeasuredSteps & { totals: OperationTotal[] }> {
    const timed = timedBackend(backend);
    const measured = yield* this.steps(timed.backend, limits, () => timed.reset());
    return { ...measured, totals: timed.totals() };
  }
}

/** Of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.ceil(middle) - 1]! + sorted[Math.floor(middle)]!) / 2;
}

/** Medians over the measured steps. */
export interface StepFigures {
  readonly steps: number;
  readonly secondsPerStep: number;
  readonly stepsPerSecond: number;
  readonly tokensPerStep: number;
  readonly tokensPerSecond: number;
  readonly gflopPerStep: number;
  /** 10⁹ floating-point operations a second, as {@link trainingFlops} counts them. */
  readonly gflops: number;
}

/** Batches differ in length, so rates are medians of each step's own rate. */
export function stepFigures({ seconds, tokens, flops }: MeasuredSteps): StepFigures {
  const rates = (amounts: readonly number[]) => median(amounts.map((amount, i) => amount / seconds[i]!));
  const secondsPerStep = median(seconds);
  return {
    steps: seconds.length,
    secondsPerStep,
    stepsPerSecond: 1 / secondsPerStep,
    tokensPerStep: median(tokens),
    tokensPerSecond: rates(tokens),
    gflopPerStep: median(flops) / 1e9,
    gflops: rates(flops) / 1e9,
  };
}
