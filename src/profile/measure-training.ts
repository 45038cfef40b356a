import type { Backend } from '../backend/types.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { rowsOfText } from '../nn/packed-batch.js';
import { epochBatches } from '../train/batches.js';
import type { TrainingPlan } from '../train/plan.js';
import { Trainer } from '../train/trainer.js';
import { median } from '../statistics/mean-interval.js';
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

const SEED = 0;

/** Of each step. */
export interface MeasuredSteps {
  readonly seconds: number[];
  /** Positions trained on. */
  readonly tokens: number[];
  /** See {@link trainingFlops}. */
  readonly flops: number[];
}

/** A training of nothing but steps, on full batches of real texts. */
export class TrainingUnderTest {
  private readonly model: DecoderTransformer;
  private readonly data: readonly Uint16Array[];

  /**
   * @param texts characters as tokens, without cls and pads; repeated as often as needed
   * @param options.maxSteps steps of the longest measurement, which batches are made for
   * @param options.backend that will be measured, see {@link DecoderTransformer}
   */
  constructor(
    private readonly plan: TrainingPlan,
    texts: readonly Uint16Array[],
    { maxSteps = MAX_STEPS, backend }: { readonly maxSteps?: number | undefined; readonly backend?: Backend } = {},
  ) {
    const count = (WARM_UP_STEPS + maxSteps) * plan.training.batch;
    this.data = Array.from({ length: count }, (_, i) => texts[i % texts.length]!);
    this.model = new DecoderTransformer(plan.model, { seed: SEED, backend });
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
    const { plan, data } = this;
    const { contextLength } = plan.model;
    const lengths = data.map((text) => text.length);
    const batches = epochBatches(lengths, plan.training, SEED, 0);
    // No validation: all steps lie in one epoch. The trainer is not told which token is the space, so it shuffles no
    // words: the work measured is the work counted.
    const trainer = new Trainer(this.model, backend, plan.training, { train: data, val: [] }, SEED);
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
