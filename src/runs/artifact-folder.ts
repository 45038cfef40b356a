/** Folders that Letterpress writes: a new one never destroys what is not its own. */
import { existsSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import { LetterpressError } from '../errors.js';
import { ioError } from '../io-error.js';
import { letterpressVersion } from '../version.js';
import { isTemporaryName } from '../temporary-file.js';
import { LOCK_FILE, MIXTURE_FILE } from './layout.js';
import { isThere, readJson } from './run-file.js';
import { parseFile, SCHEMA_VERSION, type artifactFields } from './schema.js';

/** What the file of an artifact that is made now begins with. */
export function newArtifact(): z.infer<z.ZodObject<typeof artifactFields>> {
  return { schemaVersion: SCHEMA_VERSION, letterpress: letterpressVersion(), createdAt: new Date().toISOString() };
}

/** A kind of folder: a run, a study, a mixture and so on. */
export interface ArtifactKind {
  /** E.g. `run`. */
  readonly name: string;
  /** Whether a folder holds one, of any version. */
  readonly isThere: (folder: string) => boolean;
  /** Whether a file may be left of one that was cut off before it was complete. */
  readonly isLeftover?: (folder: string, name: string) => boolean;
  /** Whether one that is there can be continued. */
  readonly isResumable?: boolean;
}

/**
 * Refuses a folder for a new artifact unless it is missing or empty, or holds an artifact of the same kind that may be
 * replaced. Changes nothing.
 *
 * @returns whether there is one to be replaced
 * @throws LetterpressError `EXISTS` as above, `IO` when the file system refuses
 */
export function checkArtifactFolder(folder: string, kind: ArtifactKind, force: boolean): boolean {
  refuseFile(folder, kind.name);
  if (isFree(folder, kind)) return false;
  const isReplaced = kind.isThere(folder);
  if (isReplaced && force) return true;
  const [problem, fix] = isReplaced
    ? [
        `already holds a ${kind.name}`,
        `or replace it (force)${kind.isResumable === true ? ' or continue it (resume)' : ''}.`,
      ]
    : [`is not empty and does not hold a ${kind.name}`, 'or empty this one yourself.'];
  throw new LetterpressError('EXISTS', `${folder} ${problem}`, `Choose another folder, ${fix}`);
}

/**
 * Whether a folder is missing or empty, but for what an artifact of that kind that was cut off has left.
 *
 * @throws LetterpressError IO when the file system refuses
 */
export function isFree(folder: string, { isLeftover }: Pick<ArtifactKind, 'isLeftover'>): boolean {
  try {
    if (!existsSync(folder)) return true;
    return readdirSync(folder).every(
      (name) => isTemporaryName(name) || name === LOCK_FILE || isLeftover?.(folder, name) === true,
    );
  } catch (cause) {
    throw ioError('read', folder, cause);
  }
}

/** Throws `EXISTS` when there is a file where a folder is to be, `BAD_OPTION` for a path without a name. */
export function refuseFile(folder: string, name: string): void {
  if (folder === '')
    throw new LetterpressError('BAD_OPTION', `expected a folder for the ${name}, got nothing`, 'Name it.');
  const isFile = existsSync(folder) && !statSync(folder).isDirectory();
  if (!isFile && !isDeadLink(folder)) return;
  throw new LetterpressError(
    'EXISTS',
    `expected a folder for the ${name}, found a ${isFile ? 'file' : 'link that leads nowhere'}: ${folder}`,
    'Choose another folder.',
  );
}

export function isDeadLink(path: string): boolean {
  if (existsSync(path)) return false;
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

/**
 * Reads and checks the JSON file that makes a folder a study, a mixture and so on.
 *
 * @param kind.command that makes such a folder
 * @param kind.fix what to do about a damaged file
 * @throws LetterpressError `BAD_RUN` when the file is missing, damaged or of another version
 */
export function readArtifact<T>(
  folder: string,
  file: string,
  schema: z.ZodType<T>,
  { name, command, fix }: { readonly name: string; readonly command: string; readonly fix: string },
): T {
  const path = join(folder, file);
  if (isThere(path)) return parseFile(schema, readJson(path, fix), path, fix);
  throw new LetterpressError(
    'BAD_RUN',
    `no ${name} at ${folder}: it has no ${file}`,
    `Check the path; \`letterpress ${command}\` makes a ${name}.`,
  );
}

/**
 * The folders of some kind in a folder, by name; none where there is no such folder.
 *
 * @example foldersIn('runs', isMixture); // ['runs/news-mixture']
 */
export function foldersIn(folder: string, isWanted: (folder: string) => boolean): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isFile())
    .map(({ name }) => join(folder, name))
    .filter(isWanted)
    .sort();
}

export function isMixture(folder: string): boolean {
  return existsSync(join(folder, MIXTURE_FILE));
}
