/**
 * Wrong arguments of compiled operations are JavaScript errors. TypeScript forbids most of them; C++ checks all of them
 * again, so that no mistake in TypeScript can read or write outside of an array or end the process.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../src/backend/operations.js';
import { WebAssembly } from '../../src/backend/wasm/api.js';
import { Engine } from '../../src/backend/wasm/engine.js';
import { compiledBackends, loadAddon, nativeInstructionSets } from '../support/backends.js';
import type { OpCall } from '../support/op-call.js';
import * as ops from '../support/op-cases.js';

/** Functions of the operations' arguments, without the checks of TypeScript. */
type Functions = (name: OpCall['op'], args: readonly unknown[]) => unknown;

const functionsOfAddon = (): Functions => {
  const addon = loadAddon();
  return (name, args) => addon[name](...args);
};

const functionsOfWasm = (): Functions => {
  const module = new WebAssembly.Module(readFileSync('native/wasm/letterpress.wasm'));
  const engine = new Engine(module, 1, { sleeps: true, startWorker: () => undefined });
  return (name, args) => engine.call(name, args);
};

const compiled = [compiledBackends()[0]!, compiledBackends().at(-1)!]
  .filter(({ name }, i) => i > 0 || name !== 'wasm')
  .map((one) => ({ ...one, functions: one.name === 'wasm' ? functionsOfWasm : functionsOfAddon }));

/** Random calls; `npm run fuzz` makes many more. */
const FUZZ = Number(process.env['LETTERPRESS_FUZZ'] ?? 5000);

const calls: OpCall[] = [
  ops.embedCase(300, 5, 0.1),
  ops.linearCase(7, 5, 3, true),
  ops.queryKeyNormCase(7, 2, 3, true),
  ops.rotaryCase(7, 2, 5),
  ops.attentionCase([3, 1, 5], 2, 3, 0.1),
  ops.cachedAttentionCase(3, 4, 6, 2, 3),
  ops.cachedInputAttentionCase(3, 4, 6, 2, 3),
  ops.addCase(11, 0.1),
  ops.addLayerNormCase(7, 5, 0.1),
  ops.swigluMlpCase(7, 5, 6),
  ops.mlpCase(7, 5, 9),
  ops.crossEntropyCase(7, 5, 1),
  ops.softTargetsCase(7, 5, 0.3, 'rows'),
  ops.logSoftmaxCase(7, 5, 1),
  ops.clearCase(17),
  ops.weightedSumCase(17),
  ops.adamWCase([3, 17], 1),
  ops.muonCase([
    [3, 5],
    [4, 2],
  ]),
].flatMap((opCase) => opCase.calls('float32'));

// Sizes, in the broad sense: changing one by any of this must be noticed. The rest may be any number.
const SIZES = 'rows width inputs outputs heads headWidth contextLength hidden vocabulary length'.split(' ');
const WRONG_SIZES = [-1, 0.5, NaN, Infinity, 2 ** 31, 2 ** 32, 1e300, 2 ** 31 - 1];
const WRONG_TYPES: unknown[] = ['7', null, {}, [1, 2, 3], true, Symbol('x'), () => 1, 7n];

/** Every way that one argument can be wrong: [what, value]. */
function wrongValues(op: string, name: string, value: unknown): [string, unknown][] {
  if (value instanceof Float32Array || value instanceof Float64Array || value instanceof Int32Array) {
    const detached = value.slice();
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    const other = value instanceof Float64Array ? Float32Array : Float64Array;
    const wrong: [string, unknown][] = [
      ['one element short', value.subarray(0, value.length - 1)],
      ['empty', value.subarray(0, 0)],
      ['detached', detached],
      ['of another element type', other.from(value)],
      ['a plain array', Array.from(value)],
      ['raw bytes', new Uint8Array(value.buffer, value.byteOffset, value.byteLength)],
      ['a view of data', new DataView(value.buffer)],
    ];
    // The biases, updates, learned positions and their gradients, and soft targets may be left out.
    const optional = /^(bias|gradBias|update|gradUpdate|positionTable|gradPositionTable|soft)$/;
    const ofLinear = op === 'linearGradient' && /^grad(X|Weight)$/.test(name); // what is not wanted
    if (!optional.test(name) && !ofLinear) wrong.push(['undefined', undefined]);
    return [...wrong, ...WRONG_TYPES.map((type) => [String(type), type] as [string, unknown])];
  }
  if (typeof value === 'number') {
    const types = [...WRONG_TYPES, undefined].map((type) => [String(type), type] as [string, unknown]);
    if (name === 'softShare') return [...types, ['above 1', 1.01], ['below 0', -0.01], ['NaN', NaN]];
    if (!SIZES.includes(name)) return types;
    const wrong = [value + 1, ...WRONG_SIZES, ...(name === 'rows' || name === 'length' ? [] : [0])];
    return [...types, ...wrong.map((size) => [String(size), size] as [string, unknown])];
  }
  if (name === 'dropout') {
    const rates = [-0.1, 1, 1.5, NaN, Infinity];
    return rates.map((rate) => [`of rate ${rate}`, { ...(value as object), rate }] as [string, unknown]);
  }
  return [];
}

