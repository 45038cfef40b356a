import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page, Route } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { gazette } from '../../src/corpus/gazette/index.js';
import { readRun, type Run } from '../../src/runs/reader.js';
import { buildStudioPage } from '../support/studio-page.js';
import { builtModule } from '../support/test-build.js';
import { launchChromium } from './page.js';
import { fileFolder } from '../support/temporary-folders.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
};

const folder = fileFolder();
let server: Server;
let browser: Browser;
let page: Page;
const problems: string[] = [];

const letterpress = (...args: string[]): string =>
  execFileSync(process.execPath, [builtModule('cli'), ...args], { cwd: folder, encoding: 'utf8' });

beforeAll(async () => {
  buildStudioPage(ROOT);
  letterpress('studio', '--export', 'site');
  const { splits } = gazette({ sizes: { train: 300, val: 10, test: 10 } });
  writeFileSync(join(folder, 'news.txt'), `${splits.train.join('\n')}\n`);
  // Any server of files will do, also below a path.
  server = createServer(({ url = '' }, response) => {
    try {
      const path = url.replace(/^\/some\/path/, 'site').replace(/\/$/, '/index.html');
      const file = readFileSync(join(folder, path));
      response.writeHead(200, { 'Content-Type': TYPES[extname(path)] ?? 'text/plain' }).end(file);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  browser = await launchChromium();
  page = await (await browser.newContext({ acceptDownloads: true })).newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/some/path/`);
});

afterAll(async () => {
  await browser.close();
  server.close();
});

const SHAPE = [
  ['d-model', '16'],
  ['heads', '2'],
  ['layers', '1'],
] as const;

/** Starts a training in the tab, and waits for its first epoch. */
async function start(name: string, options: readonly (readonly [string, string])[], file?: string): Promise<void> {
  await page.click('a:text-is("New training")');
  if (file !== undefined) {
    await page.setInputFiles('#texts-file', join(folder, file));
    await page.waitForURL(/texts=file/);
  }
  await page.fill('#name', name);
  for (const group of ['texts', 'model', 'training']) await page.click(`summary:has-text("More options: ${group}")`);
  for (const [option, value] of [...SHAPE, ...options]) await page.fill(`#option-${option}`, value);
  await page.click('text=Check and measure');
  await page.click('button:text-is("Start the training")');
  await page.waitForSelector('.diagnosis');
}

async function download(name: string): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), page.click('button:text-is("Download run")')]);
  const zip = join(folder, file.suggestedFilename());
  await file.saveAs(zip);
  execFileSync('python3', ['-m', 'zipfile', '-e', zip, folder]);
  expect(zip).toBe(join(folder, `${name}.zip`));
  return join(folder, name);
}

it('trains the built-in corpus in the tab, as the command line does to the bit', async () => {
  await start('made', [
    ['limit', '256'],
    ['epochs', '2'],
    ['seed', '3'],
  ]);
  await page.waitForSelector('.chip.finished', { timeout: 60_000 });
  const run = readRun(await download('made'));
  const options = ['--limit', '256', '--epochs', '2', '--seed', '3', '--backend', 'wasm'];
  letterpress('train', '--out', 'same', ...options, ...SHAPE.flatMap(([name, value]) => [`--${name}`, value]));
  const same = readRun(join(folder, 'same'));
  const figures = ({ metrics, results }: typeof run) => [
    metrics.map(({ trainNll, valNll, valTop1 }) => [trainNll, valNll, valTop1]),
    results?.testNll,
    results?.exact,
  ];
  expect(figures(run)).toEqual(figures(same));
  expect(run.readSamples('final')).toEqual(same.readSamples('final'));
  expect(run.config.corpus).toEqual(same.config.corpus);
  expect(readFileSync(join(run.folder, 'surprise.jsonl'), 'utf8')).toBe(
    readFileSync(join(same.folder, 'surprise.jsonl'), 'utf8'),
  );
}, 120_000);

it('gives a run that the command line opens', () => {
  expect(letterpress('sample', 'made', '-n', '3', '--seed', '1').trimEnd().split('\n')).toHaveLength(3);
  expect(letterpress('score', 'made', 'mayor opens bridge')).toContain('mayor opens bridge');
  expect(letterpress('evaluate', 'made')).toMatch(/1,084 texts \(test of gazette\)/);
  expect(letterpress('compare', 'made', 'same')).toContain('made');
  expect(letterpress('novelty', 'made')).toMatch(/256 of 256 training texts/);
});

it('shows playground, X-ray and novelty of it', async () => {
  await page.click('a:text-is("Novelty")');
  await page.waitForSelector('.novelty li');
  expect(await page.textContent('.tiles')).toContain('of 256 training texts');
  await page.click('a:text-is("X-ray")');
  await page.waitForSelector('.attention canvas');
  await page.click('a:text-is("Playground")');
  await page.click('button:text-is("Continue")');
  await expect.poll(() => page.locator('.written span').count()).toBeGreaterThan(5);
});

it('stops a training on a dropped file, resumes it, and gives it away with its checkpoint', async () => {
  await start('mine', [['epochs', '100000']], 'news.txt');
  const epoch = async (): Promise<number> => Number((await page.getAttribute('.scrub input', 'max')) ?? 0);
  for (let i = 0; i < 2; i++) {
    const before = await epoch();
    await expect.poll(epoch).toBeGreaterThan(before);
    await page.click('button:text-is("Stop")');
    await page.waitForSelector('button:text-is("Resume")');
    if (i === 0) await page.click('button:text-is("Resume")');
  }
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run()');
  expect(violations).toEqual([]);
  const run = readRun(await download('mine'));
  expect(run.metrics.map(({ epoch: each }) => each)).toEqual(run.metrics.map((_, i) => i));
  const steps = readFileSync(join(run.folder, 'steps.csv'), 'utf8').trimEnd().split('\n').slice(1);
  expect(steps.map((line) => parseInt(line, 10))).toEqual(steps.map((_, i) => i + 1));
  expect(run.loadCheckpoint()?.meta.step).toBe(steps.length);
  expect(letterpress('novelty', 'mine', '--data', 'news.txt')).toMatch(/training texts\.\n$/);
  expect(problems).toEqual([]);
});

