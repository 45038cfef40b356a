/** What a page downloads, as servers compress it. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const compressed = (bytes: Uint8Array) => gzipSync(bytes, { level: 9 }).length / 1000;

it.each([
  [
    'to train, sample and score',
    ['createWasmBackend', 'loadModel', 'serveTraining', 'trainInWorker', 'trainModel'],
    150,
  ],
  ['to load a model and sample', ['createWasmBackend', 'loadModel'], 120],
])('what a page needs %s stays small: %s', async (_, names, limit) => {
  const { outputFiles } = await build({
    stdin: { contents: `export { ${names.join(', ')} } from './src/browser.js';`, resolveDir: process.cwd() },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
  });
  const module = readFileSync('native/wasm/letterpress.wasm');
  expect(compressed(outputFiles[0]!.contents) + compressed(module)).toBeLessThan(limit);
});
