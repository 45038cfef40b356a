import { mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds between signs of life, and without one after which an owner counts as dead. */
const BEAT = 5_000;
const DEAD_AFTER = 60_000;
const POLL = 100;

/**
 * Does `work` while a lock file says that it is being done. A lock whose owner is dead is taken over. What is locked
 * must bear two owners, by its checksum: no lock is perfect on every network disk.
 *
 * @param onWait called once when another process has the lock
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  { signal, onWait }: { readonly signal?: AbortSignal | undefined; readonly onWait?: () => void } = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const owner = JSON.stringify({ host: hostname(), pid: process.pid, at: `${Date.now()}-${Math.random()}` });
  for (let waited = false; !(await take(path, owner)); waited = true) {
    if (!waited) onWait?.();
    await setTimeout(POLL, undefined, signal === undefined ? {} : { signal });
  }
  const beat = setInterval(() => void utimes(path, new Date(), new Date()).catch(() => undefined), BEAT).unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    if ((await ownerOf(path)) === owner) await rm(path, { force: true });
  }
}

async function take(path: string, owner: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(owner).finally(() => file.close());
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  const other = await ownerOf(path);
  if (other === undefined || !(await isDead(path, other))) return false;
  // Of several that find it dead, one renames it; whoever renames a new lock by mistake gives it back.
  const aside = `${path}.${process.pid}`;
  try {
    await rename(path, aside);
    if ((await ownerOf(aside)) === other) await rm(aside, { force: true });
    else await rename(aside, path);
  } catch {
    // Another one was faster.
  }
  return false;
}

async function ownerOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}

async function isDead(path: string, owner: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > DEAD_AFTER) return true;
  const [, pid] = /"pid":(\d+)/.exec(owner) ?? [];
  if (pid === undefined || !owner.includes(JSON.stringify(hostname()))) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
