/** The WebAssembly backend in Chromium: the bits of Node, on threads where the page is cross-origin isolated. */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as library from '../../src/browser.js';
import type { Backend } from '../../src/backend/types.js';
import { wasmBackend } from '../support/backends.js';
import { bundleOf, launchChromium } from './page.js';

const bytes = readFileSync('native/wasm/letterpress.wasm');
const ISOLATED = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };

let browser: Browser;
let server: Server;

beforeAll(async () => {
  const script = await bundleOf('src/browser.ts');
  server = createServer(({ url }, response) => {
    const page = '<!doctype html><meta charset="utf-8"><script src="/bundle.js"></script>';
    const [type, body] =
      url === '/bundle.js'
        ? ['text/javascript', script]
        : url === '/letterpress.wasm'
          ? ['application/wasm', bytes]
          : ['text/html', page];
    const headers = url === '/plain' ? {} : ISOLATED;
    response.writeHead(200, { 'Content-Type': type, ...headers }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  server.close();
});

interface Outcome {
  readonly weights: number[];
  readonly texts: string[];
}

/** Trains a tiny model. Its source is run in the page, so it may use nothing but its arguments. */
async function trainTiny(bundle: typeof library, backend: Backend, recipe: library.RecipeName): Promise<Outcome> {
  const corpus = bundle.gazette({ sizes: { train: 96, val: 8, test: 8 } });
  const shape = { dModel: 16, heads: 2, layers: 2, mlpRatio: 3, dropout: 0.1, batch: 16, epochs: 2, seed: 3 };
  const { model } = await bundle.trainModel({ corpus, backend, recipe, ...shape });
  return {
    weights: Array.from(model.transformer.parameters.values),
    texts: model.sample({ count: 3, seed: 1, prompt: 'rain ' }),
  };
}

it.each([
  ['/', 'modern', 'f32', 2],
  ['/', 'notebook', 'f32', 3],
  ['/', 'modern', 'bf16', 2],
  ['/plain', 'modern', 'f32', 2],
] as const)('trains the same weights as in Node: page %s, recipe %s, %s', async (path, recipe, precision, threads) => {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  const got = await page.evaluate<{ threads: number; outcome: Outcome }>(`(async () => {
    const bytes = new Uint8Array(await (await fetch('/letterpress.wasm')).arrayBuffer());
    const backend = await bundle.createWasmBackend(bytes, { threads: ${threads}, precision: '${precision}' });
    return { threads: backend.info.threads, outcome: await (${trainTiny.toString()})(bundle, backend, '${recipe}') };
  })()`);
  await page.close();
  expect(problems).toEqual([]);
  expect(got.threads).toBe(path === '/plain' ? 1 : threads);
  expect(got.outcome).toEqual(await trainTiny(library, wasmBackend(1, precision), recipe));
});
