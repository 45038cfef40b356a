/**
 * Before every test file: properties try the same cases in every run, so that a test passes or fails for a change, and
 * not by luck (`FAST_CHECK_SEED=7 npx vitest run` tries others); and the native backend has the kernels and threads
 * that it has by itself, whatever the file before took.
 */
import fc from 'fast-check';
import { inspectNative } from '../../src/backend/registry.js';

const DEFAULT_SEED = 20261125;

fc.configureGlobal({ seed: Number(process.env['FAST_CHECK_SEED'] ?? DEFAULT_SEED) });
inspectNative();
