import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { startBuiltWorker } from './test/support/test-build.js';

export default defineConfig({
  plugins: [startBuiltWorker()],
  // The scripts of bench/ use the build, and their tests the sources.
  resolve: {
    alias: [{ find: /^(?:\.\.\/)+dist\/(.+)\.js$/, replacement: fileURLToPath(new URL('src/$1.ts', import.meta.url)) }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/browser/**'],
    // The files of a process import each module once: a third less time. So a file leaves nothing behind; spies and
    // stubs are undone after each test.
    isolate: false,
    restoreMocks: true,
    unstubEnvs: true,
    unstubGlobals: true,
    setupFiles: 'test/support/same-start.ts',
    globalSetup: ['test/support/test-build.ts', 'test/support/memory-folder.ts'],
    // Vitest leaves one core idle unless told otherwise.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