function wrongIndices(call: OpCall): [string, string, Int32Array][] {
  const changes: Record<string, number[]> = {
    tokens: [-1, 29, 2 ** 30, -(2 ** 31)],
    targets: [-1, call.args['vocabulary'] as number, 2 ** 31 - 1],
    slots: [-1, 4, 2 ** 31 - 1],
    positions: [-1, (call.args['contextLength'] as number | undefined) ?? 150, -(2 ** 31)],
    offsets: [-1, 4, 2 ** 31 - 1, -(2 ** 31)],
    segmentEnds: [-1, 1000],
    matrices: [-1, 1000, 2 ** 31 - 1],
  };
  return Object.entries(changes).flatMap(([name, values]) => {
    const array = call.args[name];
    if (!(array instanceof Int32Array)) return [];
    return values.flatMap((value) =>
      [0, array.length - 1].map((at): [string, string, Int32Array] => {
        const changed = array.slice();
        changed[at] = value;
        return [name, `${value} at ${at}`, changed];
      }),
    );
  });
}

it('wrong arguments are tried for every operation', () => {
  expect(new Set([...calls.map(({ op }) => op), 'sumOfSquares'])).toEqual(new Set(OPERATIONS));
});

describe.each(compiled)('$name', ({ take, functions }) => {
  it.each(calls.map((call) => [call.op, call] as const))(
    '%s throws when an argument is wrong, and works afterwards',
    (_, call) => {
      const backend = take(2);
      const expectError = (name: string, what: string, value: unknown) => {
        expect(() => call.runWith(backend, { [name]: value }), `${name}: ${what}`).toThrow(Error);
      };
      let tried = 0;
      for (const [name, value] of Object.entries(call.args)) {
        for (const [what, wrong] of wrongValues(call.op, name, value)) {
          expectError(name, what, wrong);
          tried++;
        }
      }
      for (const [name, what, wrong] of wrongIndices(call)) expectError(name, what, wrong);
      expect(tried).toBeGreaterThan(30);
      call.run(backend);
    },
  );

  it('throws for offsets that do not rise and for texts of no or too many characters', () => {
    const backend = take(2);
    const call = ops.attentionCase([3, 1, 5], 2, 3, 0).calls('float32')[0]!;
    for (const offsets of [[0, 5, 4, 9], [0, 3, 3, 9], [0, 9, 0, 9], [9, 9], [], [0]]) {
      expect(() => call.runWith(backend, { offsets: Int32Array.from(offsets) }), offsets.join()).toThrow(Error);
    }
    const long = new Float32Array(1025 * 3);
    const rows = 1025;
    const args = { rows, heads: 1, headWidth: 1, offsets: Int32Array.of(0, rows), qkv: long, out: long };
    expect(() => call.runWith(backend, args)).toThrow('1024');
  });

  it('sumOfSquares throws when an argument is wrong, and works afterwards', () => {
    const backend = take(2);
    const x = Float32Array.of(3, 4);
    for (const length of [3, -1, 0.5, NaN, 2 ** 31]) expect(() => backend.sumOfSquares({ length, x })).toThrow(Error);
    expect(() => backend.sumOfSquares({ length: 2, x: Float64Array.from(x) })).toThrow('expected a Float32Array');
    expect(backend.sumOfSquares({ length: 2, x })).toBe(25);
  });

  it('says in its errors which argument was wrong and what it expected', () => {
    const backend = take(1);
    const call = ops.linearCase(7, 5, 3, true).calls('float32')[0]!;
    expect(() => call.runWith(backend, { x: new Float32Array(34) })).toThrow(
      'argument 4: expected a Float32Array of at least 35 elements',
    );
    expect(() => call.runWith(backend, { rows: -7 })).toThrow('argument 1: expected an integer of at least 0');
  });

  it(
    'throws an error or does no harm, whatever it is called with',
    () => {
      const run = functions();
      const names = calls.map((call) => call.op);
      const size = fc.oneof(fc.integer({ min: -1, max: 6 }), fc.constantFrom(0.5, 2 ** 31 - 1, 2 ** 31, NaN, 1e20));
      const length = fc.integer({ min: 0, max: 40 });
      const argument = fc.oneof(
        { arbitrary: size, weight: 6 },
        { arbitrary: length.map((n) => new Float32Array(n)), weight: 5 },
        { arbitrary: length.map((n) => new Int32Array(n)), weight: 2 },
        { arbitrary: length.map((n) => new Float64Array(n)), weight: 1 },
        { arbitrary: fc.constantFrom<unknown>(undefined, null, 'x', {}), weight: 1 },
      );
      fc.assert(
        fc.property(fc.constantFrom(...names), fc.array(argument, { maxLength: 30 }), (name, args) => {
          try {
            run(name, args);
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        }),
        { seed: 3, numRuns: FUZZ },
      );
      // Right calls with one or two wrong arguments come further.
      const backend = take(2);
      const wrong = fc.tuple(fc.nat(), argument);
      fc.assert(
        fc.property(fc.constantFrom(...calls), fc.array(wrong, { minLength: 1, maxLength: 2 }), (call, changes) => {
          const fields = Object.keys(call.args);
          const changed = changes.map(([place, value]) => [fields[place % fields.length]!, value] as const);
          try {
            call.runWith(backend, Object.fromEntries(changed));
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
          }
        }),
        { seed: 4, numRuns: FUZZ },
      );
    },
    60_000 + FUZZ,
  );
});

describe.runIf(nativeInstructionSets().length > 0)('the native addon', () => {
  it('throws for unknown instruction sets and numbers of threads', () => {
    const addon = loadAddon();
    expect(() => addon.configure('avx1024', 1)).toThrow("not 'avx1024'");
    expect(() => addon.configure('x'.repeat(1000), 1)).toThrow(Error);
    for (const threads of [0, -1, 257, 1.5, NaN]) expect(() => addon.configure('', threads)).toThrow(Error);
  });
});
