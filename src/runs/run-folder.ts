import { existsSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.js';
import { checkArtifactFolder, type ArtifactKind } from './artifact-folder.js';
import { isTemporaryName } from '../temporary-file.js';
import { lockChecked, type FolderLock, removeTemporaryFiles } from './folder-lock.js';
import { ioError } from '../io-error.js';
import { isRecord } from '../json.js';
import { readBytes } from '../read-bytes.js';
import { writeRunFiles } from './run-file.js';
import { FORMER_RUN_FILES, RUN_FILES, RUN_FOLDERS, TENSORBOARD_FILES, epochOfSamplesName } from './layout.js';

const RUN: ArtifactKind = {
  name: 'run',
  isResumable: true,
  // A run of any version counts: what matters is that Letterpress made it. So does one whose config.json is damaged, if
  // the metrics are there: the advice for damaged runs is to replace them.
  isThere: (folder) => {
    const path = join(folder, RUN_FILES.config);
    if (!existsSync(path)) return false;
    try {
      const config = JSON.parse(readBytes(path).toString()) as unknown;
      return isRecord(config) && 'schemaVersion' in config && 'letterpress' in config;
    } catch {
      return existsSync(join(folder, RUN_FILES.metrics));
    }
  },
  // A run that was cut off before its config.json has left empty folders.
  isLeftover: (folder, name) =>
    RUN_FOLDERS.some((own) => own === name) && readdirSync(join(folder, name)).every(isTemporaryName),
};

/** Locks a folder that may hold a new run. Throws as {@link beginRunFolder} does, and `IN_USE`. */
export function lockNewRun(folder: string, force = false): FolderLock {
  return lockChecked(folder, () => checkArtifactFolder(folder, RUN, force));
}

/**
 * Begins a new run in `folder` with its first files, and makes its sub-folders. With `force`, the files of a run that
 * is there are removed, and only those, once the new ones are on the disk.
 *
 * @throws LetterpressError `EXISTS` when the folder holds a run (without force) or anything else (always), `IO` when
 *   the file system refuses
 */
export function beginRunFolder(folder: string, force: boolean, files: Parameters<typeof writeRunFiles>[1]): void {
  const isThere = checkArtifactFolder(folder, RUN, force);
  try {
    makeFolder(folder);
    removeTemporaryFiles(folder); // only now: of a run that is refused, they may be in use
    writeRunFiles(folder, files, () => {
      if (isThere) removeRunFiles(folder);
    });
    for (const name of RUN_FOLDERS) makeFolder(join(folder, name));
  } catch (cause) {
    throw ioError('make the run directory', folder, cause);
  }
}

/** Removes what a run has written, and nothing else. */
function removeRunFiles(folder: string): void {
  const samples = join(folder, 'samples');
  if (existsSync(samples)) {
    for (const name of readdirSync(samples)) if (epochOfSamplesName(name) !== undefined) rmSync(join(samples, name));
  }
  const events = join(folder, TENSORBOARD_FILES.folder);
  if (existsSync(events)) {
    for (const name of readdirSync(events).filter(TENSORBOARD_FILES.isName)) rmSync(join(events, name));
  }
  // config.json goes last: cut off half-way, the folder still looks like a run, and can be replaced again.
  const files = Object.values(RUN_FILES).filter((file) => file !== RUN_FILES.config);
  for (const file of [...files, ...FORMER_RUN_FILES, RUN_FILES.config]) rmSync(join(folder, file), { force: true });
  for (const name of [...RUN_FOLDERS, TENSORBOARD_FILES.folder]) {
    const place = join(folder, name);
    if (existsSync(place) && readdirSync(place).length === 0) rmdirSync(place);
  }
}
