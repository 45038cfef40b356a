import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { startBuiltWorker } from './test/support/test-build.js';

/** They measure the memory of their process: it is theirs alone. */
const ALONE = ['test/backend/threads.test.ts', 'test/train/steady-memory.test.ts'];

export default defineConfig({
  plugins: [startBuiltWorker()],
  // The scripts of bench/ use the build, and their tests the sources.
  resolve: {
    alias: [{ find: /^(?:\.\.\/)+dist\/(.+)\.js$/, replacement: fileURLToPath(new URL('src/$1.ts', import.meta.url)) }],
  },
  test: {
    projects: [
      { extends: true, test: { name: 'alone', include: ALONE } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, 'test/browser/**'],
          // The files of a process import each module once: a third less time. So a file leaves nothing behind; spies
          // and stubs are undone after each test.
          isolate: false,
          globalSetup: ['test/support/test-build.ts', 'test/support/memory-folder.ts'],
          sequence: { groupOrder: 1 }, // after those
        },
      },
    ],
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    setupFiles: 'test/support/same-start.ts',
    // Vitest leaves one core idle unless told otherwise.
    maxWorkers: '100%',
    // Trainings of every test are in float32, whatever the processor.
    env: { LETTERPRESS_PRECISION: 'f32' },
    expect: { poll: { timeout: 30_000 } }, // what takes milliseconds takes seconds on a busy machine
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
