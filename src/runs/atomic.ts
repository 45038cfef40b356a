/**
 * Files that are either wholly there or not there at all. A crash, a full disk or a kill in the middle of a
 * write leaves the old file as it was; at worst a temporary file stays behind, which {@link isTemporaryName}
 * recognises and the next writer removes.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { LetterpressError } from '../errors.js';
import { codeOf, ioError } from '../io-error.js';
import { tryParseJson } from '../json.js';
import { openTemporary, writeAll } from '../temporary-file.js';

/**
 * Replaces or creates `path` in one step: the bytes go to a temporary file in the same folder, reach the disk
 * (`fsync`), and only then take the name. The temporary file is removed when anything fails.
 *
 * @param data bytes, or a string to be written as UTF-8
 * @throws LetterpressError `IO` when the folder is missing or not writable, or the disk is full
 */
export function writeFileAtomic(path: string, data: Uint8Array | string): void {
  writeFilesAtomic([{ path, data }]);
}

/**
 * Replaces or creates files that belong together: none of them takes its name before all are on the disk, so that a
 * full one leaves the old files as they were. The last to take its name is the last.
 *
 * @param onDisk called once all are on the disk, before the first takes its name
 * @throws LetterpressError `IO` as {@link writeFileAtomic} does
 */
export function writeFilesAtomic(
  files: readonly { readonly path: string; readonly data: Uint8Array | string }[],
  onDisk?: () => void,
): void {
  const temporaries: { readonly from: string; readonly to: string }[] = [];
  let writing = '';
  try {
    for (const { path, data } of files) {
      writing = path;
      const { path: from, descriptor } = openTemporary(path);
      temporaries.push({ from, to: path });
      try {
        writeAll(descriptor, typeof data === 'string' ? Buffer.from(data, 'utf8') : data);
        fsyncSync(descriptor);
      } finally {
        closeSync(descriptor);
      }
    }
    onDisk?.();
    for (const { from, to } of temporaries) {
      writing = to;
      replaceFile(from, to);
    }
  } catch (cause) {
    for (const { from } of temporaries) rmSync(from, { force: true });
    throw ioError('write', writing, cause);
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path)))) syncFolder(folder);
}

/**
 * Appends one JSON object as a line (JSON Lines) and waits until it is on the disk. A line torn by an earlier
 * crash is removed first, so that the file never holds a broken line in its middle.
 *
 * @param json one JSON object in one line, without the line feed
 * @throws LetterpressError `IO` when the file cannot be written
 */
export function appendJsonLine(path: string, json: string): void {
  if (!json.startsWith('{') || json.includes('\n'))
    throw new LetterpressError('INTERNAL', 'appendJsonLine expects one JSON object on one line');
  try {
    const isNew = !existsSync(path);
    const descriptor = openSync(path, isNew ? 'wx+' : 'r+');
    try {
      const end = fixTail(descriptor, path);
      writeAll(descriptor, Buffer.from(`${json}\n`, 'utf8'), end);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (isNew) syncFolder(dirname(path));
  } catch (cause) {
    throw ioError('append to', path, cause);
  }
}

/**
 * The lines of a JSON Lines text, parsed. A last line without its line feed that does not parse was torn by a
 * crash and is left out (a proper beginning of a JSON object is never JSON itself, so nothing whole is lost).
 *
 * @param onDamage called for any other line that does not parse, counted from 1; it must throw
 */
export function parseJsonLines(text: string, onDamage: (lineNumber: number) => never): unknown[] {
  const lines = text.split('\n');
  const tail = lines.pop() ?? '';
  const values = lines.map((line, index) => {
    const value = tryParseJson(line);
    return value === undefined ? onDamage(index + 1) : value;
  });
  const last = tryParseJson(tail); // undefined for an empty one
  if (last !== undefined) values.push(last);
  return values;
}

/** Cuts a torn last line, or gives a whole one its line feed. Returns where the next line starts. */
function fixTail(descriptor: number, path: string): number {
  const size = fstatSync(descriptor).size;
  if (size === 0) return 0;
  const last = new Uint8Array(1);
  readSync(descriptor, last, 0, 1, size - 1);
  if (last[0] === LINE_FEED) return size;
  const bytes = readFileSync(path);
  const start = bytes.lastIndexOf(LINE_FEED) + 1;
  if (tryParseJson(bytes.toString('utf8', start)) === undefined) {
    ftruncateSync(descriptor, start);
    return start;
  }
  writeAll(descriptor, Uint8Array.of(LINE_FEED), size);
  return size + 1;
}

const LINE_FEED = 0x0a;

const PAUSE = new Int32Array(new SharedArrayBuffer(4));
const MAX_WAIT = 2000; // milliseconds

/**
 * Renames a file over another. Windows refuses while somebody reads it, a virus scanner for instance: there it is tried
 * again for a while.
 *
 * @param rename in tests, another than that of the file system
 */
export function replaceFile(from: string, to: string, rename = renameSync, platform: string = process.platform): void {
  const start = performance.now();
  for (let pause = 5; ; pause *= 2) {
    try {
      rename(from, to);
      return;
    } catch (error) {
      const isLocked = platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error));
      if (!isLocked || performance.now() - start > MAX_WAIT) throw error;
      Atomics.wait(PAUSE, 0, 0, pause);
    }
  }
}

/** Makes a rename or a new file survive a power cut. Not every system can; then the rename is still atomic. */
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // Windows cannot open a folder; the data itself was synced above.
  }
}
