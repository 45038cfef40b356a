// Single operations in a loop, on one thread: what the kernels reach when their numbers lie in the caches. How fast
// they are in a step, where they do not, is in the table of `letterpress bench`.
import { planTraining } from '../dist/index.js';
import { backendOf } from './lib/backend.mjs';
import {
  finish,
  formatNumber,
  formatPercent,
  makeBackend,
  OPERATION_WORK,
  operationTable,
  TrainingUnderTest,
} from './lib/internals.mjs';
import { describeMachine, formatMachine } from './lib/machine.mjs';
import { MODELS } from './lib/models.mjs';
import { oneOf, positiveIntegers, readOptions, someOf } from './lib/options.mjs';
import { endProgress, fail, progress, table } from './lib/output.mjs';
import { loadTexts } from './lib/texts.mjs';

const values = readOptions('Each operation of a training step, called again and again on the same numbers.', {
  models: { type: 'string', default: 'modern-557k', help: 'models' },
  calls: { type: 'string', default: '60', help: 'calls of each operation, of which the fastest counts' },
  only: { type: 'string', default: '', help: 'operations whose name begins so' },
  precision: { type: 'string', default: 'f32', help: 'f32 or bf16' },
  data: { type: 'string', help: 'texts as of letterpress train, cleaned as headlines; else the built-in corpus' },
  backend: { type: 'string', default: 'native', help: 'native, wasm or portable' },
  json: { type: 'boolean', default: false, help: 'JSON on standard output' },
});
const models = someOf('--models', values.models, Object.keys(MODELS));
const precision = oneOf('--precision', values.precision, ['f32', 'bf16']);
const [calls] = positiveIntegers('--calls', values.calls);

/** A backend that repeats the first call of each operation on each shape, once `measures()`, and notes the fastest. */
function repeatingBackend(backend, measures, totals) {
  return makeBackend(backend, (operation) => (args) => {
    const { shape, flops, bytes } = OPERATION_WORK[operation](args);
    const key = `${operation} ${shape}`;
    if (!measures() || totals.has(key) || !operation.startsWith(values.only)) return backend[operation](args);
    progress(key);
    let least = Infinity;
    let result;
    for (let i = 0; i < calls; i++) {
      const start = performance.now();
      result = backend[operation](args);
      least = Math.min(least, (performance.now() - start) / 1000);
    }
    totals.set(key, { operation, shape, calls: 1, seconds: least, flops, bytes });
    return result;
  });
}

function measureModel(name, texts, { backend, measurePeak }) {
  let measures = false;
  const totals = new Map();
  const repeating = repeatingBackend(backend, () => measures, totals);
  const training = new TrainingUnderTest(planTraining(MODELS[name], 29), texts, { maxSteps: 1, backend: repeating });
  finish(training.steps(repeating, { steps: 1, seconds: 0 }, () => (measures = true)));
  const peak = (of) => (measurePeak ? measurePeak(200, of) / 1e9 : null);
  const limits = {
    peakGflops: peak('f32'),
    peakBf16Gflops: precision === 'bf16' ? peak('bf16') : null,
    copyGigabytesPerSecond: NaN, // of no use here: numbers come from caches
  };
  const operations = operationTable([...totals.values()], 1, 1, limits)
    .filter(({ operation }) => operation !== null)
    .map(({ operation, pass, shape, secondsPerStep, gflops, shareOfPeak, gigabytesPerSecond }) => {
      return { operation, pass, shape, secondsPerCall: secondsPerStep, gflops, shareOfPeak, gigabytesPerSecond };
    });
  return { name, peakGflops: limits.peakGflops, peakBf16Gflops: limits.peakBf16Gflops, operations };
}

try {
  const chosen = backendOf({ backend: values.backend, threads: 1, precision });
  const { name: corpus, texts } = await loadTexts(values.data);
  const results = models.map((name) => measureModel(name, texts, chosen));
  endProgress();
  const machine = describeMachine(values.backend);
  if (values.json) console.log(JSON.stringify({ machine, precision, corpus, calls, results }, null, 2));
  else print(machine, results);
} catch (error) {
  fail(error.message);
}

function print(machine, results) {
  const orNothing = (value, format) => (value === null ? '' : format(value));
  const rate = (value) => formatNumber(value, 1);
  console.log(formatMachine(machine));
  for (const { name, peakGflops, peakBf16Gflops, operations } of results) {
    const peaks = [peakGflops, peakBf16Gflops].filter((peak) => peak !== null).map(rate);
    const limit = peaks.length === 0 ? '' : `; peak of products ${peaks.join(', in bf16 ')} GFLOP/s`;
    console.log(`\n${name}, ${precision}, one thread${limit}\n`);
    console.log(
      table(
        [
          ['operation', ({ operation, shape }) => `${operation} ${shape}`],
          ['pass', ({ pass }) => pass],
          ['ms/call', ({ secondsPerCall }) => formatNumber(secondsPerCall * 1000, 3)],
          ['GFLOP/s', ({ gflops }) => orNothing(gflops, rate)],
          ['of the peak', ({ shareOfPeak }) => orNothing(shareOfPeak, (share) => formatPercent(share))],
          ['GB/s', ({ gigabytesPerSecond }) => orNothing(gigabytesPerSecond, rate)],
        ],
        operations,
      ),
    );
  }
}
