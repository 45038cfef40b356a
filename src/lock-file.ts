/**
 * Files that name the process that works on something. An owner on this machine is asked for by process id and start
 * time, so that a dead one is known at once. Of another machine (or container), only the age of the file tells: the
 * owner writes it again every {@link BEAT} milliseconds. Only who has the lock of a lock replaces a dead owner.
 */
import {
  type BigIntStats,
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { codeOf } from './io-error.js';
import { readBytes } from './read-bytes.js';
import { fixedTemporaryName, openTemporary, writeAll } from './temporary-file.js';

export const BEAT = 10_000;
/** Age in milliseconds from which the lock of another machine counts as abandoned. */
export const STALE = 120_000;

const ownerSchema = z.object({
  /** Differs for every lock. */
  token: z.string(),
  host: z.string(),
  pid: z.int().positive(),
  /** Start of the process in clock ticks since boot; absent where the system does not tell. */
  started: z.string().optional(),
  /** Boot of the machine and process namespace, within which a process id means one process. */
  system: z.string(),
  /** ISO 8601, UTC. */
  since: z.string(),
  /** Of the lock file: a copy of the folder has another. */
  inode: z.string(),
});

export type LockOwner = z.infer<typeof ownerSchema>;

/** A lock that this process has got. */
export interface TakenLock {
  readonly owner: LockOwner;
  readonly descriptor: number;
}

/**
 * One try to get a lock.
 *
 * @returns the lock; `held`, with its owner where the file says it; `again` where another process just leaves it or
 *   takes it over from a dead owner
 */
export function takeLock(path: string): TakenLock | { readonly held: LockOwner | undefined } | 'again' {
  const temporary = openTemporary(path);
  let isTaken = false;
  try {
    const { ino, mtimeMs } = fstatSync(temporary.descriptor, { bigint: true });
    const owner = newOwner(String(ino));
    writeAll(temporary.descriptor, Buffer.from(JSON.stringify(owner)));
    isTaken = linkFile(temporary.path, path);
    if (!isTaken) {
      const other = readOwner(path);
      // The age is measured by the clock of the disk, as machines differ in theirs.
      if (existsSync(path) && isAlive(path, other, Number(mtimeMs))) return { held: other };
      isTaken = replaceDead(path, other, temporary.path);
    }
    return isTaken ? { owner, descriptor: temporary.descriptor } : 'again';
  } finally {
    if (!isTaken) closeSync(temporary.descriptor);
    rmSync(temporary.path, { force: true });
  }
}

/** Written, not touched, so that the time is that of the machine that has the disk. */
export function refreshLock({ owner, descriptor }: TakenLock): void {
  try {
    writeSync(descriptor, JSON.stringify(owner), 0);
  } catch {
    // A disk may be full for a while; the lock itself is there.
  }
}

/** @returns whether the lock was still there to be removed */
export function releaseLock(path: string, { owner, descriptor }: TakenLock): boolean {
  closeSync(descriptor);
  if (readOwner(path)?.token !== owner.token) return false;
  rmSync(path, { force: true });
  return true;
}

/** Undefined also for what is no lock: a file that a power cut cut off, say, or a pipe. */
export function readOwner(path: string): LockOwner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(readBytes(path).toString())).data;
  } catch {
    return undefined;
  }
}

/** @param now in milliseconds, by the clock that dates the files */
export function isAlive(path: string, owner: LockOwner | undefined, now: number): boolean {
  const file = statIfThere(path);
  if (file === undefined) return false;
  // A time to come is of a clock that was set back: a live owner has written by the new one since.
  const isFresh = Math.abs(now - Number(file.mtimeMs)) < STALE;
  if (owner?.host !== hostname() || owner.system !== systemId()) return isFresh;
  if (!isRunning(owner.pid)) return false;
  if (owner.started === undefined) return isFresh;
  if (owner.started !== processStart(owner.pid)) return false; // the number was given to another process
  // A copy of a folder has a copy of its lock, which nobody refreshes.
  return owner.inode === String(file.ino) || isFresh;
}

/** Undefined also for a link that leads nowhere, or in a circle. */
function statIfThere(path: string): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) !== 'ESRCH';
  }
  return !['Z', 'X'].includes(processStat(pid)?.[0] ?? ''); // dead, but not yet collected by its parent
}

function processStart(pid: number): string | undefined {
  return processStat(pid)?.[19];
}

/** Fields of proc_pid_stat(5) from the third (state) on; undefined where there are none. */
function processStat(pid: number): string[] | undefined {
  const text = readSystemFile(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function systemId(): string {
  let namespace = '';
  try {
    namespace = readlinkSync('/proc/self/ns/pid');
  } catch {
    // Not Linux.
  }
  return [readSystemFile('/proc/sys/kernel/random/boot_id')?.trim() ?? process.platform, namespace].join(' ').trim();
}

function readSystemFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function newOwner(inode: string): LockOwner {
  const started = processStart(process.pid);
  return {
    token: randomUUID(),
    host: hostname(),
    pid: process.pid,
    ...(started === undefined ? {} : { started }),
    system: systemId(),
    since: new Date().toISOString(),
    inode,
  };
}

/** Gives a file its second name, whole at once; false when that name is taken. */
function linkFile(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' || code === 'ENOENT') return false; // the latter where the owner of the lock tidied up
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code)) throw error;
  }
  // A disk without links: of two that rename, `wx` lets one through.
  try {
    closeSync(openSync(to, 'wx'));
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  renameSync(from, to);
  return true;
}

/**
 * Puts a lock in the place of a dead one. Of several that found the owner dead, one at a time looks whether it is still
 * the owner; what is left of one that died meanwhile is a dead lock, which the next replaces in the same way.
 */
function replaceDead(path: string, dead: LockOwner | undefined, lock: string): boolean {
  const takeover = join(dirname(path), fixedTemporaryName(path));
  const taken = takeLock(takeover);
  if (taken === 'again' || 'held' in taken) return false;
  try {
    if (!existsSync(path) || readOwner(path)?.token !== dead?.token) return false;
    renameSync(lock, path);
    return true;
  } catch (error) {
    // The process that got the lock tidied up, or on Windows another one just reads it.
    if (['ENOENT', 'EPERM', 'EACCES'].includes(codeOf(error))) return false;
    throw error;
  } finally {
    releaseLock(takeover, taken);
  }
}
