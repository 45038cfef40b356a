import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { FolderLock } from '../../src/runs/folder-lock.js';
import { LOCK_FILE } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { contents } from '../runs/fixtures.js';
import { builtModule } from '../support/test-build.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const place = new Workplace('run');
const folder = temporaryFolders();
const backend = chooseBackend().backend.info.name;
const TINY = [...SHAPE, '--batch', '16', '--backend', backend, '--threads', '1'];

/** A command in a process of its own. */
function start(cwd: string, ...argv: string[]) {
  const child = spawn(process.execPath, [builtModule('cli'), ...argv], { cwd });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (data: Buffer) => (out.stdout += data.toString()));
  child.stderr.on('data', (data: Buffer) => (out.stderr += data.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...out }));
  const prints = async (text: string) => {
    while (!out.stdout.includes(text)) await Promise.race([once(child.stdout, 'data'), ended]);
  };
  return { child, ended, prints };
}

it('refuses a second process on a run, and SIGTERM ends the first, to be resumed', async () => {
  const cwd = folder();
  const first = start(cwd, 'train', ...TINY, ...place.texts, '--epochs', '99999', '--out', 'run');
  await first.prints('best');
  for (const again of [
    ['--resume', 'run'],
    ['--out', 'run', '--force'],
    ['--out', 'run'],
  ]) {
    const options = again.includes('--resume') ? again : [...TINY, ...place.texts, ...again];
    const { code, stderr } = await start(cwd, 'train', ...options).ended;
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`process ${first.child.pid} `) as string,
    });
    expect(stderr).not.toContain('bug');
  }
  first.child.kill('SIGTERM');
  expect((await first.ended).code).toBe(143);
  expect(readdirSync(join(cwd, 'run')).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(readRun(join(cwd, 'run')).loadCheckpoint()).toBeDefined();
});

it('gives three trainings at once, without --out, folders of their own', async () => {
  const cwd = folder();
  const all = [1, 2, 3].map(() => start(cwd, 'train', ...TINY, ...place.texts, '--epochs', '1').ended);
  for (const { code, stderr } of await Promise.all(all)) expect({ code, stderr }).toMatchObject({ code: 0 });
  const runs = readdirSync(join(cwd, 'runs'));
  expect(runs).toHaveLength(3);
  for (const run of runs) expect(readRun(join(cwd, 'runs', run)).results).toBeDefined();
});

it('leaves no folder for a command that fails before it writes', async () => {
  const cwd = folder();
  const { code } = await start(
    cwd,
    'train',
    ...TINY,
    '--strict',
    '--data',
    place.file('digits.txt', '123\n'.repeat(20)),
  ).ended;
  expect(code).toBe(2);
  expect(readdirSync(cwd)).toEqual([]);
});

it.each([
  ['mix', (out: string) => ['mix', place.run, '--order', '2', '--out', out]],
  ['distill', (out: string) => ['distill', place.run, '--texts', '8', '--out', out]],
  ['tune', (out: string) => ['tune', ...place.texts, '--trials', '1', '--epochs', '1', '--out', out]],
  ['study', (out: string) => ['study', ...place.texts, '--out', out]],
  ['analyse', () => ['analyse', place.run]],
])('%s leaves a folder alone that another process writes', async (_, command) => {
  const out = folder();
  const argv = command(out);
  const written = argv.includes(out) ? out : place.run;
  const lock = FolderLock.acquire(written);
  const before = contents(written);
  expect(await bad(...argv)).toContain('is being written by this process');
  expect(contents(written)).toEqual(before);
  lock.release();
  expect(existsSync(join(written, LOCK_FILE))).toBe(false);
});

it('unlocks what it has written', async () => {
  const out = join(folder(), 'set');
  await good('distill', place.run, '--texts', '8', '--out', out);
  await good('analyse', place.run);
  for (const written of [out, place.run]) expect(existsSync(join(written, LOCK_FILE))).toBe(false);
});

it('refuses a report into a folder that another one is written into', async () => {
  const out = place.at('report');
  const lock = FolderLock.acquire(out);
  expect(await bad('report', place.run, '--out', out)).toMatch(/report is being written by this process/);
  lock.release();
});
