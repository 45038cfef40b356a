import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { RUN_FILES } from '../runs/layout.js';

/** A folder with more entries is no place for runs alone, and not searched to its end. */
const MAX_LOOKED_AT = 1000;

/** The run directories beside one, in the order of their names; none where the folder above cannot be read. */
export function siblingRuns(folder: string): string[] {
  const own = resolve(folder);
  const above = dirname(own);
  return namesIn(above)
    .filter((name) => name !== basename(own))
    .map((name) => join(above, name))
    .filter((path) => existsSync(join(path, RUN_FILES.config)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort().slice(0, MAX_LOOKED_AT);
  } catch {
    return [];
  }
}
