import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { builtModule } from '../support/test-build.js';
import { temporaryFolders } from '../support/temporary-folders.js';

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
] as const)('a signal ends a command while it cleans %s, long before its end', async (name, command, signal, code) => {
  const path = join(folder(), name);
  writeFileSync(path, FILES[name]);
  await expectEnd([...command, path], signal, code, 2500); // it has started and read some of it
});

// Where a thread reads a pipe, Node.js waits for it before it ends.
it.skipIf(process.platform === 'win32').each([false, true])(
  'a signal ends a command that reads a pipe into which nothing comes (with a writer: %s)',
  async (hasWriter) => {
    const pipe = join(folder(), `pipe-${hasWriter}`);
    execFileSync('mkfifo', [pipe]);
    const writer = hasWriter ? spawn('sh', ['-c', 'exec sleep 60 > "$0"', pipe]) : undefined;
    await expectEnd(['train', '--data', pipe], 'SIGINT', 130, 1500);
    writer?.kill();
  },
);

it.skipIf(process.platform === 'win32').each([
  ['import', []],
  ['train', ['--recipe']],
])('%s refuses a pipe or a device, which may have no end, for a small file', (command, options) => {
  const pipe = join(folder(), `${command}.json`);
  execFileSync('mkfifo', [pipe]);
  for (const path of [pipe, '/dev/zero']) {
    const { status } = spawnSync(process.execPath, [builtModule('cli'), command, ...options, path], {
      timeout: 10_000,
    });
    expect(status).toBe(2);
  }
});

/** @param after milliseconds after its start at which it gets the signal */
async function expectEnd(
  options: readonly string[],
  signal: NodeJS.Signals,
  code: number,
  after: number,
): Promise<void> {
  const child = spawn(process.execPath, [builtModule('cli'), ...options], {
    cwd: folder(),
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await sleep(after);
  expect(child.exitCode).toBeNull();
  const sent = performance.now();
  child.kill(signal);
  expect(await ended).toEqual([code, null]);
  expect(performance.now() - sent).toBeLessThan(10_000); // of half a minute of work or more
}
