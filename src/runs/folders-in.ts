import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folders of some kind in a folder, by name; none where there is no such folder.
 *
 * @param isWanted whether a folder is of that kind
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
