import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LetterpressError } from '../errors.js';
import { packageFile } from '../package-file.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

export interface PageFile {
  readonly type: string;
  readonly data: Uint8Array<ArrayBuffer>;
}

/**
 * The files of the page, read once: whatever is asked for later is looked up among their names.
 *
 * @param folder where `scripts/build-web.mjs` wrote it
 */
export function readPage(folder = fileURLToPath(packageFile('bundle/web'))): ReadonlyMap<string, PageFile> {
  if (!existsSync(join(folder, 'index.html')))
    throw new LetterpressError('INTERNAL', `expected the studio's page in ${folder}`, 'Build it: npm run build.');
  const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? entry.name : []));
  return new Map(
    names.map((name) => {
      const type = TYPES[extname(name)] ?? 'application/octet-stream';
      return [name, { type, data: new Uint8Array(readFileSync(join(folder, name))) }];
    }),
  );
}
