import { mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

const MEMORY = '/dev/shm';
const MIN_BYTES = 2e9;

/**
 * Makes the temporary files of tests files in memory, where there is enough: what runs write must reach the disk
 * (`fsync`), and on a busy disk tests wait for that most of the time. A TMPDIR that is set stays as it is.
 */
export default function setup(): (() => void) | undefined {
  if (process.env['TMPDIR'] !== undefined) return undefined;
  let folder: string;
  try {
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < MIN_BYTES) return undefined;
    folder = mkdtempSync(join(MEMORY, 'letterpress-tests-'));
  } catch {
    return undefined; // no such folder here
  }
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
