// The speed of WebAssembly beside the other backends, step by step in turn and in one process, so that other load meets
// all of them alike. One thread is measured in processor time, several threads by the clock.
import { chooseBackend, planTraining } from '../dist/index.js';
import { describeMachine, formatMachine } from './lib/machine.mjs';
import { formatCount, formatNumber, median, TrainingUnderTest, WARM_UP_STEPS } from './lib/internals.mjs';
import { MODELS } from './lib/models.mjs';
import { positiveIntegers, readOptions, someOf } from './lib/options.mjs';
import { loadTexts } from './lib/texts.mjs';
import { endProgress, progress, seconds, table, times } from './lib/output.mjs';

const values = readOptions('A training step and a matrix product on wasm, native (baseline) and portable, in turn.', {
  models: { type: 'string', default: '557k,modern-557k', help: 'models' },
  steps: { type: 'string', default: '12', help: 'measured steps, of which medians count' },
  threads: { type: 'string', default: '2', help: 'threads of wasm, compared with one' },
  portable: { type: 'string', default: '2', help: 'measured steps of portable, 0 to leave it out' },
  json: { type: 'boolean', default: false, help: 'JSON on standard output' },
});
const models = someOf('--models', values.models, Object.keys(MODELS));
const [steps] = positiveIntegers('--steps', values.steps);
const [threads] = positiveIntegers('--threads', values.threads);
const portableSteps = Number(values.portable);

process.env.LETTERPRESS_ISA = 'baseline';
const native = chooseBackend({ choice: 'native', threads: 1 });
const wasm = chooseBackend({ choice: 'wasm', threads: 1 });
const several = chooseBackend({ choice: 'wasm', threads });
const portable = chooseBackend({ choice: 'portable' });

/** Seconds of processor time and by the clock. */
function timed(work) {
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  work();
  const wall = (performance.now() - start) / 1e3;
  const { user, system } = process.cpuUsage(cpu);
  return { cpu: (user + system) / 1e6, wall };
}

/** Runs works in turn, and gives each one's times after the warm-up. */
function inTurn(works, warmUp, rounds) {
  const found = works.map(() => []);
  for (let round = -warmUp; round < rounds; round++) {
    progress(`round ${round} of ${rounds}`);
    works.forEach((work, i) => {
      const time = timed(work);
      if (round >= 0) found[i].push(time);
    });
  }
  return found;
}

const ratio = (a, b, kind) => median(a.map((time, i) => time[kind] / b[i][kind]));
const medianOf = (found, kind) => median(found.map((time) => time[kind]));

function measureModel(name) {
  const plan = planTraining(MODELS[name], 29);
  const training =
    (count) =>
    ({ backend }) => {
      const underTest = new TrainingUnderTest(plan, texts, { maxSteps: count, backend });
      const run = underTest.steps(backend, { steps: count, seconds: 0 });
      return () => run.next().value;
    };
  const trainings = [wasm, native, several].map(training(steps));
  const [wasmTimes, nativeTimes, severalTimes] = inTurn(trainings, WARM_UP_STEPS, steps);
  const tokens = median(trainings[0]().tokens); // of all steps, since this was the last
  const [slow, fast] =
    portableSteps > 0
      ? inTurn([portable, wasm].map(training(portableSteps)), 1, portableSteps)
      : [undefined, undefined];
  return {
    name,
    tokensPerSecond: tokens / medianOf(wasmTimes, 'cpu'),
    wasm: medianOf(wasmTimes, 'cpu'),
    native: medianOf(nativeTimes, 'cpu'),
    timesNative: ratio(nativeTimes, wasmTimes, 'cpu'),
    portable: slow && medianOf(slow, 'cpu'),
    timesPortable: slow && ratio(slow, fast, 'cpu'),
    wall: medianOf(wasmTimes, 'wall'),
    severalWall: medianOf(severalTimes, 'wall'),
    timesOneThread: ratio(wasmTimes, severalTimes, 'wall'),
  };
}

function measureLinear() {
  const [rows, inputs, outputs] = [1024, 256, 1024];
  const random = (array) => array.map(() => Math.random() - 0.5);
  const work = ({ backend }) => {
    const floats = (length) => backend.newFloats?.(length) ?? new Float32Array(length);
    const [x, weight] = [floats(rows * inputs), floats(outputs * inputs)];
    random(x).forEach((value, i) => (x[i] = value));
    random(weight).forEach((value, i) => (weight[i] = value));
    const args = { rows, inputs, outputs, x, weight, bias: floats(outputs), out: floats(rows * outputs) };
    return () => backend.linear(args);
  };
  const found = inTurn([wasm, native].map(work), 20, 200);
  const gflops = (time) => (2 * rows * inputs * outputs) / time / 1e9;
  const [fromWasm, fromNative] = found.map((times) => ({
    median: gflops(medianOf(times, 'wall')),
    best: gflops(Math.min(...times.map(({ wall }) => wall))),
  }));
  const peak = wasm.measurePeak(200, 'f32') / 1e9;
  return { wasm: fromWasm, native: fromNative, peak };
}
const { texts } = await loadTexts();
const linear = measureLinear();
const results = models.map(measureModel);
endProgress();
if (values.json) console.log(JSON.stringify({ machine: describeMachine('wasm'), linear, results }, null, 2));
else {
  console.log(formatMachine(describeMachine('wasm')));
  const shown = ({ median, best }) => `${formatNumber(median, 1)} (best ${formatNumber(best, 1)})`;
  console.log(
    `linear 1024 × 256→1024, one thread, GFLOP/s: wasm ${shown(linear.wasm)}, native ${shown(linear.native)}`,
  );
  console.log(
    table(
      [
        ['model', (row) => row.name],
        ['tokens/s', (row) => formatCount(row.tokensPerSecond)],
        ['wasm', (row) => seconds(row.wasm)],
        ['native', (row) => seconds(row.native)],
        ['of native', (row) => times(row.timesNative)],
        ['portable', (row) => row.portable && seconds(row.portable)],
        ['of portable', (row) => row.timesPortable && times(row.timesPortable)],
        [`${threads} threads`, (row) => seconds(row.severalWall)],
        ['of one', (row) => times(row.timesOneThread)],
      ],
      results,
    ),
  );
}
