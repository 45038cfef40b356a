// Tokens a second of a training in Chromium, in the Web Worker of examples/page: on all cores where the page is
// cross-origin isolated, and on one elsewhere. In turn, so that other load meets both alike.
import { availableParallelism } from 'node:os';
import { chromium } from 'playwright-core';
import { servePage } from '../examples/page/serve.mjs';
import { formatCount, median } from './lib/internals.mjs';
import { describeMachine, formatMachine } from './lib/machine.mjs';
import { positiveIntegers, readOptions } from './lib/options.mjs';
import { table, times } from './lib/output.mjs';

const values = readOptions('Tokens a second of a training in Chromium, on all cores and on one.', {
  width: { type: 'string', default: '32', help: 'dModel' },
  layers: { type: 'string', default: '2', help: 'layers' },
  epochs: { type: 'string', default: '8', help: 'epochs of each training; their median counts' },
  repeats: { type: 'string', default: '3', help: 'trainings of each kind' },
  chromium: { type: 'string', default: process.env.CHROMIUM ?? '/usr/bin/chromium', help: 'the browser' },
  json: { type: 'boolean', default: false, help: 'JSON on standard output' },
});
const [dModel, layers, epochs, repeats] = ['width', 'layers', 'epochs', 'repeats'].flatMap((name) =>
  positiveIntegers(`--${name}`, values[name]),
);
const options = { recipe: 'modern', dModel, heads: 4, layers, epochs, learningRate: 0.003 };

/** Runs in the page: tokens a second of each epoch but the first, in which code is compiled. */
const trainInPage = async (trainingOptions) => {
  const { gazette, trainInWorker } = await import('/letterpress.js');
  const worker = new Worker('worker.js', { type: 'module' });
  const corpus = gazette({ sizes: { train: 2000, val: 10, test: 10 } });
  const speeds = [];
  for await (const event of trainInWorker(worker, { ...trainingOptions, corpus })) {
    if (event.kind === 'epoch') speeds.push(event.report.tokens / event.report.seconds);
  }
  worker.terminate();
  return speeds.slice(1);
};

const browser = await chromium.launch({ executablePath: values.chromium });
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
const version = browser.version();
await browser.close();

const results = kinds.map(({ isolated, speeds }) => ({
  threads: isolated ? availableParallelism() : 1,
  tokensPerSecond: median(speeds),
  best: Math.max(...speeds),
}));
if (values.json) console.log(JSON.stringify({ machine: describeMachine('wasm'), chromium: version, results }, null, 2));
else {
  console.log(`${formatMachine(describeMachine('wasm'))}; Chromium ${version}`);
  console.log(`modern-${dModel}x${layers}, median of the epochs of ${repeats} trainings\n`);
  const columns = [
    ['threads', ({ threads }) => String(threads)],
    ['tokens/s', ({ tokensPerSecond }) => formatCount(tokensPerSecond)],
    ['best epoch', ({ best }) => formatCount(best)],
    ['of one thread', ({ tokensPerSecond }) => times(tokensPerSecond / results[1].tokensPerSecond)],
  ];
  console.log(table(columns, results));
}
