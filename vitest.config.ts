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
    setupFiles: 'test/support/fixed-seed.ts',
    globalSetup: ['test/support/test-build.ts', 'test/support/memory-folder.ts'],
    // Vitest leaves one core idle unless told otherwise.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
