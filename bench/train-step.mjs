// Training steps of Letterpress and of PyTorch: the same texts in the same batches, after a check that both compute the
// same, each with the fastest of some numbers of threads.
import { planTraining } from '../dist/index.js';
import { checkBackend } from './lib/backend.mjs';
import { chooseBlas, formatBlas } from './lib/blas.mjs';
import { checkTraining, formatCheck } from './lib/check.mjs';
import { fastest, runPython, runWorker, smallest } from './lib/children.mjs';
import { formatBytes, formatCount, formatNumber, formatPercent, WARM_UP_STEPS } from './lib/internals.mjs';
import { describeMachine, formatMachine } from './lib/machine.mjs';
import { MODELS, pytorchOf } from './lib/models.mjs';
import { COMMON_OPTIONS, oneOf, positiveIntegers, readOptions, someOf } from './lib/options.mjs';
import { endProgress, fail, progress, seconds, table, times } from './lib/output.mjs';
import { loadTexts, textsForSteps } from './lib/texts.mjs';

const values = readOptions("Seconds of a training step on real texts, with PyTorch's.", {
  models: { type: 'string', default: Object.keys(MODELS).join(','), help: 'models' },
  padding: {
    type: 'string',
    default: 'all',
    help: "of the notebook's models: all 150 positions, or up to the first pad",
  },
  precision: { type: 'string', default: 'f32', help: 'f32, bf16 or both' },
  steps: { type: 'string', default: '5', help: 'measured steps; the median counts' },
  rounds: { type: 'string', default: '3', help: 'of both sides in turn; the fastest of each counts' },
  data: { type: 'string', help: 'texts as of letterpress train, cleaned as headlines; else the built-in corpus' },
  pytorch: { type: 'string', help: "folder of notebook_model.py, for the notebook's models" },
  'no-pytorch': { type: 'boolean', default: false, help: 'Letterpress alone' },
  'any-blas': { type: 'boolean', default: false, help: 'ratios even where the BLAS library of PyTorch is slow' },
  ...COMMON_OPTIONS,
});
const models = someOf('--models', values.models, Object.keys(MODELS));
const padding = oneOf('--padding', values.padding, ['all', 'first']);
const precisions = someOf('--precision', values.precision, ['f32', 'bf16']);
const threadCounts = positiveIntegers('--threads', values.threads);
const [steps] = positiveIntegers('--steps', values.steps);
const [rounds] = positiveIntegers('--rounds', values.rounds);
const { backend, python } = values;

/** PyTorch has little to warm up, and a step may take minutes. */
const PYTORCH_WARM_UP = 1;

try {
  for (const precision of precisions) checkBackend({ backend, precision });
  const { name: corpus, texts } = await loadTexts(values.data);
  const planned = models.map((name) => {
    const options = 'preset' in MODELS[name] ? { ...MODELS[name], padding } : MODELS[name];
    const plan = planTraining(options, 29);
    return { name, options, plan, pytorch: values['no-pytorch'] ? undefined : pytorchOf(name, plan, values.pytorch) };
  });
  const isCompared = planned.some(({ pytorch }) => pytorch);
  const blas = isCompared ? chooseBlas({ python, threadCounts, anyBlas: values['any-blas'] }) : undefined;
  const results = planned.flatMap((model) => measureModel(model, texts, blas));
  endProgress();
  const report = {
    machine: describeMachine(backend),
    padding,
    steps,
    rounds,
    threads: threadCounts,
    corpus,
    blas,
    results,
  };
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else print(report);
} catch (error) {
  fail(error.message);
}

function measureModel({ name, options, plan, pytorch }, texts, blas) {
  const { data, batches } = textsForSteps(plan, texts, WARM_UP_STEPS + steps);
  const theirSide = pytorch && { python, environment: blas.environment, ...pytorch };

  const checkIn = (precision) => {
    progress(`${name}: checking against PyTorch, ${precision}`);
    return checkTraining({ plan, data, batches, backend, threads: threadCounts[0], precision, ...theirSide });
  };
  const checks = theirSide && precisions.map(checkIn);
  const inRounds = Array.from({ length: rounds }, () => ({
    ours: precisions.map((precision) =>
      fastest(threadCounts, 'secondsPerStep', (threads) => {
        progress(`${name}: Letterpress, ${precision}, ${threads} threads`);
        const job = { plan: options, texts: data.map((text) => [...text]), steps };
        return runWorker('train-worker', { ...job, threads, backend, precision });
      }),
    ),
    theirs: theirSide && fastestPytorch(theirSide, name, batches),
  }));
  const ofRounds = (side) => smallest(inRounds.map(side), 'secondsPerStep');
  const ours = precisions.map((_, i) => ofRounds((round) => round.ours[i]));
  const theirs = theirSide && ofRounds((round) => round.theirs);
  const limit = blas && Math.max(...blas.sgemm.map(({ gflops }) => gflops));
  return precisions.map((precision, i) => ({
    name,
    precision,
    batch: plan.training.batch,
    padding: plan.training.padding,
    letterpress: ours[i],
    ...(limit && { shareOfSgemm: ours[i].gflops / limit }),
    ...(theirs && { check: checks[i], pytorch: theirs, ratio: theirs.secondsPerStep / ours[i].secondsPerStep }),
  }));
}

/** PyTorch's threads and those of its BLAS library wait for each other, so every pair of counts is tried. */
function fastestPytorch({ environment, script, job }, name, batches) {
  const pairs = threadCounts.flatMap((own) => threadCounts.map((ofBlas) => ({ own, ofBlas })));
  return fastest(pairs, 'secondsPerStep', ({ own, ofBlas }) => {
    progress(`${name}: PyTorch, ${own} threads, its BLAS library ${ofBlas}`);
    // The measured batches are the same as ours.
    const timed = { batches: batches.slice(WARM_UP_STEPS - PYTORCH_WARM_UP), warmUp: PYTORCH_WARM_UP };
    const limits = { ...environment, OMP_NUM_THREADS: String(own), OPENBLAS_NUM_THREADS: String(ofBlas) };
    return runPython(python, script, { ...job, ...timed, mode: 'time', threads: own }, limits);
  });
}

function print({ machine, corpus, blas, results }) {
  console.log(formatMachine(machine));
  console.log(
    `${corpus}; median of ${steps} steps, the fastest of ${rounds} rounds and of ${threadCounts.join(', ')} threads ` +
      'on each side; ' +
      `the notebook's models with --padding ${padding}`,
  );
  if (blas) {
    console.log(formatBlas(blas));
    for (const { name, check } of results) if (check) console.log(`checked ${name}: ${formatCheck(check)}`);
  }
  if (blas?.isSlow) console.log("\nWARNING: PyTorch's BLAS library is too slow here: the ratios flatter Letterpress.");
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
    ['PyTorch', ({ pytorch }) => pytorch && seconds(pytorch.secondsPerStep)],
    ['threads, BLAS', ({ pytorch }) => pytorch && `${pytorch.threads.own}, ${pytorch.threads.ofBlas}`],
    ['memory', ({ pytorch }) => pytorch && formatBytes(pytorch.peakMemoryBytes)],
    ['ratio', ({ ratio }) => ratio && times(ratio)],
  ];
  console.log(table(blas ? [...ours, ...theirs] : ours, results).trimEnd());
}
