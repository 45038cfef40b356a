import type { Backend, FloatArray } from '../../src/backend/types.js';
import type { OpCase } from './op-cases.js';

/**
 * How far results are off: `typical`, the root mean square of the errors over that of the values; and `largest`, the
 * largest error over that root mean square, or over the value itself where that is larger: some values, such as the
 * gradient of a key that all characters attend to, are sums of far more terms than most, and round accordingly.
 */
export function errors(got: FloatArray, expected: FloatArray): { typical: number; largest: number } {
  let squares = 0;
  const rms = Math.sqrt(Array.from(expected, (value) => value ** 2).reduce((a, b) => a + b, 0) / expected.length) || 1;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(got[i]! - expected[i]!);
    squares += difference ** 2;
    const error = difference / Math.max(rms, Math.abs(expected[i]!));
    if (!(error <= largest)) largest = error; // NaN counts as larger
  }
  return { typical: Math.sqrt(squares / expected.length) / rms, largest };
}

/** Results of a case's calls on `reference` in float64, computed once for all backends compared with it. */
export function exactResults(reference: Backend): (opCase: OpCase) => Map<string, FloatArray>[] {
  const known = new Map<string, Map<string, FloatArray>[]>();
  return (opCase) => {
    const results = known.get(opCase.name) ?? opCase.calls('float64').map((call) => call.run(reference));
    known.set(opCase.name, results);
    return results;
  };
}
