// Bundles the studio's page into a folder (bundle/web by default), and the parts of exported pages into bundle/page:
// `node scripts/build-web.mjs [FOLDER]`.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './build-bundle.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

async function bundle(outdir, options) {
  mkdirSync(outdir, { recursive: true });
  const { metafile, outputFiles } = await build({
    absWorkingDir: ROOT,
    outdir,
    bundle: true,
    platform: 'browser',
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    write: false,
    ...options,
  });
  // Only what changed: tests may be reading it.
  for (const { path, contents } of outputFiles)
    if (!existsSync(path) || !readFileSync(path).equals(contents)) writeFileSync(path, contents);
  writeFileSync(join(outdir, 'LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)));
}

/** One script, which is page and worker, and its styles: what `letterpress export --to html` puts into a file. */
export async function buildPage(outdir = join(ROOT, 'bundle/page')) {
  await bundle(outdir, {
    entryPoints: ['web/page.tsx', 'web/style.css'].map((file) => ({ in: file, out: 'page' })),
    format: 'iife',
  });
  const script = readFileSync(join(outdir, 'page.js'), 'utf8');
  if (/<\/script|<!--/i.test(script)) throw new Error('the script would end its element in a page');
}

/** @param outdir where the page goes: index.html, and what it loads */
export async function buildWeb(outdir) {
  await bundle(outdir, {
    entryPoints: {
      main: 'web/main.tsx',
      'changes-worker': 'web/data/changes-worker.ts',
      'engine-worker': 'web/model/engine-worker.ts',
      'training-worker': 'web/tab/training-worker.ts',
      style: 'web/style.css',
    },
    splitting: true,
    format: 'esm',
  });
  copyFileSync(join(ROOT, 'web/index.html'), join(outdir, 'index.html'));
  copyFileSync(join(ROOT, 'native/wasm/letterpress.wasm'), join(outdir, 'letterpress.wasm'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWeb(process.argv[2] ?? join(ROOT, 'bundle/web'));
  await buildPage();
}
