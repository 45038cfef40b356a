import { readFileSync } from 'node:fs';
import { packageFile } from './package-file.js';

/**
 * The version of this Letterpress, from its package.json.
 *
 * @example letterpressVersion(); // '0.1.0'
 */
export function letterpressVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(packageFile('package.json'), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    if (typeof manifest.version === 'string') return manifest.version;
  }
  return 'unknown';
}
