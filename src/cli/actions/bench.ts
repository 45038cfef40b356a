import { availableParallelism, cpus } from 'node:os';
import { MIN_STEPS, stepFigures, TrainingUnderTest } from '../../profile/measure-training.js';
import { copyBandwidth, peakMemoryBytes } from '../../profile/memory.js';
import { operationTable, ratio } from '../../profile/operation-table.js';
import type { BenchReport } from '../../profile/report.js';
import type { ChosenBackend } from '../../backend/registry.js';
import type { ComputePrecision } from '../../backend/types.js';
import { DEFAULT_VOCABULARY } from '../../nn/presets.js';
import { encodeSplit } from '../../tokenizer/encode-split.js';
import { planTraining } from '../../train/plan.js';
import { letterpressVersion } from '../../version.js';
import { openBackend, type BackendOptions } from '../backend-options.js';
import type { CliContext } from '../context.js';
import type { DataOptions } from '../data-options.js';
import { toPlanOptions, type ModelCliOptions } from '../plan-options.js';
import { createProgress, type Progress } from '../terminal/progress.js';
import { formatBench } from './bench-report.js';
import { breathe, prepareTexts } from './prepare-texts.js';

/** The options of `letterpress bench`. */
export interface BenchOptions extends Omit<DataOptions, 'seed'>, ModelCliOptions, BackendOptions {
  readonly steps?: number;
  readonly json?: true;
}

/** Measured without --steps, in seconds; the table of operations takes half as much again. */
const SECONDS = 10;

/** Each of the two measurements of the peak, in milliseconds. */
const PEAK_MILLISECONDS = 200;

/** The terminal gets its turn (bar, Ctrl-C) this often, in milliseconds. */
const BREATH = 40;

/** Measures how fast a model trains here. */
export async function bench(options: BenchOptions, context: CliContext): Promise<void> {
  const report = await measure(options, context);
  if (report === undefined) return; // interrupted
  if (options.json) context.printJson(report);
  else context.print(formatBench(report, context));
}

async function measure(options: BenchOptions, context: CliContext): Promise<BenchReport | undefined> {
  // Mistakes in the model's options should show before the texts are read.
  planTraining(toPlanOptions(options), DEFAULT_VOCABULARY);
  const { backend, measurePeak } = openBackend(options, context);
  const { corpus, splits, tokenizer } = await prepareTexts(options, context);
  const plan = planTraining(toPlanOptions(options), tokenizer.vocabularySize);
  const { encoded } = encodeSplit(splits.train, tokenizer, { maxCharacters: plan.model.contextLength - 1 });

  const peaks = new Peaks(measurePeak, backend.info.precision);
  const limits = { steps: options.steps, seconds: SECONDS };
  const training = new TrainingUnderTest(plan, encoded, options.steps);
  const plain = await follow(training.steps(backend, limits), 'measuring', limits, context);
  if (plain === undefined) return undefined;
  const peakMemory = peakMemoryBytes(); // of the training alone: the rest measures how, and takes memory of its own

  const fewer = { steps: options.steps, seconds: SECONDS / 2 };
  const timed = await follow(training.operations(backend, fewer), 'operations', fewer, context);
  if (timed === undefined) return undefined;

  peaks.measure(); // again, for the processor may have been slowed down for a while
  const { peakGflops, peakBf16Gflops } = peaks;
  const copyGigabytesPerSecond = copyBandwidth() / 1e9;
  const timedSeconds = timed.seconds.reduce((sum, seconds) => sum + seconds, 0);
  const figures = stepFigures(plain);
  return {
    letterpress: letterpressVersion(),
    machine: { processor: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism() },
    backend: backend.info.name,
    instructionSet: backend.info.instructionSet,
    threads: backend.info.threads,
    precision: backend.info.precision,
    model: plan.name,
    parameters: training.parameters,
    config: plan.model,
    corpus: corpus.name,
    batch: plan.training.batch,
    padding: plan.training.padding,
    ...figures,
    peakGflops,
    peakBf16Gflops,
    shareOfPeak: ratio(figures.gflops, peakBf16Gflops ?? peakGflops),
    copyGigabytesPerSecond,
    peakMemoryBytes: peakMemory,
    tableSteps: timed.seconds.length,
    tableSecondsPerStep: timedSeconds / timed.seconds.length,
    operations: operationTable(timed.totals, timed.seconds.length, timedSeconds, {
      peakGflops,
      peakBf16Gflops,
      copyGigabytesPerSecond,
    }),
  };
}

/** The peaks of the machine: of float32, and of bfloat16 where that is computed in. The best of all measurements counts. */
class Peaks {
  peakGflops: number | null = null;
  peakBf16Gflops: number | null = null;

  constructor(
    private readonly measurePeak: ChosenBackend['measurePeak'],
    private readonly precision: ComputePrecision,
  ) {
    this.measure();
  }

  measure(): void {
    const { measurePeak } = this;
    if (!measurePeak) return;
    const gflops = (precision: ComputePrecision) => measurePeak(PEAK_MILLISECONDS, precision) / 1e9;
    this.peakGflops = Math.max(this.peakGflops ?? 0, gflops('f32'));
    if (this.precision === 'bf16') this.peakBf16Gflops = Math.max(this.peakBf16Gflops ?? 0, gflops('bf16'));
  }
}

/**
 * Runs a measurement with a progress bar, letting the terminal breathe between steps.
 *
 * @returns what the measurement returns, or undefined when it was interrupted
 */
async function follow<Result>(
  measuring: Generator<number, Result>,
  label: string,
  limits: { readonly steps: number | undefined; readonly seconds: number },
  context: CliContext,
): Promise<Result | undefined> {
  const { signal } = context;
  let progress: Progress | undefined;
  let started = 0;
  let lastBreath = performance.now();
  try {
    for (;;) {
      const step = measuring.next();
      if (step.done) return step.value;
      const now = performance.now();
      if (step.value === 0) started = now;
      else {
        // How many steps fit is known after the first of them.
        const first = (now - started) / 1000;
        const total = limits.steps ?? Math.max(MIN_STEPS, Math.round(limits.seconds / first));
        progress ??= createProgress(context, { label, total, unit: 'steps' });
        progress.update(step.value);
      }
      if (now - lastBreath > BREATH) {
        await breathe();
        lastBreath = performance.now();
      }
      if (signal.aborted) return undefined;
    }
  } finally {
    progress?.stop();
  }
}
