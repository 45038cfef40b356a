/** Folders for other programs, written wholly or not at all: they have no file that says what they are. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { ioError } from '../io-error.js';
import type { ArtifactKind } from './artifact-folder.js';
import { replaceFile } from './atomic.js';
import { lockChecked } from './folder-lock.js';
import { LOCK_FILE } from './layout.js';
import { writeRunFiles } from './run-file.js';

/** In the folder of an export that is being written, or was cut off. */
const UNFINISHED = '.unfinished-export';

/** A folder that an export wrote has all of its files, and no others. */
export function exportedFolder(name: string, files: readonly string[]): ArtifactKind {
  const entries = new Set([...files.map((file) => file.split('/')[0]!), UNFINISHED, LOCK_FILE]);
  return {
    name,
    isThere: (folder) =>
      files.every((file) => existsSync(join(folder, file))) && readdirSync(folder).every((entry) => entries.has(entry)),
    isLeftover: (folder, entry) => entries.has(entry) && existsSync(join(folder, UNFINISHED)),
  };
}

/**
 * Writes an export: all files into a folder in it first, so that a full disk leaves an earlier one as it was.
 *
 * @param check as for {@link lockChecked}
 * @throws LetterpressError what `check` throws, IN_USE, and IO when the file system refuses
 */
export function writeExportedFolder(
  path: string,
  files: ReadonlyMap<string, string | Uint8Array>,
  check: () => void,
): void {
  const lock = lockChecked(path, check);
  const place = join(path, UNFINISHED);
  let isHalf = false; // then it stays marked as unfinished
  try {
    writeRunFiles(place, [...files]);
    for (const file of files.keys()) makeFolder(dirname(join(path, file)));
    for (const file of files.keys()) {
      replaceFile(join(place, file), join(path, file));
      isHalf = true;
    }
    isHalf = false;
  } catch (cause) {
    throw ioError('write', path, cause);
  } finally {
    if (!isHalf) rmSync(place, { recursive: true, force: true });
    lock.release();
  }
}
