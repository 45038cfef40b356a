import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A name as part of a path: letters and digits of any script, and `._-`. */
export function asFileName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-');
}

/**
 * A folder of that name that is free, with the first number appended for which it is.
 *
 * @param isFree by default, whether it does not exist yet
 * @example freeFolder('runs', 'news-87k') // runs/news-87k, or runs/news-87k-2
 */
export function freeFolder(parent: string, name: string, isFree = (folder: string) => !existsSync(folder)): string {
  const base = join(parent, asFileName(name));
  let folder = base;
  for (let i = 2; !isFree(folder); i++) folder = `${base}-${i}`;
  return folder;
}
