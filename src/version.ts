import { readFileSync } from 'node:fs';

/**
 * The version of this Letterpress, from its package.json (which lies beside both `src` and `dist`).
 *
 * @example letterpressVersion(); // '0.1.0'
 */
export function letterpressVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) {
    if (typeof manifest.version === 'string') return manifest.version;
  }
  return 'unknown';
}
