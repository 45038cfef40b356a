/**
 * Every backend and instruction set computes what the contract says: the portable backend in float64, on the same
 * float32 inputs, is the reference.
 */
import { describe, expect, it } from 'vitest';
import { gelu } from '../../src/backend/portable/gelu.js';
import { portable } from '../../src/backend/portable/index.js';
import { NO_DROPOUT, type Backend } from '../../src/backend/types.js';
import { compiledBackends } from '../support/backends.js';
import { errors, exactResults, geluByMlp } from '../support/op-errors.js';
import { ArgumentMaker, testRandom } from '../support/op-call.js';
import * as ops from '../support/op-cases.js';

/** Backends are taken right before use: choosing kernels changes them for all native backends of the thread. */
const candidates: (readonly [name: string, take: () => Backend])[] = [
  ['portable', () => portable],
  ...compiledBackends().map(({ name, take }) => [name, () => take(2)] as const),
];

/**
 * Bounds on float32 errors. A float32 sum of n products in order is off by about 0.4·√n roundings of 6e-8 of its
 * typical size: 9e-7 for the longest sums here (n = 1500), and a single element by up to five times that.
 */
const TYPICAL = 1.5e-6; // root mean square of the errors over that of the values
const FEW = 8; // fewer values than this are no sample to speak of a typical size: each is compared with LARGEST alone
const LARGEST = 1e-5; // largest error over the root mean square of the values

const exactly = exactResults(portable);
const cases = ops.edgeCases();

