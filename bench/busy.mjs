// Seconds of a training step on one thread and on several, while other programs compute beside it.
import { spawn, spawnSync } from 'node:child_process';
import { availableParallelism, setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';
import { oneOf, positiveIntegers, readOptions } from './lib/options.mjs';
import { endProgress, fail, progress, seconds, table, times } from './lib/output.mjs';

/** What `letterpress bench` is told of each model. `modern-names`: a model of short texts, whose steps are small. */
const MODELS = {
  'modern-87k': ['--size', '87k'],
  'modern-557k': ['--size', '557k'],
  'modern-names': ['--d-model', '64', '--heads', '4', '--layers', '4', '--context-length', '16', '--alphabet', 'auto'],
};

const values = readOptions('Steps on one thread and on several, beside programs that compute.', {
  models: { type: 'string', default: Object.keys(MODELS).join(','), help: 'models' },
  threads: { type: 'string', default: String(availableParallelism()), help: 'threads, compared with one' },
  competitors: { type: 'string', default: '0,1,2', help: 'programs that compute beside it' },
  priority: { type: 'string', default: '10', help: "the competitors' niceness, 0 to 19" },
  repeats: { type: 'string', default: '5', help: 'measurements, of which the median counts' },
  steps: { type: 'string', default: '40', help: 'steps of each measurement' },
  json: { type: 'boolean', default: false, help: 'JSON on standard output' },
});
const models = values.models.split(',').map((name) => oneOf('--models', name, Object.keys(MODELS)));
const [threads] = positiveIntegers('--threads', values.threads);
const [repeats] = positiveIntegers('--repeats', values.repeats);
const [steps] = positiveIntegers('--steps', values.steps);
const competitorCounts = values.competitors.split(',').map(Number);
const cli = fileURLToPath(new URL('../bundle/cli.js', import.meta.url));

function compete(count) {
  const programs = Array.from({ length: count }, () =>
    spawn(process.execPath, ['-e', 'for (let x = 1; ; x = (x * 48271) % 2147483647);'], { stdio: 'ignore' }),
  );
  for (const { pid } of programs) setPriority(pid, Number(values.priority));
  return () => programs.forEach((program) => program.kill('SIGKILL'));
}

function secondsPerStep(model, count) {
  const options = ['bench', ...MODELS[model], '--steps', String(steps), '--threads', String(count), '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...options], { encoding: 'utf8' });
  if (status !== 0) fail(`letterpress ${options.join(' ')} ended with status ${status}: ${stderr}`);
  return JSON.parse(stdout).secondsPerStep;
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const rows = [];
for (const competitors of competitorCounts) {
  const stop = compete(competitors);
  try {
    for (const model of models) {
      const one = [];
      const several = [];
      for (let i = 0; i < repeats; i++) {
        progress(`${model}, ${competitors} competitors: ${i} of ${repeats}`);
        one.push(secondsPerStep(model, 1));
        several.push(secondsPerStep(model, threads));
      }
      rows.push({ model, competitors, threads, one: median(one), several: median(several) });
    }
  } finally {
    stop();
  }
}
endProgress();
if (values.json) console.log(JSON.stringify(rows, null, 2));
else {
  console.log(
    table(
      [
        ['model', (row) => row.model],
        ['competitors', (row) => String(row.competitors)],
        ['1 thread', (row) => seconds(row.one)],
        [`${threads} threads`, (row) => seconds(row.several)],
        ['ratio', (row) => times(row.several / row.one)],
      ],
      rows,
    ),
  );
}
