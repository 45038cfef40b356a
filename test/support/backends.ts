import { chooseBackend } from '../../src/backend/registry.js';
import type { Backend } from '../../src/backend/types.js';

/**
 * The backends that the contract and golden tests run on: always portable, and native where it is built.
 * LETTERPRESS_REQUIRE_NATIVE=1 makes a missing native backend a failure instead.
 */
export function backendsUnderTest(): Backend[] {
  const backends = [chooseBackend({ choice: 'portable' }).backend];
  const required = process.env['LETTERPRESS_REQUIRE_NATIVE'] === '1';
  const best = chooseBackend({ choice: required ? 'native' : 'auto' }).backend;
  if (best.info.name === 'native') backends.push(best);
  return backends;
}
