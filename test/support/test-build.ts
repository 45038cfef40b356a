import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildOptions, BuildResult } from 'esbuild';
import type { Plugin } from 'vitest/config';
import type { TestProject } from 'vitest/node';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The sources as JavaScript, for threads and processes that tests start: those are run by Node.js itself, which cannot
 * read TypeScript, and not by Vitest. Bundled as the package is, for they start in a third of the time; and as deep
 * below it as src/, so that what lies beside that is found.
 */
const TEST_BUILD = join(ROOT, '.test-build');

const ENTRIES = {
  cli: 'src/cli/main.ts',
  'training-worker': 'src/train/worker/training-worker.ts',
  'folder-lock': 'src/runs/folder-lock.ts',
} as const;

/** The file that an entry of the sources has become. */
export function builtModule(name: keyof typeof ENTRIES): string {
  return join(TEST_BUILD, `${name}.js`);
}

type BundleEntries = (
  entries: typeof ENTRIES,
  options: BuildOptions & { readonly write: false },
) => Promise<BuildResult>;

/** Makes {@link TEST_BUILD}: what Vitest does once before the tests, and again when files change. */
export default async function setup(project: TestProject): Promise<void> {
  // Variables: these have no types to check.
  const [script, webScript] = [join(ROOT, 'scripts/build-bundle.mjs'), join(ROOT, 'scripts/build-web.mjs')];
  const { bundleEntries, makeFonts } = (await import(script)) as {
    readonly bundleEntries: BundleEntries;
    readonly makeFonts: () => Promise<void>;
  };
  const { buildPage } = (await import(webScript)) as { readonly buildPage: () => Promise<void> };
  const buildSources = async () => {
    const { outputFiles = [] } = await bundleEntries(ENTRIES, {
      outdir: TEST_BUILD,
      sourcemap: 'inline',
      write: false,
    });
    mkdirSync(TEST_BUILD, { recursive: true });
    for (const { path, text } of outputFiles) {
      // Only what changed: another run of the tests may be reading it.
      if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
    }
  };
  await Promise.all([buildSources(), makeFonts(), buildPage()]);
  project.onTestsRerun(buildSources);
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
      const built = pathToFileURL(builtModule('training-worker')).href;
      return code.replace(ENTRY, `new URL(${JSON.stringify(built)})`);
    },
  };
}