describe.each(candidates)('%s backend', (_, take) => {
  for (const opCase of cases) {
    it(`computes what the portable one does in float64: ${opCase.name}`, () => {
      const backend = take();
      opCase.calls('float32').forEach((call, i) => {
        for (const [output, got] of call.run(backend)) {
          const expected = exactly(opCase)[i]!.get(output)!;
          const label = `${call.op}.${output}`;
          if (output === 'correct') expect(Array.from(got), label).toEqual(Array.from(expected));
          else {
            const { typical, largest } = errors(got, expected);
            if (expected.length >= FEW) expect(typical, label).toBeLessThanOrEqual(TYPICAL);
            expect(largest, label).toBeLessThanOrEqual(LARGEST);
          }
        }
      });
    });
  }

  it('computes GELU to float32 accuracy, far out too', () => {
    const backend = take();
    const points = Float32Array.from({ length: 600 }, (_, i) => -13 + (26 * i) / 599);
    for (const rows of [1, points.length]) {
      for (let first = 0; first < points.length; first += rows) {
        const x = points.subarray(first, first + rows);
        const out = geluByMlp(backend, x, 'mlp');
        for (let r = 0; r < rows; r++) {
          const expected = gelu(x[r]!);
          // In the lower tail e^(−x²/2) magnifies the rounding of x²/2 (up to 85 · 6e-8).
          const bound = 5e-7 + 6e-8 * Math.max(0, -x[r]!) ** 2;
          expect(Math.abs(out[r]! / expected - 1), `gelu(${x[r]!})`).toBeLessThanOrEqual(bound);
        }
      }
    }
  });

  it.each([0, 0.25])('adds an update in its place, dropout %d', (rate) => {
    const backend = take();
    const dropout = { rate, key0: 1, key1: 2, site: 3 };
    for (const length of [1, 7, 33, 16_385]) {
      const [x, update] = [1, 2].map((seed) => {
        const random = testRandom(seed);
        return Float32Array.from({ length }, () => random.normal());
      }) as [Float32Array, Float32Array];
      const expected = new Float32Array(length);
      backend.add({ length, x, update, dropout, out: expected });
      backend.add({ length, x, update, dropout, out: update });
      expect(update).toEqual(expected);
    }
  });

  it('sums weighted buffers, in place too, and leaves what lies beyond', () => {
    const backend = take();
    const [scaleX, scaleY] = [-1.5, 0.25]; // exact, as are the values
    for (const length of [0, 1, 7, 33, 16_385]) {
      const buffers = () => [3, 5].map((step) => Float32Array.from({ length: length + 1 }, (_, i) => (i * step) % 64));
      const expected = Array.from({ length }, (_, i) => scaleX * ((i * 3) % 64) + scaleY * ((i * 5) % 64));
      for (const into of [0, 1, 2]) {
        const [x, y] = buffers() as [Float32Array, Float32Array];
        const out = [x, y, new Float32Array(length + 1)][into]!;
        const after = out[length];
        backend.weightedSum({ length, x, y, scaleX, scaleY, out });
        expect([...out.subarray(0, length)]).toEqual(expected);
        expect(out[length]).toBe(after);
      }
    }
  });

  it('sums squares in float64', () => {
    const backend = take();
    const random = testRandom(1);
    for (const length of [0, 1, 7, 8, 9, 16384, 16385, 50001]) {
      const x = Float32Array.from({ length: length + 3 }, () => random.uniform() - 0.5);
      let expected = 0;
      for (let i = 0; i < length; i++) expected += x[i]! * x[i]!;
      // n float64 roundings of 1e-16 each
      expect(Math.abs(backend.sumOfSquares({ length, x }) - expected)).toBeLessThanOrEqual(1e-12 * expected);
    }
    expect(backend.sumOfSquares({ length: 1, x: Float32Array.of(1e20, 1e-20, 3) })).toBe(Math.fround(1e20) ** 2);
  });

  it('leaves what lies beyond in arrays that are longer than needed', () => {
    const make = new ArgumentMaker('float32', 77);
    const rows = 7;
    const [inputs, outputs] = [5, 9];
    const out = make.constant(rows * outputs + 4, -1);
    const x = make.floats(100);
    const weight = make.floats(100);
    take().linear({ rows, inputs, outputs, x, weight, bias: undefined, out });
    expect(Array.from(out.subarray(rows * outputs))).toEqual([-1, -1, -1, -1]);
    expect(out.subarray(0, rows * outputs).every((value) => value !== -1)).toBe(true);
  });

  it('computes the same bits for a row of five or more, whatever lies beside it', () => {
    const backend = take();
    const make = new ArgumentMaker('float32', 5);
    const [most, width, hidden] = [150, 130, 250];
    const [x, weight1, weight2] = [most * width, 2 * hidden * width, width * hidden].map((n) => make.floats(n));
    const linear = (rows: number) => {
      const out = make.blank(rows * hidden);
      backend.linear({ rows, inputs: width, outputs: hidden, x: x!, weight: weight1!, bias: undefined, out });
      return out;
    };
    const swigluMlp = (rows: number) => {
      const [gatesAndUps, out] = [make.blank(2 * rows * hidden), make.blank(rows * width)];
      backend.swigluMlp({ rows, width, hidden, x: x!, weight1: weight1!, weight2: weight2!, gatesAndUps, out });
      return out;
    };
    for (const compute of [linear, swigluMlp]) {
      const all = compute(most);
      for (const rows of [5, 12, 16, 17, 29, 48, 64, 85, 97]) {
        const some = compute(rows);
        expect(some, `${compute.name}, ${rows} rows`).toEqual(all.subarray(0, some.length));
      }
    }
  });

  it('changes nothing when there are no rows', () => {
    const backend = take();
    const none = new Float32Array(0);
    const weight = Float32Array.of(1, 2);
    const gradWeight = Float32Array.of(3, 4);
    backend.linear({ rows: 0, inputs: 2, outputs: 1, x: none, weight, bias: undefined, out: none });
    const gradients = { gradOut: none, sets: false, gradX: none, gradWeight, gradBias: undefined };
    backend.linearGradient({ rows: 0, inputs: 2, outputs: 1, x: none, weight, ...gradients });
    const shape = { rows: 0, heads: 1, headWidth: 2, offsets: Int32Array.of(0) };
    const weights = { keyWeight: weight, queryWeight: weight };
    const attention = { ...shape, ...weights, table: undefined, qkv: none, dropout: NO_DROPOUT, causal: true };
    backend.attention({ ...attention, out: none });
    const gradWeights = { gradKeyWeight: gradWeight, gradQueryWeight: gradWeight };
    backend.attentionGradient({ ...attention, ...gradWeights, gradOut: none, gradQkv: none });
    expect(Array.from(gradWeight)).toEqual([3, 4]);
  });

  it('returns NaN for NaN inputs', () => {
    const backend = take();
    for (const opCase of [
      ops.linearCase(7, 20, 9, true),
      ops.linearCase(1, 20, 9, true),
      ops.mlpCase(7, 20, 60),
      ops.mlpCase(2, 20, 60),
      ops.addLayerNormCase(5, 20, 0.1),
      ops.addCase(20, 0.1),
      ops.swigluMlpCase(5, 20, 30),
      ops.queryKeyNormCase(5, 2, 6),
      ops.attentionCase([7], 2, 5, 0),
      ops.crossEntropyCase(5, 29, 1),
      ops.logSoftmaxCase(5, 29, 1),
    ]) {
      const call = opCase.calls('float32')[0]!;
      const input = (call.args['x'] ?? call.args['qkv'] ?? call.args['logits']) as Float32Array;
      input.fill(NaN);
      const [first] = call.run(backend).values();
      expect(first!.every(Number.isNaN), opCase.name).toBe(true);
    }
  });
});
