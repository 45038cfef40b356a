import { basename, join } from 'node:path';
import { isMixture, readMixtureFile } from '../../ensemble/mixture-folder.js';
import type { ReportMixture } from './report-input.js';
import { foldersIn } from '../../runs/artifact-folder.js';
import { RUNS_FOLDER } from '../../runs/layout.js';

/**
 * Reads mixtures that are to be shown beside runs: each path itself, or those in it, as with runs; each once.
 *
 * @throws LetterpressError BAD_RUN for a damaged one
 * @example readMixtures(['runs']); // every mixture in the folder
 */
export function readMixtures(paths: readonly string[]): ReportMixture[] {
  const folders = new Set(paths.flatMap(mixturesAt));
  return [...folders].map((folder) => ({ ...readMixtureFile(folder), name: basename(folder) }));
}

function mixturesAt(path: string): string[] {
  if (isMixture(path)) return [path];
  return [path, join(path, RUNS_FOLDER)].flatMap((folder) => foldersIn(folder, isMixture));
}
