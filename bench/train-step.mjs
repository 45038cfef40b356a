// Seconds of a training step (forward, backward, AdamW) of the notebook's four sizes, batch of 32 full windows, beside
// the PyTorch reference in the same run where it is given.
//
//   npm run build && node bench/train-step.mjs [--sizes 87k,557k,5m,10m] [--threads 1,2] [--steps 5]
//                                              [--backend native|portable] [--pytorch FOLDER] [--python python3]
//
// FOLDER holds train_step_time.py and notebook_model.py. For each size the faster number of threads counts, for both.
import { execFileSync, spawnSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { chooseBackend, DecoderTransformer, presetConfig, Random, RECIPES, Trainer } from '../dist/index.js';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '87k,557k,5m,10m' },
    threads: { type: 'string', default: availableParallelism() > 1 ? `1,${availableParallelism()}` : '1' },
    steps: { type: 'string', default: '5' },
    backend: { type: 'string', default: 'native' },
    pytorch: { type: 'string' },
    python: { type: 'string', default: '/usr/bin/python3' },
  },
});
const sizes = values.sizes.split(',');
const threadCounts = values.threads.split(',').map(Number);
const steps = Number(values.steps);

const TEXTS = 32;
const LETTERS = 149;

function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
}

/** Median seconds of a step, the first one left out: it fills the arena. */
function letterpress(size, threads) {
  const { backend } = chooseBackend({ choice: values.backend, threads });
  const random = new Random(0, 'test');
  const texts = Array.from({ length: TEXTS * (steps + 1) }, () =>
    Uint16Array.from({ length: LETTERS }, () => 1 + random.integer(27)),
  );
  const model = new DecoderTransformer(presetConfig(size), { seed: 0 });
  const trainer = new Trainer(model, backend, RECIPES.notebook.training, { train: texts, val: [] }, 0);
  const seconds = [];
  let last = performance.now();
  for (const event of trainer.run()) {
    if (event.kind !== 'step') break;
    const now = performance.now();
    seconds.push((now - last) / 1000);
    last = now;
    if (seconds.length > steps) break;
  }
  return median(seconds.slice(1));
}

function pytorch(size, threads) {
  const index = { '87k': '1', '557k': '2', '5m': '3', '10m': '4' }[size];
  const run = spawnSync(values.python, ['train_step_time.py', index], {
    cwd: values.pytorch,
    env: { ...process.env, THREADS: String(threads), PYTHONDONTWRITEBYTECODE: '1' },
    encoding: 'utf8',
  });
  const seconds = /median ([\d.]+) s\/step/.exec(run.stdout ?? '')?.[1];
  if (!seconds) throw new Error(`the PyTorch reference failed:\n${run.stderr}`);
  return Number(seconds);
}

/** The fastest of the thread counts: [seconds, threads]. */
function fastest(measure, size) {
  return threadCounts.map((threads) => [measure(size, threads), threads]).sort((a, b) => a[0] - b[0])[0];
}

const { info } = chooseBackend({ choice: values.backend }).backend;
const commit = (() => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim(); // prettier-ignore
  } catch {
    return 'unknown';
  }
})();
console.log(`${cpus()[0].model.trim()}, ${availableParallelism()} cores; ${info.name} backend, ${info.instructionSet}; commit ${commit}; ${new Date().toISOString().slice(0, 10)}`); // prettier-ignore
console.log(
  `batch of ${TEXTS} texts of ${LETTERS} letters, --padding all, float32; median of ${steps} steps\n`,
);
console.log(`size   letterpress  threads${values.pytorch ? '    PyTorch  threads   ratio' : ''}`);
for (const size of sizes) {
  const [ours, threads] = fastest(letterpress, size);
  let line = `${size.padEnd(5)}  ${`${ours.toFixed(3)} s`.padStart(11)}  ${String(threads).padStart(7)}`;
  if (values.pytorch) {
    const [theirs, theirThreads] = fastest(pytorch, size);
    line += `  ${`${theirs.toFixed(3)} s`.padStart(9)}  ${String(theirThreads).padStart(7)}  ${(theirs / ours).toFixed(1).padStart(5)}x`;
  }
  console.log(line);
}
