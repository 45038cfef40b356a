import { planTraining, PRESETS } from '../dist/index.js';
import { checkBackend } from './lib/backend.mjs';
import { chooseBlas, formatBlas } from './lib/blas.mjs';
import { checkSampling, formatCheck } from './lib/check.mjs';
import { fastest, runPython, runWorker } from './lib/children.mjs';
import { formatBytes, formatCount, formatNumber } from './lib/internals.mjs';
import { describeMachine, formatMachine } from './lib/machine.mjs';
import { COMMON_OPTIONS, oneOf, positiveIntegers, readOptions, someOf } from './lib/options.mjs';
import { endProgress, fail, progress, seconds, table, times } from './lib/output.mjs';
import { loadTexts } from './lib/texts.mjs';

const values = readOptions("Seconds that the notebook's models take to sample texts of full length, with PyTorch's.", {
  sizes: { type: 'string', default: Object.keys(PRESETS).join(','), help: 'untrained models, or none' },
  count: { type: 'string', default: '64', help: 'texts at once' },
  repeats: { type: 'string', default: '3', help: 'the median counts' },
  precision: { type: 'string', default: 'f32', help: 'f32 or bf16' },
  run: { type: 'string', multiple: true, default: [], help: 'a trained model, whose texts end; may be repeated' },
  pytorch: { type: 'string', help: 'folder of notebook_model.py; without it, Letterpress alone' },
  'any-blas': { type: 'boolean', default: false, help: 'ratios even where the BLAS library of PyTorch is slow' },
  'pytorch-threads': { type: 'string', help: 'as --threads, for PyTorch' },
  ...COMMON_OPTIONS,
});
const sizes = values.sizes === 'none' ? [] : someOf('--sizes', values.sizes, Object.keys(PRESETS));
const [count] = positiveIntegers('--count', values.count);
const [repeats] = positiveIntegers('--repeats', values.repeats);
const precision = oneOf('--precision', values.precision, ['f32', 'bf16']);
const threadCounts = positiveIntegers('--threads', values.threads);
const pytorchThreads = positiveIntegers('--pytorch-threads', values['pytorch-threads'] ?? values.threads);
const { backend, python, pytorch: reference } = values;

/** The fastest of the numbers of threads for many texts, and separately for a single one. */
function letterpress(job, label) {
  const measured = threadCounts.map((threads) => {
    progress(`${label}: Letterpress, ${threads} threads`);
    return {
      ...runWorker('sample-worker', { ...job, count, repeats, threads, backend, precision }),
      threads,
    };
  });
  const [many] = measured.toSorted((a, b) => a.seconds - b.seconds);
  const [single] = measured.toSorted((a, b) => a.latency.median - b.latency.median);
  return { ...many, latency: { ...single.latency, threads: single.threads } };
}

function measureSize(size, texts, blas) {
  const job = { reference, shape: PRESETS[size] };
  let check;
  if (reference !== undefined) {
    progress(`${size}: checking against PyTorch`);
    const plan = planTraining({ preset: size }, 29);
    const batch = texts.slice(0, plan.training.batch).map((text) => [...text]);
    check = checkSampling({
      plan,
      batch,
      backend,
      threads: threadCounts[0],
      precision,
      python,
      environment: blas.environment,
      script: 'notebook_step',
      job,
    });
  }
  const ours = letterpress({ preset: size }, size);
  if (reference === undefined) return { name: size, letterpress: ours };
  const theirs = fastest(pytorchThreads, 'seconds', (threads) => {
    progress(`${size}: PyTorch, ${threads} threads (minutes for the large sizes)`);
    return runPython(python, 'sampling', { ...job, count, threads }, blas.environment);
  });
  return { name: size, check, letterpress: ours, pytorch: theirs, ratio: theirs.seconds / ours.seconds };
}

try {
  checkBackend({ backend, precision });
  const machine = describeMachine(backend);
  const { texts } = await loadTexts();
  const isCompared = reference !== undefined && sizes.length > 0;
  const blas = isCompared
    ? chooseBlas({ python, threadCounts: pytorchThreads, anyBlas: values['any-blas'] })
    : undefined;
  const untrained = sizes.map((size) => measureSize(size, texts, blas));
  const trained = values.run.map((run) => ({ name: run, letterpress: letterpress({ run }, run) }));
  endProgress();
  if (values.json) console.log(JSON.stringify({ machine, blas, precision, count, untrained, trained }, null, 2));
  else print(machine, blas, untrained, trained);
} catch (error) {
  fail(error.message);
}

function print(machine, blas, untrained, trained) {
  const microseconds = (value) => `${formatNumber(value * 1e6, 0)} µs`;
  const ours = [
    ['model', ({ name }) => name],
    ['parameters', ({ letterpress }) => formatCount(letterpress.parameters)],
    ['characters/text', ({ letterpress }) => formatNumber(letterpress.charactersPerText, 1)],
    [`${count} texts`, ({ letterpress }) => seconds(letterpress.seconds)],
    ['threads', ({ letterpress }) => String(letterpress.threads)],
    ['memory', ({ letterpress }) => formatBytes(letterpress.peakMemoryBytes)],
    ['a character of one text', ({ letterpress }) => microseconds(letterpress.latency.median)],
    ['95 %', ({ letterpress }) => microseconds(letterpress.latency.p95)],
    ['threads', ({ letterpress }) => String(letterpress.latency.threads)],
  ];
  const theirs = [
    [`PyTorch, ${count} texts`, ({ pytorch }) => seconds(pytorch.seconds)],
    ['threads', ({ pytorch }) => String(pytorch.threads)],
    ['ratio', ({ ratio }) => times(ratio)],
  ];
  console.log(formatMachine(machine));
  const fastestOf = `the fastest of ${threadCounts.join(', ')} threads, separately for many texts and for one`;
  console.log(`${precision}; median of ${repeats}; ${fastestOf}`);
  if (blas) console.log(formatBlas(blas));
  for (const { name, check } of untrained) if (check) console.log(`checked ${name}: ${formatCheck(check)}`);
  if (untrained.length > 0) {
    console.log('\nUntrained models, every text of all 149 characters');
    console.log(table(reference ? [...ours, ...theirs] : ours, untrained).trimEnd());
  }
  if (trained.length > 0) {
    console.log('\nTrained models, whose texts end');
    console.log(table(ours, trained).trimEnd());
  }
}
