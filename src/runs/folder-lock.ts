/**
 * One writer for a folder. The lock is a file in it that names its owner; readers need none. An owner on this machine
 * is asked for by process id and start time, so that a dead one is known at once. Of another machine (or container),
 * only the age of the file tells: the owner writes it again every {@link BEAT} milliseconds.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import * as z from 'zod';
import { LetterpressError } from '../errors.js';
import { ioError } from '../io-error.js';
import { isTemporaryName, openTemporary, writeAll } from './atomic.js';
import { LOCK_FILE } from './layout.js';

const BEAT = 10_000;
/** Age in milliseconds from which the lock of another machine counts as abandoned. */
const STALE = 120_000;
/** Milliseconds in which a lock that was moved by mistake is back. */
const GIVE_BACK = 50;
/** Tries to get a lock that others take and leave meanwhile. */
const MAX_TRIES = 100;

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

type LockOwner = z.infer<typeof ownerSchema>;

/** Locks that this thread has to remove when its process ends. */
const held = new Set<FolderLock>();

/** A folder that this process alone writes. */
export class FolderLock {
  private readonly timer: NodeJS.Timeout;
  private lastBeat = performance.now();
  private isReleased = false;

  private constructor(
    readonly folder: string,
    private readonly owner: LockOwner,
    /** Undefined where another thread owns the lock. */
    private readonly descriptor: number | undefined,
    /** The outermost folder that was made for it. */
    private readonly made: string | undefined,
  ) {
    this.timer = setInterval(() => this.beat(), BEAT).unref();
    if (descriptor === undefined) clearInterval(this.timer);
    else {
      if (held.size === 0) process.on('exit', releaseAll);
      held.add(this);
    }
  }

  /**
   * Locks a folder, which is made when missing.
   *
   * @throws LetterpressError IN_USE when another process (or another part of this one) has the lock, IO when the file
   *   system refuses
   */
  static acquire(folder: string): FolderLock {
    let made: string | undefined;
    try {
      made = makeFolder(folder);
      for (let tries = 0; tries < MAX_TRIES; tries++) {
        const taken = take(folder);
        if (taken === undefined) continue;
        removeTemporaryFiles(folder);
        return new FolderLock(folder, taken.owner, taken.descriptor, made);
      }
    } catch (cause) {
      if (made !== undefined) removeEmpty(folder, made);
      throw ioError('lock', folder, cause);
    }
    throw inUse(folder, undefined);
  }

  /** The lock that another thread of this process owns, for the thread that writes. */
  static shared({ folder, owner }: SharedLock): FolderLock {
    return new FolderLock(folder, owner, undefined, undefined);
  }

  /** As plain data, for {@link shared}. */
  toShared(): SharedLock {
    return { folder: this.folder, owner: this.owner };
  }

  /**
   * To be called before every write.
   *
   * @throws LetterpressError IO when the folder is gone, is another one, or was taken over by another process
   */
  check(): void {
    if (this.isReleased) return;
    let owner = readOwner(this.folder);
    if (owner?.token !== this.owner.token) {
      // Another process that found a dead owner may have moved this lock, and gives it back.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GIVE_BACK);
      owner = readOwner(this.folder);
    }
    if (owner?.token === this.owner.token) {
      if (performance.now() - this.lastBeat > BEAT) this.beat();
      return;
    }
    const [what, fix] =
      owner === undefined
        ? ['was removed or replaced', 'Put the folder back and resume (resume), or begin again.']
        : [`was taken over by ${describeOwner(owner)}`, 'Let that one end: only one process may write a folder.'];
    throw new LetterpressError('IO', `${this.folder} ${what} while it was written`, fix);
  }

  /** Ends the lock; folders that were made for it and are still empty go too. */
  release(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    if (this.descriptor === undefined) return;
    clearInterval(this.timer);
    held.delete(this);
    if (held.size === 0) process.off('exit', releaseAll);
    try {
      closeSync(this.descriptor);
      if (readOwner(this.folder)?.token !== this.owner.token) return;
      rmSync(join(this.folder, LOCK_FILE), { force: true });
      if (this.made !== undefined) removeEmpty(this.folder, this.made);
    } catch {
      // What cannot be removed ends with the process.
    }
  }

  /** Written, not touched, so that the time is that of the machine that has the disk. */
  private beat(): void {
    if (this.descriptor === undefined || this.isReleased) return;
    this.lastBeat = performance.now();
    try {
      writeSync(this.descriptor, JSON.stringify(this.owner), 0);
    } catch {
      // A disk may be full for a while; the lock itself is there.
    }
  }
}

export interface SharedLock {
  readonly folder: string;
  readonly owner: LockOwner;
}

/** Makes a folder and those above it. Returns the outermost that it made. */
export function makeFolder(folder: string): string | undefined {
  try {
    return mkdirSync(folder, { recursive: true });
  } catch (error) {
    // Node.js says that a folder is missing where the disk is read-only: one folder gets the true answer.
    let outermost = resolve(folder);
    while (!existsSync(dirname(outermost))) outermost = dirname(outermost);
    mkdirSync(outermost);
    throw error;
  }
}

/**
 * Removes a folder and those above it up to `outermost`, as far as they are empty.
 *
 * @param outermost as {@link makeFolder} returns it
 */
