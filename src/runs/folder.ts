/** Makes a folder ready to hold a new run, without ever destroying what is not a run's. */
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { LetterpressError } from '../errors.js';
import { ioError, isTemporaryName } from './atomic.js';
import { RUN_FILES, RUN_FOLDERS, epochOfSamplesName } from './layout.js';

/**
 * Makes `folder` (and its sub-folders) ready for a new run. An empty or missing folder is simply used. A folder
 * with a run is refused unless `force` is set; then the run's files are removed, and only those. A folder with
 * anything else but no run is refused in any case.
 *
 * @throws LetterpressError `EXISTS` as above, `IO` when the file system refuses
 */
export function prepareRunFolder(folder: string, force: boolean): void {
  if (existsSync(folder) && !statSync(folder).isDirectory())
    throw new LetterpressError(
      'EXISTS',
      `expected a folder for the run, found a file: ${folder}`,
      'Choose another folder with --out.',
    );
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).some((name) => !isTemporaryName(name) && !isEmptyRunFolder(folder, name))) {
      refuseUnlessReplaceable(folder, force);
      removeRunFiles(folder);
    }
    removeTemporaryFiles(folder); // only now: of a run that is refused, they may be in use
    for (const name of RUN_FOLDERS) mkdirSync(join(folder, name), { recursive: true });
  } catch (cause) {
    throw ioError('make the run directory', folder, cause);
  }
}

/** Whether this is all that a run left which was cut off before its config.json: folders with nothing in them. */
function isEmptyRunFolder(folder: string, name: string): boolean {
  return RUN_FOLDERS.some((own) => own === name) && readdirSync(join(folder, name)).every(isTemporaryName);
}

/** Removes what writes that were cut off have left behind, in the run's folder and its sub-folders. */
export function removeTemporaryFiles(folder: string): void {
  for (const place of [folder, ...RUN_FOLDERS.map((name) => join(folder, name))]) {
    if (!existsSync(place)) continue;
    for (const name of readdirSync(place).filter(isTemporaryName)) rmSync(join(place, name), { force: true });
  }
}

function refuseUnlessReplaceable(folder: string, force: boolean): void {
  if (!looksLikeRun(folder))
    throw new LetterpressError(
      'EXISTS',
      `${folder} is not empty and does not hold a run`,
      'Choose another folder with --out (--force replaces runs only), or empty this one yourself.',
    );
  if (!force)
    throw new LetterpressError(
      'EXISTS',
      `${folder} already holds a run`,
      'Add --force to replace it, --resume to go on with it, or choose another folder with --out.',
    );
}

/**
 * A run of any version counts: what matters is that Letterpress made it. So does one whose config.json is damaged, if the
 * metrics lie beside it: the advice for damaged runs is to replace them.
 */
function looksLikeRun(folder: string): boolean {
  const path = join(folder, RUN_FILES.config);
  if (!existsSync(path)) return false;
  try {
    const config = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    return typeof config === 'object' && config !== null && 'schemaVersion' in config && 'letterpress' in config;
  } catch {
    return existsSync(join(folder, RUN_FILES.metrics));
  }
}

function removeRunFiles(folder: string): void {
  const samples = join(folder, 'samples');
  if (existsSync(samples)) {
    for (const name of readdirSync(samples)) if (epochOfSamplesName(name) !== undefined) rmSync(join(samples, name));
  }
  // config.json goes last: cut off half-way, the folder still looks like a run, and --force works again.
  const files = Object.values(RUN_FILES).filter((file) => file !== RUN_FILES.config);
  for (const file of [...files, RUN_FILES.config]) rmSync(join(folder, file), { force: true });
  for (const name of RUN_FOLDERS) {
    const place = join(folder, name);
    if (existsSync(place) && readdirSync(place).length === 0) rmdirSync(place);
  }
}
