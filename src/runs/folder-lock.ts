/** One writer for a folder. The lock is a file in it; readers need none. */
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { LetterpressError } from '../errors.js';
import { codeOf, ioError } from '../io-error.js';
import {
  BEAT,
  isAlive,
  readOwner,
  refreshLock,
  releaseLock,
  STALE,
  takeLock,
  type LockOwner,
  type TakenLock,
} from '../lock-file.js';
import { isTemporaryName } from '../temporary-file.js';
import { LOCK_FILE } from './layout.js';

/** Tries to get a lock that others take and leave meanwhile, and milliseconds between them. */
const MAX_TRIES = 100;
const PAUSE = 10;

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
    private readonly taken: TakenLock | undefined,
    /** The outermost folder that was made for it. */
    private readonly made: string | undefined,
  ) {
    this.timer = setInterval(() => this.beat(), BEAT).unref();
    if (taken === undefined) clearInterval(this.timer);
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
        const taken = takeLock(join(folder, LOCK_FILE));
        if (taken === 'again') {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
          continue;
        }
        if ('held' in taken) throw inUse(folder, taken.held);
        const lock = new FolderLock(folder, taken.owner, taken, made);
        lock.tidy();
        return lock;
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
    const owner = ownerOf(this.folder);
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
    if (this.taken === undefined) return;
    clearInterval(this.timer);
    held.delete(this);
    if (held.size === 0) process.off('exit', releaseAll);
    try {
      if (!releaseLock(join(this.folder, LOCK_FILE), this.taken)) return;
      if (this.made !== undefined) removeEmpty(this.folder, this.made);
    } catch {
      // What cannot be removed ends with the process.
    }
  }

  private tidy(): void {
    try {
      removeTemporaryFiles(this.folder);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  private beat(): void {
    if (this.taken === undefined || this.isReleased) return;
    this.lastBeat = performance.now();
    refreshLock(this.taken);
  }
}

export interface SharedLock {
  readonly folder: string;
  readonly owner: LockOwner;
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
    // Who writes the folder says more than what is in it.
    if (isWritten(folder)) throw inUse(folder, ownerOf(folder));
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
  const owner = ownerOf(folder);
  return owner !== undefined && isAlive(join(folder, LOCK_FILE), owner, Date.now());
}

/**
 * Removes what writes that were cut off have left behind, in a locked folder and the folders in it, but for those that
 * have a lock of their own.
 */
export function removeTemporaryFiles(folder: string): void {
  const remove = (place: string, names: readonly string[]): void => {
    for (const name of names.filter(isTemporaryName)) rmSync(join(place, name), { force: true });
  };
  const entries = readdirSync(folder, { withFileTypes: true });
  remove(
    folder,
    entries.map(({ name }) => name),
  );
  for (const entry of entries) {
    const inner = join(folder, entry.name);
    if (!entry.isDirectory() || existsSync(join(inner, LOCK_FILE))) continue;
    try {
      remove(inner, readdirSync(inner));
    } catch (error) {
      // One that is gone meanwhile, or of somebody else.
      if (!['ENOENT', 'EACCES', 'EPERM'].includes(codeOf(error))) throw error;
    }
  }
}

function releaseAll(): void {
  for (const lock of held) lock.release();
}

function ownerOf(folder: string): LockOwner | undefined {
  return readOwner(join(folder, LOCK_FILE));
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
