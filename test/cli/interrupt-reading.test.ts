import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { temporaryFolders } from '../runs/fixtures.js';
import { builtModule } from '../support/test-build.js';

const folder = temporaryFolders();

const SENTENCE = 'Two churches in the old town were closed, the mayor said, and the others will follow soon';
/** One text of many megabytes, with and without sentences in it, and many texts: half a minute of work each. */
const FILES = {
  'sentences.jsonl': `${JSON.stringify({ text: `${SENTENCE}. `.repeat(200_000) })}\n`.repeat(3),
  'words.jsonl': `${JSON.stringify({ text: `${SENTENCE} `.repeat(50_000) })}\n`.repeat(4),
  'lines.txt': Array.from({ length: 200_000 }, (_, i) => `${SENTENCE} ${i}\n`).join(''),
};

it.each([
  ['sentences.jsonl', ['data', 'clean'], 'SIGTERM', 143],
  ['words.jsonl', ['data', 'stats', '--data'], 'SIGINT', 130],
  ['lines.txt', ['train', '--data'], 'SIGTERM', 143],
  ['sentences.jsonl', ['study', '--data'], 'SIGINT', 130],
] as const)('a signal ends a command within a second while it cleans %s', async (name, command, signal, code) => {
  const path = join(folder(), name);
  writeFileSync(path, FILES[name]);
  const child = spawn(process.execPath, [builtModule('cli'), ...command, path], {
    cwd: folder(),
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await sleep(2500); // it has started and read some of it
  expect(child.exitCode).toBeNull();
  const sent = performance.now();
  child.kill(signal);
  expect(await ended).toEqual([code, null]);
  expect(performance.now() - sent).toBeLessThan(1000);
});
