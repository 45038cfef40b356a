import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LetterpressError } from '../errors.js';
import { isFree, refuseFile } from '../runs/artifact-folder.js';
import { exportedFolder, writeExportedFolder } from '../runs/exported-folder.js';
import { packageFile } from '../package-file.js';
import { letterpressVersion } from '../version.js';
import type { FormField } from './api.js';
import { PAGE_POLICY } from './guard.js';

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

/**
 * Writes the page as static files for any web server: then it trains in the tab. Its policy stands in the page, since
 * not every server can be told to send it.
 *
 * @throws LetterpressError EXISTS for a folder with more in it than an export that was cut off has left, IN_USE, IO
 *   when it cannot be written
 */
export function exportPage(folder: string, form: readonly FormField[]): void {
  // Headers alone can say who may show a page in a frame.
  const policy = PAGE_POLICY.filter((each) => !each.startsWith('frame-ancestors')).join('; ');
  const page = readPage();
  const index = Buffer.from(page.get('index.html')!.data)
    .toString()
    .replace('<title>', `<meta http-equiv="Content-Security-Policy" content="${policy}" />\n    <title>`)
    .replace('<div id="app">', '<div id="app" data-source="tab">');
  const files = new Map<string, string | Uint8Array>(Array.from(page, ([name, { data }]) => [`assets/${name}`, data]));
  files.delete('assets/index.html');
  files.set('assets/tab.json', JSON.stringify({ version: letterpressVersion(), form }));
  files.set('index.html', index);
  const kind = exportedFolder('page', [...files.keys()]);
  writeExportedFolder(folder, files, () => {
    refuseFile(folder, kind.name);
    if (!isFree(folder, kind))
      throw new LetterpressError('EXISTS', `expected an empty folder, or none: ${folder}`, 'Choose another folder.');
  });
}