export function removeEmpty(folder: string, outermost: string): void {
  try {
    for (let path = resolve(folder); ; path = dirname(path)) {
      rmdirSync(path);
      if (path === resolve(outermost)) return;
    }
  } catch {
    // The first that is not empty.
  }
}

/**
 * Locks a folder that `check` allows to be written: checked before, so that nothing is changed in one that is refused,
 * and again when it is locked.
 *
 * @param check throws for a folder that must not be written
 * @throws LetterpressError what `check` and {@link FolderLock.acquire} throw
 */
export function lockChecked(folder: string, check: () => void): FolderLock {
  try {
    check();
  } catch (error) {
    const owner = readOwner(folder);
    // Who writes the folder says more than what is in it.
    if (owner !== undefined && isAlive(folder, owner, Date.now())) throw inUse(folder, owner);
    throw error;
  }
  const lock = FolderLock.acquire(folder);
  try {
    check();
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Whether a process writes a folder now; changes nothing. */
export function isWritten(folder: string): boolean {
  const owner = readOwner(folder);
  return owner !== undefined && isAlive(folder, owner, Date.now());
}

/** Removes what writes that were cut off have left behind, in a locked folder and the folders in it. */
function removeTemporaryFiles(folder: string): void {
  const entries = readdirSync(folder, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  for (const place of [folder, ...folders])
    for (const name of readdirSync(place).filter(isTemporaryName)) rmSync(join(place, name), { force: true });
}

function releaseAll(): void {
  for (const lock of held) lock.release();
}

/** One try. Undefined when the lock was free, or its owner dead, for a moment: try again. */
function take(folder: string): { readonly owner: LockOwner; readonly descriptor: number } | undefined {
  const path = join(folder, LOCK_FILE);
  const temporary = openTemporary(path);
  let isTaken = false;
  try {
    const { ino, mtimeMs } = fstatSync(temporary.descriptor, { bigint: true });
    const owner = newOwner(String(ino));
    writeAll(temporary.descriptor, Buffer.from(JSON.stringify(owner)));
    isTaken = linkFile(temporary.path, path);
    if (isTaken) return { owner, descriptor: temporary.descriptor };
    const other = readOwner(folder);
    // The age is measured by the clock of the disk, as machines differ in theirs.
    if (existsSync(path) && isAlive(folder, other, Number(mtimeMs))) throw inUse(folder, other);
    removeDead(path, other);
    return undefined;
  } finally {
    if (!isTaken) closeSync(temporary.descriptor);
    rmSync(temporary.path, { force: true });
  }
}

/** Gives a file its second name, whole at once; false when that name is taken. */
function linkFile(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EEXIST') return false;
    if (error.code === 'ENOENT') return false; // the owner of the lock tidied up
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(String(error.code))) throw error;
  }
  // A disk without links: of two that rename, `wx` lets one through.
  try {
    closeSync(openSync(to, 'wx'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  renameSync(from, to);
  return true;
}

/** Of several that find an owner dead, one renames its lock; whoever renames a new lock by mistake gives it back. */
function removeDead(path: string, dead: LockOwner | undefined): void {
  if (parseOwner(path)?.token !== dead?.token) return;
  const aside = openTemporary(path);
  closeSync(aside.descriptor);
  try {
    renameSync(path, aside.path);
    if (parseOwner(aside.path)?.token !== dead?.token) linkFile(aside.path, path);
  } catch {
    // Another process was faster.
  }
  rmSync(aside.path, { force: true });
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

function readOwner(folder: string): LockOwner | undefined {
  return parseOwner(join(folder, LOCK_FILE));
}

/** Undefined also for a file that is no lock: cut off by a power cut, say. */
function parseOwner(path: string): LockOwner | undefined {
  try {
    return ownerSchema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** @param now in milliseconds, by the clock that dates the files */
function isAlive(folder: string, owner: LockOwner | undefined, now: number): boolean {
  const file = statSync(join(folder, LOCK_FILE), { bigint: true, throwIfNoEntry: false });
  if (file === undefined) return false;
  const isFresh = now - Number(file.mtimeMs) < STALE;
  if (owner?.host !== hostname() || owner.system !== systemId()) return isFresh;
  if (!isRunning(owner.pid)) return false;
  if (owner.started === undefined) return isFresh;
  if (owner.started !== processStart(owner.pid)) return false; // the number was given to another process
  // A copy of a folder has a copy of its lock, which nobody refreshes.
  return owner.inode === String(file.ino) || isFresh;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
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

function describeOwner({ pid, host, since }: LockOwner): string {
  const where = host === hostname() ? '' : ` on ${host}`;
  const who = pid === process.pid && where === '' ? 'this process' : `process ${pid}`;
  return `${who}${where} (since ${since.slice(0, 16).replace('T', ' ')} UTC)`;
}

function inUse(folder: string, owner: LockOwner | undefined): LetterpressError {
  const who = owner === undefined ? 'another process' : describeOwner(owner);
  const isHere = owner?.host === hostname();
  const fix = isHere
    ? 'Wait until it ends, or stop it by Ctrl-C and try again; or choose another folder.'
    : `Wait until it ends, or choose another folder. If it has died, its lock ends after ${STALE / 60_000} minutes.`;
  return new LetterpressError('IN_USE', `${folder} is being written by ${who}`, fix);
}
