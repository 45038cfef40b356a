/** examples/page in Chromium: trains on a dropped file and samples, and the page stays free. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { gazette } from '../../src/corpus/gazette/index.js';
import { launchChromium } from './page.js';

const TEXTS = gazette({ sizes: { train: 400, val: 0, test: 0 } }).splits.train;
const example = '../../examples/page/serve.mjs'; // a variable: it has no types to check

let browser: Browser;
const servers = new Map<boolean, Server>();
beforeAll(async () => {
  const { servePage } = (await import(/* @vite-ignore */ example)) as {
    servePage: (options: { port: number; isolated: boolean; library: string }) => Promise<Server>;
  };
  for (const isolated of [true, false]) {
    servers.set(isolated, await servePage({ port: 0, isolated, library: join(process.cwd(), 'src/browser.ts') }));
  }
  browser = await launchChromium();
});
afterAll(async () => {
  await browser.close();
  for (const server of servers.values()) server.close();
});

let page: Page;
const problems: string[] = [];
afterEach(async () => {
  await page.close();
  expect(problems.splice(0)).toEqual([]);
});

async function open(isolated = true): Promise<void> {
  page = await browser.newPage();
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(`http://127.0.0.1:${(servers.get(isolated)!.address() as AddressInfo).port}/`);
}

async function drop(texts: readonly string[]): Promise<void> {
  const dataTransfer = await page.evaluateHandle(`(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([${JSON.stringify(texts.join('\n'))}], 'texts.txt', { type: 'text/plain' }));
    return transfer;
  })()`);
  await page.dispatchEvent('#drop', 'drop', { dataTransfer });
}

const status = () => page.textContent('#status');
const trained = () => page.waitForSelector('#sample:enabled', { timeout: 50_000 });

async function sample(prompt: string): Promise<string> {
  await page.fill('#prompt', prompt);
  await page.click('#sample');
  await trained();
  return (await page.textContent('#samples div'))!;
}

it.each([
  ['on all cores where it is cross-origin isolated', true],
  ['on one core elsewhere', false],
])('the page trains %s and samples', async (_, isolated) => {
  await open(isolated);
  expect(await page.evaluate('crossOriginIsolated')).toBe(isolated);
  await drop(TEXTS);
  await trained();
  expect(await status()).toMatch(/^Trained, epoch 20: NLL [\d.]+ nats per text, \d+ tokens\/s; test NLL [\d.]+$/);
  const text = await sample('storm ');
  expect(text).toMatch(/^storm [a-z ]+$/);
});

it('the page keeps the best model when the training is stopped', async () => {
  await open();
  await drop(TEXTS);
  await page.waitForFunction(`/epoch [2-9]/.test(document.querySelector('#status').textContent)`);
  await page.click('#stop');
  await trained();
  expect(await status()).toMatch(/^Trained, epoch ([2-9]|1\d):/);
});

it('the page says what is wrong with a file', async () => {
  await open();
  await drop(['Мэр открыл новый мост', 'Шторм идёт на юг', 'Рынок вырос']);
  await page.waitForFunction(`/alphabet/.test(document.querySelector('#status').textContent)`);
  expect(await page.isDisabled('#sample')).toBe(true);
});

interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  /** Processor time, microseconds. */
  readonly tdur?: number;
  readonly args: { readonly name?: string };
}

// Again, if it fails: what else runs shares the caches, and makes every task take more processor time.
it('the page is never busy for longer than a frame while it trains and samples', { retry: 2 }, async () => {
  await open();
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] });
  await drop(TEXTS);
  await trained();
  await sample('storm ');
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  const placeOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`;
  const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const tasks = traceEvents.filter(
    (event) => event.name.endsWith('RunTask') && mains.map(placeOf).includes(placeOf(event)),
  );
  expect(tasks.length).toBeGreaterThan(50);
  // In processor time: other programs may interrupt a task.
  expect(Math.max(...tasks.map(({ tdur }) => tdur ?? 0)) / 1000).toBeLessThan(16);
});
