import type { Backend, FloatArray } from '../../src/backend/types.js';
import { sameBits } from './backends.js';
import { ArgumentMaker } from './op-call.js';
import type { OpCase } from './op-cases.js';

/**
 * How far results are off: `typical`, the root mean square of the errors over that of the values; and `largest`, the
 * largest error over that root mean square, or over the value itself where that is larger: some values, such as the
 * gradient of a key that all characters attend to, are sums of far more terms than most, and round accordingly.
 */
export function errors(got: FloatArray, expected: FloatArray): { typical: number; largest: number } {
  let squares = 0;
  let size = 0;
  for (const value of expected) size += value ** 2;
  const rms = Math.sqrt(size / expected.length) || 1;
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

/** Outputs of the cases' calls that have other bits on 2, 3 or 4 threads than on one. */
export function changedByThreads(opCases: readonly OpCase[], take: (threads: number) => Backend): string[] {
  const calls = opCases.flatMap((opCase) => opCase.calls('float32').map((call) => ({ name: opCase.name, call })));
  const one = take(1);
  const expected = calls.map(({ call }) => call.run(one));
  return [2, 3, 4].flatMap((threads) => {
    const backend = take(threads);
    return calls.flatMap(({ name, call }, i) =>
      [...call.run(backend)]
        .filter(([output, got]) => !sameBits(got, expected[i]!.get(output)!))
        .map(([output]) => `${name}: ${call.op}.${output} on ${threads} threads`),
    );
  });
}

/** GELU of `x`, or its gradient: an MLP with all weights 1 and biases 0, a width of 1 and one hidden unit. */
export function geluByMlp(backend: Backend, x: Float32Array, op: 'mlp' | 'mlpGradient'): FloatArray {
  const make = new ArgumentMaker('float32', 1);
  const [one, zero] = [make.constant(1, 1), make.constant(1, 0)];
  const layer = { rows: x.length, width: 1, hidden: 1, x, weight1: one, bias1: zero, weight2: one, kept: undefined };
  const out = new Float32Array(x.length);
  if (op === 'mlp') backend.mlp({ ...layer, bias2: zero, out });
  else {
    const [gradWeight1, gradBias1, gradWeight2, gradBias2] = [make.grad(1), make.grad(1), make.grad(1), make.grad(1)];
    const gradOut = make.constant(x.length, 1);
    backend.mlpGradient({ ...layer, gradOut, sets: true, gradX: out, gradWeight1, gradBias1, gradWeight2, gradBias2 });
  }
  return out;
}
