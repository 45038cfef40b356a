import { availableParallelism, cpus } from 'node:os';
import type { ChosenBackend } from '../../backend/registry.js';
import type { ComputePrecision } from '../../backend/types.js';
import { DEFAULT_VOCABULARY } from '../../nn/presets.js';
import { MIN_STEPS, stepFigures, TrainingUnderTest } from '../../profile/measure-training.js';
import { checkMemory, copyBandwidth, meanTokens, peakMemoryBytes } from '../../profile/memory.js';
import { operationTable, ratio } from '../../profile/operation-table.js';
import type { BenchReport } from '../../profile/report.js';
import { encodeSplit } from '../../tokenizer/encode-split.js';
import { planOf } from '../../train/plan.js';
import { letterpressVersion } from '../../version.js';
import { addExamples, type DefineCommand } from '../command.js';
import type { CliContext } from '../context.js';
import { addBackendOptions, addPrecisionOption, openTrainingBackend, type BackendOptions } from '../options/backend.js';
import { addDataOptions, addLongTextOptions } from '../options/data.js';
import { addBatchOptions, addModelOptions, toPlanOptions, type ModelOptions } from '../options/model.js';
import { integer } from '../options/parsers.js';
import { withProgress } from '../terminal/progress.js';
import { prepareTexts } from '../texts/prepare.js';
import type { DataOptions } from '../texts/types.js';
import { formatBench } from '../views/bench.js';

/** Measured without --steps, in seconds; the table of operations takes half as much again. */
const SECONDS = 10;

/** Each of the two measurements of the peak, in milliseconds. */
const PEAK_MILLISECONDS = 200;

export const define: DefineCommand = (command, context) => {
  const data = addLongTextOptions(
    addDataOptions(
      command
        .description(
          'Train a fresh model for some steps on real texts and print its speed: steps, tokens and arithmetic per ' +
            "second, the share of this processor's peak, memory, and a table of where the time of a step goes. " +
            'Nothing is saved. Other load on the machine makes it slower.',
        )
        .option(
          '--steps <n>',
          'optimiser steps to measure (default: about 10 seconds, at least 5 steps)',
          integer({ min: 1, max: 10_000 }),
        )
        .option('--json', 'one JSON document'),
    ),
  );
  addPrecisionOption(addBackendOptions(addBatchOptions(addModelOptions(data)))).action(async (options) => {
    const report = await measure(options, context);
    if (options.json) context.printJson(report);
    else context.print(formatBench(report, context));
  });
  addExamples(command, [
    ['letterpress bench', 'the default model, on the built-in corpus'],
    ['letterpress bench --preset 5m --padding first --data news/', 'a preset, on your own headlines'],
    ['letterpress bench --recipe modern --d-model 128 --heads 4 --layers 4 --threads 1', 'another shape, one core'],
    ['letterpress bench --preset 10m --precision bf16 --steps 5 --json', 'a few steps in bfloat16, for a program'],
  ]);
};

interface BenchOptions extends Omit<DataOptions, 'seed'>, ModelOptions, BackendOptions {
  readonly steps?: number;
}

async function measure(options: BenchOptions, context: CliContext): Promise<BenchReport> {
  // Mistakes in the model's options should show before the texts are read.
  planOf(toPlanOptions(options), DEFAULT_VOCABULARY);
  const { backend, measurePeak } = openTrainingBackend(options, context);
  const { corpus, splits, tokenizer } = await prepareTexts(options, context);
  const plan = planOf(toPlanOptions(options), tokenizer.vocabularySize);
  checkMemory(plan, meanTokens(splits.train));
  const { encoded } = encodeSplit(splits.train, tokenizer, { maxCharacters: plan.model.contextLength - 1 });

  const { steps } = options;
  const peaks = new Peaks(measurePeak, backend.info.precision);
  const training = new TrainingUnderTest(plan, encoded, { maxSteps: steps, backend });
  const limits = { steps, seconds: SECONDS };
  const plain = await withProgress(training.steps(backend, limits), stageOf('measuring', limits), context);
  const peakMemory = peakMemoryBytes(); // of the training alone: the rest measures how, and takes memory of its own

  const fewer = { steps, seconds: SECONDS / 2 };
  const timed = await withProgress(training.operations(backend, fewer), stageOf('operations', fewer), context);

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

/** The machine's peaks, of float32 and, where it is computed in, of bfloat16: the best of all measurements. */
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

/** How far a measurement is: how many steps fit is known after the first of them. */
function stageOf(label: string, limits: { readonly steps: number | undefined; readonly seconds: number }) {
  let started = 0;
  let total = limits.steps;
  return (done: number) => {
    if (done === 0) {
      started = performance.now();
      return undefined;
    }
    total ??= Math.max(MIN_STEPS, Math.round((1000 * limits.seconds) / (performance.now() - started)));
    return { label, unit: 'steps', total, done };
  };
}
