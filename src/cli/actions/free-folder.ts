import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder of that name that does not exist yet, with the first number behind it that is free.
 *
 * @example freeFolder('runs', 'news-87k') // runs/news-87k, or runs/news-87k-2
 */
export function freeFolder(parent: string, name: string): string {
  const base = join(parent, name.replace(/[^\p{L}\p{N}._-]+/gu, '-'));
  let folder = base;
  for (let i = 2; existsSync(folder); i++) folder = `${base}-${i}`;
  return folder;
}
