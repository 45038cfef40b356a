import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: the tests that need esbuild and a Chromium on this machine. */
export default defineConfig({
  test: {
    globalSetup: ['test/support/test-build.ts', 'test/support/memory-folder.ts'],
    include: ['test/browser/**/*.test.ts'],
    expect: { poll: { timeout: 30_000 } }, // what takes milliseconds takes seconds on a busy machine
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
