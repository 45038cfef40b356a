import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMixture } from './mixture-folder.js';

/**
 * The mixtures among paths and in the folders that they name, such as `runs/`, each once and in order.
 *
 * @param inFolders where runs lie within a folder that a path names: `''` for the folder itself
 */
export function findMixtures(paths: readonly string[], inFolders: readonly string[]): string[] {
  const found = paths.flatMap((path) =>
    isMixture(path) ? [path] : inFolders.flatMap((name) => mixturesIn(join(path, name))),
  );
  return [...new Set(found)];
}

function mixturesIn(folder: string): string[] {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) return [];
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isFile());
  return entries
    .map(({ name }) => join(folder, name))
    .filter(isMixture)
    .sort();
}
