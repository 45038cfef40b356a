// Bundles the studio's page into a folder (bundle/web by default): `node scripts/build-web.mjs [FOLDER]`.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { licencesOf } from './build-bundle.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** @param outdir where the page goes: index.html, and what it loads */
export async function buildWeb(outdir) {
  mkdirSync(outdir, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: {
      main: 'web/main.tsx',
      'changes-worker': 'web/data/changes-worker.ts',
      'engine-worker': 'web/model/engine-worker.ts',
      style: 'web/style.css',
    },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    minify: true,
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  });
  writeFileSync(join(outdir, 'LICENSES.txt'), licencesOf(Object.keys(metafile.inputs)));
  copyFileSync(join(ROOT, 'web/index.html'), join(outdir, 'index.html'));
  copyFileSync(join(ROOT, 'native/wasm/letterpress.wasm'), join(outdir, 'letterpress.wasm'));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildWeb(process.argv[2] ?? join(ROOT, 'bundle/web'));
}
