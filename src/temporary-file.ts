import { openSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { codeOf } from './io-error.js';

let counter = 0;

/** True for the names that {@link openTemporary} gives temporary files. */
export function isTemporaryName(name: string): boolean {
  return /^\..+\.\d+-\d+-\d+\.letterpress-tmp$/.test(name);
}

/** Of a name, which has 255 bytes at most, so that what is added finds room: characters have up to four. */
function beginningOf(path: string): string {
  return Array.from(basename(path)).slice(0, 50).join('');
}

/** The temporary file beside `path` that every process calls the same, see {@link isTemporaryName}. */
export function fixedTemporaryName(path: string): string {
  return `.${beginningOf(path)}.0-0-0.letterpress-tmp`;
}

/** A name beside `path` that nobody else takes, but for a leftover of a crashed process that had our number. */
export function newTemporaryName(path: string): string {
  return join(dirname(path), `.${beginningOf(path)}.${process.pid}-${threadId}-${counter++}.letterpress-tmp`);
}

/** Opens a new temporary file beside `path`, see {@link isTemporaryName}. */
export function openTemporary(path: string): { path: string; descriptor: number } {
  for (;;) {
    const temporary = newTemporaryName(path);
    try {
      return { path: temporary, descriptor: openSync(temporary, 'wx') };
    } catch (cause) {
      if (codeOf(cause) !== 'EEXIST') throw cause;
    }
  }
}

/** `writeSync` may write less than it was given. `position` undefined writes on from where the file stands. */
export function writeAll(descriptor: number, bytes: Uint8Array, position?: number): void {
  let done = 0;
  while (done < bytes.length) {
    const at = position === undefined ? null : position + done;
    done += writeSync(descriptor, bytes, done, bytes.length - done, at);
  }
}