it('resumes a run once, though the view was left and opened again before that had begun', async () => {
  const asked = new Promise<Route>((resolve) => void page.route('**/letterpress.wasm', (route) => resolve(route)));
  await page.click('button:text-is("Resume")');
  const module = await asked;
  await page.click('a:text-is("Runs")');
  await page.click('td.name a:has-text("mine")');
  await page.click('button:text-is("Resume")');
  await expect.poll(() => page.textContent('.problem')).toContain('this run is being resumed already');
  await module.continue();
  await page.unroute('**/letterpress.wasm');
  await page.click('button:text-is("Stop")');
  await page.waitForSelector('button:text-is("Resume")');
  const { folder: mine } = readRun(await download('mine'));
  const steps = readFileSync(join(mine, 'steps.csv'), 'utf8').trimEnd().split('\n').slice(1);
  expect(steps.map((line) => parseInt(line, 10))).toEqual(steps.map((_, i) => i + 1));
});

it('keeps no steps that were undone when a training diverged', async () => {
  const options = { limit: '256', epochs: '2', lr: '1e20', 'on-divergence': 'lower-lr', ...Object.fromEntries(SHAPE) };
  const search = new URLSearchParams({ name: 'undone', ...options }).toString();
  await page.evaluate(`location.hash = ${JSON.stringify(`#/start?${search}`)}`);
  await page.click('button:text-is("Start the training")');
  await page.waitForSelector('.chip.diverged');
  const run = readRun(await download('undone'));
  expect(run.results?.divergences).toHaveLength(6);
  const steps = readFileSync(join(run.folder, 'steps.csv'), 'utf8').trimEnd().split('\n').slice(1);
  expect(steps.map((line) => parseInt(line, 10))).toEqual([1]);
});

it("gives a stopped run that the command line continues with the tab's texts and settings, to the bit", async () => {
  const options = [
    ['epochs', '20'],
    ['seed', '5'],
    ['lr', '0.003'],
    ['limit', '200'],
    ['columns', 'headline'],
    ['set', 'training.batch=16'],
  ] as const;
  const rows = gazette({ sizes: { train: 250, val: 10, test: 10 } }).splits.train.map((text, n) => `${n},"${text} É"`);
  writeFileSync(join(folder, 'table.csv'), `id,headline\n${rows.join('\n')}\n`);
  // Each pause of the training takes a fifth of a second, so that its epochs last until Stop is clicked.
  const worker = '**/training-worker.js';
  let workers = 0; // the first measures
  await page.route(worker, async (route) => {
    const response = await route.fetch();
    const slow =
      ++workers === 1 ? '' : 'globalThis.setTimeout = ((later) => (then) => later(then, 200))(self.setTimeout);';
    await route.fulfill({ response, body: slow + (await response.text()) });
  });
  await start('stopped', options, 'table.csv');
  await page.click('button:text-is("Stop")');
  await page.waitForSelector('button:text-is("Resume")');
  await page.unroute(worker);
  const before = readRun(await download('stopped')).metrics.length;
  expect(before).toBeLessThan(20);
  expect(letterpress('sample', 'stopped', '-n', '2', '--seed', '1').trimEnd().split('\n')).toHaveLength(2);
  expect(letterpress('score', 'stopped', 'mayor opens bridge')).toContain('mayor opens bridge');

  letterpress('train', '--resume', 'stopped');
  const named = [...options, ...SHAPE].flatMap(([name, value]) => [`--${name}`, value]);
  letterpress('train', '--out', 'whole', '--data', 'table.csv', '--clean', 'none', '--backend', 'wasm', ...named);
  const [run, whole] = ['stopped', 'whole'].map((name) => readRun(join(folder, name))) as [Run, Run];
  expect(run.metrics).toHaveLength(20);
  for (const each of ['trainNll', 'valNll', 'valTop1'] as const)
    expect(run.metrics.map((line) => line[each])).toEqual(whole.metrics.map((line) => line[each]));
  expect(run.results?.testNll).toBe(whole.results?.testNll);
  expect(run.config.corpus).toEqual({ ...whole.config.corpus, path: 'table.csv' });
  expect(run.config.training).toEqual(whole.config.training);
  expect(run.readSamples('final')).toEqual(whole.readSamples('final'));
  for (const command of ['evaluate', 'analyse']) expect(letterpress(command, 'stopped')).not.toBe('');
  expect(letterpress('report', 'stopped', '--out', 'report')).toContain('report');
}, 120_000);

it('reads no more of a large file than the command line does', async () => {
  const { splits } = gazette({ sizes: { train: 20_500, val: 10, test: 10 } });
  writeFileSync(join(folder, 'large.txt'), `${splits.train.join('\n')}\n`);
  const options = [
    ['limit', '100'],
    ['epochs', '1'],
  ] as const;
  await start('large', options, 'large.txt');
  await page.waitForSelector('.chip.finished', { timeout: 60_000 });
  const run = readRun(await download('large'));
  const named = [...options, ...SHAPE].flatMap(([name, value]) => [`--${name}`, value]);
  letterpress('train', '--out', 'read', '--data', 'large.txt', '--clean', 'none', '--backend', 'wasm', ...named);
  expect(run.config.corpus).toEqual({ ...readRun(join(folder, 'read')).config.corpus, path: 'large.txt' });
}, 120_000);
