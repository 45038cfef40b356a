import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FolderLock, lockChecked } from '../../src/runs/folder-lock.js';
import { LOCK_FILE } from '../../src/runs/layout.js';
import { fixedTemporaryName } from '../../src/temporary-file.js';
import { builtModule } from '../support/test-build.js';
import { errorOf } from '../support/error-of.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();
const isLinux = process.platform === 'linux';

/** Changes what a lock says of its owner, as if written by another one. */
function changeOwner(at: string, changes: object, age = 0): void {
  const path = join(at, LOCK_FILE);
  const owner = JSON.parse(readFileSync(path, 'utf8')) as object;
  writeFileSync(path, JSON.stringify({ ...owner, token: 'another', ...changes }));
  const seconds = Date.now() / 1000 - age;
  utimesSync(path, seconds, seconds);
}

/** Another process that locks a folder until it is killed. */
async function locker(at: string) {
  const script =
    `import { FolderLock } from ${JSON.stringify(`file://${builtModule('folder-lock')}`)};` +
    `FolderLock.acquire(${JSON.stringify(at)}); console.log('locked'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

describe('FolderLock', () => {
  it('lets one owner write, and leaves nothing behind', () => {
    const at = folder();
    const lock = FolderLock.acquire(at);
    lock.check();
    const error = errorOf(() => FolderLock.acquire(at));
    expect(error.code).toBe('IN_USE');
    expect(error.message).toContain(`${at} is being written by this process (since 20`);
    expect(readdirSync(at)).toEqual([LOCK_FILE]);
    lock.release();
    expect(readdirSync(at)).toEqual([]);
    FolderLock.acquire(at).release();
  });

  it('removes folders that it made, as far as nothing was written', () => {
    const at = folder();
    FolderLock.acquire(join(at, 'a/b')).release();
    expect(readdirSync(at)).toEqual([]);
    const lock = FolderLock.acquire(join(at, 'a/b'));
    writeFileSync(join(at, 'a/file'), '');
    lock.release();
    expect(readdirSync(join(at, 'a'))).toEqual(['file']);
  });

  it('names the process that holds it, and takes over at once when that was killed', async () => {
    const at = folder();
    const child = await locker(at);
    expect(errorOf(() => FolderLock.acquire(at)).message).toContain(`process ${child.pid} (since`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(at)).toEqual([LOCK_FILE]);
    FolderLock.acquire(at).release();
    expect(readdirSync(at)).toEqual([]);
  });

  it.runIf(isLinux)('knows a process that has got the number of a dead one', () => {
    const at = folder();
    const dead = FolderLock.acquire(at);
    changeOwner(at, { started: '1' });
    FolderLock.acquire(at).release();
    dead.release();
  });

  it('is not held by one that failed to remove what lay there', () => {
    const at = folder();
    const obstacle = join(at, fixedTemporaryName('config.json'));
    mkdirSync(obstacle);
    expect(errorOf(() => FolderLock.acquire(at)).code).toBe('IO');
    rmSync(obstacle, { recursive: true });
    FolderLock.acquire(at).release();
  });

  it('waits two minutes for another machine, container or boot', () => {
    for (const changes of [{ host: 'elsewhere' }, { system: 'another boot' }]) {
      const at = folder();
      const lost = FolderLock.acquire(at);
      changeOwner(at, changes, 100);
      const error = errorOf(() => FolderLock.acquire(at));
      expect(error.code).toBe('IN_USE');
      if ('host' in changes) expect(error.message).toMatch(/by process \d+ on elsewhere \(since/);
      changeOwner(at, changes, 130);
      FolderLock.acquire(at).release();
      lost.release();
    }
  });

  it('does not wait for the time of a clock that was set back', () => {
    const at = folder();
    const lost = FolderLock.acquire(at);
    changeOwner(at, { system: 'another boot' }, -3600);
    FolderLock.acquire(at).release();
    lost.release();
  });

  it.runIf(isLinux)('does not wait for a pipe in the place of a lock', () => {
    const at = folder();
    expect(spawnSync('mkfifo', [join(at, LOCK_FILE)]).status).toBe(0);
    const script =
      `import { FolderLock } from ${JSON.stringify(`file://${builtModule('folder-lock')}`)};` +
      `try { FolderLock.acquire(${JSON.stringify(at)}); } catch (error) { console.log(error.code); }`;
    const argv = ['--input-type=module', '-e', script];
    const { stdout } = spawnSync(process.execPath, argv, { timeout: 20_000, killSignal: 'SIGKILL', encoding: 'utf8' });
    expect(stdout).toBe('IN_USE\n');
  });

  it('keeps a suspended owner, but not the lock in a copy of its folder', () => {
    const at = folder();
    const lock = FolderLock.acquire(at);
    const copy = `${at}/copy`;
    cpSync(join(at, LOCK_FILE), join(copy, LOCK_FILE));
    const old = Date.now() / 1000 - 1000;
    for (const each of [at, copy]) utimesSync(join(each, LOCK_FILE), old, old);
    expect(errorOf(() => FolderLock.acquire(at)).code).toBe('IN_USE');
    if (isLinux) FolderLock.acquire(copy).release();
    lock.release();
  });

  it('takes over a file that is no lock only when it is old', () => {
    const at = folder();
    const path = join(at, LOCK_FILE);
    writeFileSync(path, '');
    expect(errorOf(() => FolderLock.acquire(at)).message).toContain('written by another process');
    utimesSync(path, 1, 1);
    FolderLock.acquire(at).release();
  });

  it('stops an owner whose folder was removed, replaced or taken over', () => {
    const at = join(folder(), 'run');
    const removed = FolderLock.acquire(at);
    rmSync(at, { recursive: true });
    expect(errorOf(() => removed.check()).message).toContain('was removed or replaced while it was written');
    mkdirSync(at);
    expect(errorOf(() => removed.check()).code).toBe('IO');
    const next = FolderLock.acquire(at);
    expect(errorOf(() => removed.check()).message).toContain('was taken over by this process');
    removed.release();
    next.check();
    next.release();
  });

  it('gives one of many processes that find a dead owner the lock', async () => {
    const at = folder();
    const lock = FolderLock.acquire(at);
    changeOwner(at, { pid: 2 ** 22 + 1, token: lock.toShared().owner.token });
    // Each tries when it is told to, and ends when its input does.
    const script =
      `import { FolderLock } from ${JSON.stringify(`file://${builtModule('folder-lock')}`)}; console.log('ready');` +
      `process.stdin.once('data', () => { try { FolderLock.acquire(${JSON.stringify(at)}); console.log('got it'); }` +
      `catch (error) { console.log(error.code); } });`;
    const children = Array.from({ length: 8 }, () => spawn(process.execPath, ['--input-type=module', '-e', script]));
    const nextOutput = () => Promise.all(children.map(async ({ stdout }) => String(await once(stdout, 'data')).trim()));
    await nextOutput();
    const results = nextOutput();
    for (const { stdin } of children) stdin.write('go');
    expect((await results).sort()).toEqual([...Array<string>(7).fill('IN_USE'), 'got it']);
    await Promise.all(
      children.map(async (child) => {
        child.stdin.end();
        await once(child, 'close');
      }),
    );
    expect(readdirSync(at)).toEqual([]);
    lock.release();
  });
});

describe('lockChecked', () => {
  it('leaves a folder alone that may not be written, and says who writes it', () => {
    const at = folder();
    const refuse = () => {
      throw new Error('refused');
    };
    expect(() => lockChecked(at, refuse)).toThrow('refused');
    expect(readdirSync(at)).toEqual([]);
    const lock = FolderLock.acquire(at);
    expect(errorOf(() => lockChecked(at, refuse)).code).toBe('IN_USE');
    lock.release();
  });
});
