/** Single files of a run directory: written whole, and read with errors that name the file. */
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type * as z from 'zod';
import { makeFolder } from '../make-folder.js';
import { LetterpressError } from '../errors.js';
import { codeOf, ioError } from '../io-error.js';
import { readBytes } from '../read-bytes.js';
import { toJson } from '../json.js';
import { writeFilesAtomic } from './atomic.js';
import { parseFile, RESTORE } from './schema.js';

/**
 * Writes a file of a run as a whole; its folder is made when missing.
 *
 * @param file relative to `folder`, as in `RUN_FILES`
 * @throws LetterpressError `IO` when the file system refuses
 */
export function writeRunFile(folder: string, file: string, data: Uint8Array | string): void {
  writeRunFiles(folder, [[file, data]]);
}

/** Writes files that belong together: all, or none of them; see {@link writeFilesAtomic}. */
export function writeRunFiles(
  folder: string,
  files: readonly (readonly [file: string, data: Uint8Array | string])[],
  onDisk?: () => void,
): void {
  const all = files.map(([file, data]) => ({ path: join(folder, file), data }));
  for (const { path } of all) {
    const place = dirname(path);
    try {
      makeFolder(place);
    } catch (cause) {
      throw ioError('make the folder', place, cause);
    }
  }
  writeFilesAtomic(all, onDisk);
}

/** Writes a value as indented JSON, as {@link writeRunFile} does. */
export function writeJson(folder: string, file: string, value: object): void {
  writeRunFile(folder, file, toJsonFile(value));
}

export function toJsonFile(value: object): string {
  return `${toJson(value, 2)}\n`;
}

/** Whether something is there. Throws `IO` where the system does not tell, as in a folder of somebody else. */
export function isThere(path: string): boolean {
  try {
    statSync(path);
    return true;
  } catch (cause) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(cause))) return false;
    throw ioError('read', path, cause);
  }
}

/** A file as text, without a byte order mark. Throws `IO` when it cannot be read, `BAD_RUN` when it is not UTF-8. */
export function readText(path: string, fix = RESTORE): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readBytes(path));
  } catch (cause) {
    throw cause instanceof LetterpressError ? cause : damaged(path, 'it is not UTF-8 text', cause, fix);
  }
}

/** A file as JSON. Throws `BAD_RUN` when it is none. */
export function readJson(path: string, fix = RESTORE): unknown {
  return parseJson(readText(path, fix), path, fix);
}

/** A JSON file that a run may lack. Throws `BAD_RUN` when it is there and damaged. */
export function readOptionalJson<T>(folder: string, file: string, schema: z.ZodType<T>): T | undefined {
  const path = join(folder, file);
  return existsSync(path) ? parseFile(schema, readJson(path), path) : undefined;
}

/** A text from the file `path` as JSON. Throws `BAD_RUN` when it is none. */
export function parseJson(text: string, path: string, fix = RESTORE): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw damaged(path, 'it is not JSON', cause, fix);
  }
}

export function missing(path: string, what: string): LetterpressError {
  return new LetterpressError('BAD_RUN', `${path} is missing: expected ${what}`, RESTORE);
}

export function damaged(path: string, what: string, cause?: unknown, fix = RESTORE): LetterpressError {
  const options = cause === undefined ? undefined : { cause };
  return new LetterpressError('BAD_RUN', `${path} is damaged: ${what}`, fix, options);
}
