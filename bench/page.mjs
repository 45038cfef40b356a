// Tokens a second of a training in Chromium, in the Web Worker of examples/page: on all cores where the page is
// cross-origin isolated, and on one elsewhere. In turn, so that other load meets both alike.
import { availableParallelism } from 'node:os';
import { chromium } from 'playwright-core';
import { countParameters, planTraining } from '../dist/index.js';
import { servePage } from '../examples/page/serve.mjs';
import { formatCount, median } from './lib/internals.mjs';
import { describeMachine, formatMachine } from './lib/machine.mjs';
import { MODELS } from './lib/models.mjs';
import { positiveIntegers, readOptions, someOf } from './lib/options.mjs';
import { table, times } from './lib/output.mjs';

const values = readOptions('Tokens a second of a training in Chromium, on all cores and on one.', {
  models: { type: 'string', default: 'modern-32x2,modern-557k', help: 'which models' },
  epochs: { type: 'string', default: '4', help: 'epochs of each training; their median counts' },
  repeats: { type: 'string', default: '3', help: 'trainings of each kind' },
  chromium: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium', help: 'the browser' },
  json: { type: 'boolean', default: false, help: 'JSON on standard output' },
});
const models = someOf('--models', values.models, Object.keys(MODELS));
const [epochs, repeats] = ['epochs', 'repeats'].flatMap((name) => positiveIntegers(`--${name}`, values[name]));

/** Of an epoch: a second or two of work on one thread, whatever the model, but at least two batches. */
function textsOf(options) {
  const { model, training } = planTraining(options, 29);
  return Math.min(2000, Math.max(2 * training.batch, Math.round(1e8 / countParameters(model))));
}

/** Runs in the page: tokens a second of each epoch but the first, in which code is compiled. */
const trainInPage = async ({ texts, ...options }) => {
  const { gazette, trainInWorker } = await import('/letterpress.js');
  const worker = new Worker('worker.js', { type: 'module' });
  const corpus = gazette({ sizes: { train: texts, val: 10, test: 10 } });
  const speeds = [];
  for await (const event of trainInWorker(worker, { ...options, corpus })) {
    if (event.kind === 'epoch') speeds.push(event.report.tokens / event.report.seconds);
  }
  worker.terminate();
  return speeds.slice(1);
};

const browser = await chromium.launch({ executablePath: values.chromium });
const results = [];
for (const model of models) {
  const options = { ...MODELS[model], texts: textsOf(MODELS[model]), epochs };
  const kinds = [true, false].map((isolated) => ({ isolated, speeds: [] }));
  for (let i = 0; i < repeats; i++) {
    for (const { isolated, speeds } of kinds) {
      const server = await servePage({ port: 0, isolated });
      const page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${server.address().port}/`);
      speeds.push(...(await page.evaluate(trainInPage, options)));
      await page.close();
      server.close();
    }
  }
  const [, one] = kinds.map(({ speeds }) => median(speeds));
  for (const { isolated, speeds } of kinds) {
    const threads = isolated ? availableParallelism() : 1;
    const tokensPerSecond = median(speeds);
    results.push({ model, threads, tokensPerSecond, best: Math.max(...speeds), ofOneThread: tokensPerSecond / one });
  }
}
const version = browser.version();
await browser.close();

if (values.json) console.log(JSON.stringify({ machine: describeMachine('wasm'), chromium: version, results }, null, 2));
else {
  console.log(`${formatMachine(describeMachine('wasm'))}; Chromium ${version}`);
  console.log(`median of the epochs of ${repeats} trainings\n`);
  const columns = [
    ['model', ({ model }) => model],
    ['threads', ({ threads }) => String(threads)],
    ['tokens/s', ({ tokensPerSecond }) => formatCount(tokensPerSecond)],
    ['best epoch', ({ best }) => formatCount(best)],
    ['of one thread', ({ ofOneThread }) => times(ofOneThread)],
  ];
  console.log(table(columns, results));
}
