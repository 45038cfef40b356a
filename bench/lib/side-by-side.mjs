// Training steps of Letterpress and of PyTorch: the same texts in the same batches, after a check that both compute the
// same, each with the fastest of some numbers of threads.
import { planTraining } from '../../dist/index.js';
import { checkBackend } from './backend.mjs';
import { checkTraining, formatCheck } from './check.mjs';
import { fastest, runPython, runWorker } from './children.mjs';
import { epochBatches, formatBytes, formatCount, formatNumber, formatPercent, WARM_UP_STEPS } from './internals.mjs';
import { describeMachine, formatMachine } from './machine.mjs';
import { COMMON_OPTIONS, positiveIntegers, someOf } from './options.mjs';
import { endProgress, progress, seconds, table, times } from './output.mjs';
import { loadTexts, plainBatches } from './texts.mjs';

/** Options of every script that compares training steps. */
export const SIDE_BY_SIDE_OPTIONS = {
  precision: { type: 'string', default: 'f32', help: 'f32, bf16 or both' },
  steps: { type: 'string', default: '5', help: 'measured steps; the median counts' },
  data: { type: 'string', help: 'texts as of letterpress train, cleaned as headlines; else the built-in corpus' },
  ...COMMON_OPTIONS,
};

/** PyTorch has little to warm up, and a step may take minutes. */
const PYTORCH_WARM_UP = 1;

/**
 * Measures some models.
 *
 * @param models each: name, plan (options of planTraining), pytorch (script and job, or undefined)
 * @returns a report, for printing or as JSON
 */
export async function measureSideBySide(values, models) {
  const run = {
    precisions: someOf('--precision', values.precision, ['f32', 'bf16']),
    threadCounts: positiveIntegers('--threads', values.threads),
    steps: positiveIntegers('--steps', values.steps)[0],
    backend: values.backend,
    python: values.python,
  };
  for (const precision of run.precisions) checkBackend({ backend: run.backend, precision });
  const machine = describeMachine(run.backend);
  const { name, texts } = await loadTexts(values.data);
  const sgemm = models.some(({ pytorch }) => pytorch) ? measureSgemm(run) : undefined;
  const limit = sgemm && Math.max(...sgemm.map(({ gflops }) => gflops));
  const results = models.flatMap((model) => measureModel(model, texts, limit, run));
  endProgress();
  return { machine, steps: run.steps, threads: run.threadCounts, corpus: name, sgemm, results };
}

function measureModel({ name, plan: options, pytorch }, texts, limit, run) {
  const plan = planTraining(options, 29);
  // As TrainingUnderTest has them: all steps in one epoch, texts repeated as often as needed.
  const count = (WARM_UP_STEPS + run.steps) * plan.training.batch;
  const data = Array.from({ length: count }, (_, i) => texts[i % texts.length]);
  const lengths = data.map((text) => text.length);
  const underTest = { data, batches: epochBatches(lengths, plan.training, 0, 0) };
  const batches = plainBatches(underTest);
  const { precisions, threadCounts, steps, backend, python } = run;

  const checkIn = (precision) => {
    progress(`${name}: checking against PyTorch, ${precision}`);
    return checkTraining({ plan, batch: batches[0], backend, threads: threadCounts[0], precision, python, ...pytorch });
  };
  const checks = pytorch && precisions.map(checkIn);
  const ours = precisions.map((precision) =>
    fastest(threadCounts, 'secondsPerStep', (threads) => {
      progress(`${name}: Letterpress, ${precision}, ${threads} threads`);
      const job = { plan: options, texts: underTest.data.map((text) => [...text]), steps };
      return runWorker('train-worker', { ...job, threads, backend, precision });
    }),
  );
  const theirs =
    pytorch &&
    fastest(threadCounts, 'secondsPerStep', (threads) => {
      progress(`${name}: PyTorch, ${threads} threads`);
      // The measured batches are the same as ours.
      const job = { batches: batches.slice(WARM_UP_STEPS - PYTORCH_WARM_UP), warmUp: PYTORCH_WARM_UP };
      return runPython(python, pytorch.script, { ...pytorch.job, ...job, mode: 'time', threads });
    });
  return precisions.map((precision, i) => ({
    name,
    precision,
    batch: plan.training.batch,
    padding: plan.training.padding,
    ...(checks && { check: checks[i] }),
    letterpress: ours[i],
    ...(theirs && {
      shareOfSgemm: ours[i].gflops / limit,
      pytorch: theirs,
      ratio: theirs.secondsPerStep / ours[i].secondsPerStep,
    }),
  }));
}

/** What PyTorch's own matrix product reaches on each number of threads. */
function measureSgemm({ threadCounts, python }) {
  return threadCounts.map((threads) => {
    progress(`sgemm, ${threads} threads`);
    const environment = { OMP_NUM_THREADS: String(threads), OPENBLAS_NUM_THREADS: String(threads) };
    return { threads, gflops: runPython(python, 'sgemm', { threads }, environment).gflops };
  });
}

/** Prints what was measured; `notes` say what each side did. */
export function printSideBySide(report, notes) {
  const { machine, sgemm, results } = report;
  console.log(formatMachine(machine));
  const fastestOf = `the fastest of ${report.threads.join(', ')} threads on each side`;
  console.log(`${report.corpus}; median of ${report.steps} steps, ${fastestOf}`);
  for (const note of notes) console.log(note);
  if (sgemm) {
    const limits = sgemm.map(({ threads, gflops }) => `${formatNumber(gflops, 1)} GFLOP/s on ${threads}`);
    console.log(`PyTorch's sgemm of 1024³ in this run: ${limits.join(', ')} threads`);
    for (const { name, check } of results) console.log(`checked ${name}: ${formatCheck(check)}`);
  }
  console.log('');
  const ours = [
    ['model', ({ name }) => name],
    ['parameters', ({ letterpress }) => formatCount(letterpress.parameters)],
    ['precision', ({ precision }) => precision],
    ['Letterpress', ({ letterpress }) => seconds(letterpress.secondsPerStep)],
    ['threads', ({ letterpress }) => String(letterpress.threads)],
    ['tokens/s', ({ letterpress }) => formatCount(letterpress.tokensPerSecond)],
    ['GFLOP/s', ({ letterpress }) => formatNumber(letterpress.gflops, 1)],
    ['memory', ({ letterpress }) => formatBytes(letterpress.peakMemoryBytes)],
  ];
  const theirs = [
    ['of sgemm', ({ shareOfSgemm }) => formatPercent(shareOfSgemm)],
    ['PyTorch', ({ pytorch }) => seconds(pytorch.secondsPerStep)],
    ['threads', ({ pytorch }) => String(pytorch.threads)],
    ['memory', ({ pytorch }) => formatBytes(pytorch.peakMemoryBytes)],
    ['ratio', ({ ratio }) => times(ratio)],
  ];
  console.log(table(sgemm ? [...ours, ...theirs] : ours, results).trimEnd());
}
