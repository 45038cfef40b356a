import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { Plugin } from 'vitest/config';
import type { TestProject } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The sources as JavaScript, for threads and processes that tests start: those are run by Node.js itself, which cannot
 * read TypeScript, and not by Vitest. As deep below the package as src/ and dist/, so that what lies beside them is
 * found.
 */
export const TEST_BUILD = join(ROOT, '.test-build');

/** The file that a module of src/ has become, e.g. of `cli/main`. */
export function builtModule(name: string): string {
  return join(TEST_BUILD, `${name}.js`);
}

/** Makes {@link TEST_BUILD}: what Vitest does once before the tests, and again when files change. */
export default async function setup(project: TestProject): Promise<void> {
  // Variables: these have no types to check.
  const [script, webScript] = [join(ROOT, 'scripts/build-bundle.mjs'), join(ROOT, 'scripts/build-web.mjs')];
  const { makeFonts } = (await import(script)) as { readonly makeFonts: () => Promise<void> };
  const { buildPage } = (await import(webScript)) as { readonly buildPage: () => Promise<void> };
  await Promise.all([buildSources(), makeFonts(), buildPage()]);
  project.onTestsRerun(buildSources);
}

async function buildSources(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: ['src/**/*.ts'],
    absWorkingDir: ROOT,
    outdir: TEST_BUILD,
    outbase: join(ROOT, 'src'),
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    write: false,
  });
  for (const { path, text } of outputFiles) {
    // Only what changed: another run of the tests may be reading it.
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const ENTRY = "new URL('./training-worker.js', import.meta.url)";

/** Makes the sources under test start the training worker of {@link TEST_BUILD}. */
export function startBuiltWorker(): Plugin {
  return {
    name: 'start-built-worker',
    enforce: 'pre',
    transform(code, id) {
      if (!id.endsWith('/train-in-worker.ts')) return null;
      if (!code.includes(ENTRY)) throw new Error(`expected ${ENTRY} in ${id}`);
      const built = pathToFileURL(builtModule('train/worker/training-worker')).href;
      return code.replace(ENTRY, `new URL(${JSON.stringify(built)})`);
    },
  };
}
