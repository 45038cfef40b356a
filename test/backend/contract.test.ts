/**
 * Every backend and instruction set computes what the contract says: the portable backend in float64, on the same
 * float32 inputs, is the reference.
 */
import { describe, expect, it } from 'vitest';
import { gelu } from '../../src/backend/portable/gelu.js';
import { portable } from '../../src/backend/portable/index.js';
import { cacheLengths, NO_DROPOUT, type Backend } from '../../src/backend/types.js';
import { nativeBackend, nativeInstructionSets } from '../support/backends.js';
import { errors, exactResults, geluByMlp } from '../support/op-errors.js';
import { ArgumentMaker, testRandom, type OpCall } from '../support/op-call.js';
import {
  swigluCase,
  addCase,
  addLayerNormCase,
  attentionCase,
  crossEntropyCase,
  edgeCases,
  linearCase,
  logSoftmaxCase,
  mlpCase,
  queryKeyNormCase,
} from '../support/op-cases.js';

/** Backends are taken right before use: choosing kernels changes them for all native backends of the thread. */
const candidates: (readonly [name: string, take: () => Backend])[] = [
  ['portable', () => portable],
  ...nativeInstructionSets().map((set) => [`native ${set}`, () => nativeBackend(set, 2)] as const),
];

/**
 * Bounds on float32 errors. A float32 sum of n products in order is off by about 0.4·√n roundings of 6e-8 of its
 * typical size: 9e-7 for the longest sums here (n = 1500), and a single element by up to five times that.
 */
const TYPICAL = 1.5e-6; // root mean square of the errors over that of the values
const FEW = 8; // fewer values than this are no sample to speak of a typical size: each is compared with LARGEST alone
const LARGEST = 1e-5; // largest error over the root mean square of the values

const exactly = exactResults(portable);
const isZero = (array: ArrayLike<number>) => Array.from(array, (x) => x === 0);

describe.each(candidates)('%s backend', (_, take) => {
  for (const opCase of edgeCases()) {
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

  it('changes nothing when there are no rows', () => {
    const backend = take();
    const none = new Float32Array(0);
    const weight = Float32Array.of(1, 2);
    const gradWeight = Float32Array.of(3, 4);
    backend.linear({ rows: 0, inputs: 2, outputs: 1, x: none, weight, bias: undefined, out: none });
    const gradients = { gradOut: none, gradX: none, gradWeight, gradBias: undefined };
    backend.linearGradient({ rows: 0, inputs: 2, outputs: 1, x: none, weight, ...gradients });
    const attention = { rows: 0, heads: 1, headWidth: 2, offsets: Int32Array.of(0), qkv: none, dropout: NO_DROPOUT };
    backend.attention({ ...attention, out: none });
    backend.attentionGradient({ ...attention, gradOut: none, gradQkv: none });
    expect(Array.from(gradWeight)).toEqual([3, 4]);
  });

  it('returns NaN for NaN inputs', () => {
    const backend = take();
    for (const opCase of [
      linearCase(7, 20, 9, true),
      linearCase(1, 20, 9, true),
      mlpCase(7, 20, 60),
      mlpCase(2, 20, 60),
      addLayerNormCase(5, 20, 0.1),
      addCase(20, 0.1),
      swigluCase(5, 20),
      queryKeyNormCase(5, 2, 6),
      attentionCase([7], 2, 5, 0),
      crossEntropyCase(5, 29, 1),
      logSoftmaxCase(5, 29, 1),
    ]) {
      const call = opCase.calls('float32')[0]!;
      const input = (call.args['x'] ?? call.args['qkv'] ?? call.args['logits']) as Float32Array;
      input.fill(NaN);
      const [first] = call.run(backend).values();
      expect(first!.every(Number.isNaN), opCase.name).toBe(true);
    }
  });

  /** The dropout mask of `call`'s output is the portable backend's, and drops that share of `n` of its elements. */
  function expectMask(call: OpCall, output: string, rate: number, n = call.run(portable).get(output)!.length): void {
    const [mask, expected] = [take(), portable].map((backend) => isZero(call.run(backend).get(output)!));
    expect(mask).toEqual(expected);
    const dropped = mask!.filter(Boolean).length - (mask!.length - n);
    // Five standard deviations of a binomial distribution
    expect(Math.abs(dropped - n * rate)).toBeLessThanOrEqual(5 * Math.sqrt(n * rate * (1 - rate)));
  }

  it.each([0.001, 0.1, 0.5, 0.93])(
    'drops the same added updates and embeddings as the portable one, at rate %d',
    (rate) => {
      const make = new ArgumentMaker('float32', 5);
      for (const length of [16384 * 2 + 11, 5001]) {
        const dropout = make.dropout(rate);
        const update = make.constant(length, 1);
        const x = make.constant(length, 0);
        const out = make.blank(length);
        expectMask(make.call('add', { length, dropout, x, update, out }), 'out', rate);
      }
      const [rows, width] = [97, 33]; // odd: rows start at odd elements
      const embed = {
        rows,
        width,
        tokens: make.integers(rows, 3),
        positions: make.integers(rows, 5),
        dropout: make.dropout(rate),
        tokenTable: make.constant(3 * width, 1),
        positionTable: make.constant(5 * width, 1),
        out: make.blank(rows * width),
      };
      expectMask(make.call('embed', embed), 'out', rate);
    },
  );

  it('drops the same updates before a LayerNorm as the portable one', () => {
    const make = new ArgumentMaker('float32', 6);
    const [rows, width] = [65, 31];
    const args = {
      rows,
      width,
      x: make.floats(rows * width),
      update: make.floats(rows * width),
      dropout: make.dropout(0.3),
      weight: make.floats(width),
      gradOut: make.floats(rows * width),
      gradX: make.constant(rows * width, 0),
      gradUpdate: make.output(make.constant(rows * width, 0)),
      gradWeight: make.constant(width, 0),
      gradBias: make.constant(width, 0),
    };
    const call = make.call('addLayerNormGradient', args);
    expectMask(call, 'gradUpdate', 0.3);
  });

  it('drops the same attention weights as the portable one', () => {
    const make = new ArgumentMaker('float32', 7);
    const length = 33;
    const heads = 3;
    // Values are unit vectors, so that out[i] is the row of weights itself; queries are 0: weights 1 / (i + 1).
    const qkv = make.constant(2 * length * 3 * heads * length, 0);
    for (let row = 0; row < 2 * length; row++) {
      for (let head = 0; head < heads; head++) {
        qkv[row * 3 * heads * length + (2 * heads + head) * length + (row % length)] = 1;
      }
    }
    const args = {
      rows: 2 * length,
      heads,
      headWidth: length,
      offsets: Int32Array.of(0, length, 2 * length),
      qkv,
      dropout: make.dropout(0.25),
      out: make.blank(2 * length * heads * length),
    };
    expectMask(make.call('attention', args), 'out', 0.25, heads * length * (length + 1)); // two triangles a head
  });

  it.each([
    [[5, 9, 1], 2, 5],
    [[33], 1, 20],
    [[17, 40], 5, 12],
  ])(
    'computes attention character by character from the cache: texts of %j characters, %d × %d',
    (lengths, heads, headWidth) => {
      const call = attentionCase(lengths, heads, headWidth, 0).calls('float32')[0]!;
      const offsets = call.args['offsets'] as Int32Array;
      const qkv = call.args['qkv'] as Float32Array;
      const group = heads * headWidth;
      const contextLength = Math.max(...lengths);
      const backend = take();
      const expected = call.run(backend).get('out')!;
      const got = new Float32Array(expected.length);
      const cache = cacheLengths(lengths.length, contextLength, group);
      const keys = new Float32Array(cache.keys);
      const values = new Float32Array(cache.values);
      for (let t = 0; t < contextLength; t++) {
        // The texts that still have a character, last first: a row's slot is not its number.
        const slots = Int32Array.from(lengths.flatMap((length, b) => (t < length ? [b] : []))).reverse();
        const rows = Array.from(slots, (b) => offsets[b]! + t);
        const out = new Float32Array(slots.length * group);
        const news = Float32Array.from(
          rows.flatMap((r) => Array.from(qkv.subarray(r * 3 * group, (r + 1) * 3 * group))),
        );
        backend.cachedAttention({
          rows: slots.length,
          heads,
          headWidth,
          contextLength,
          scale: 1 / Math.sqrt(headWidth),
          slots,
          positions: new Int32Array(slots.length).fill(t),
          queries: news.subarray(group),
          queryStride: 3 * group,
          newKeys: news,
          newValues: news.subarray(2 * group),
          newStride: 3 * group,
          keys,
          values,
          out,
        });
        rows.forEach((r, i) => got.set(out.subarray(i * group, (i + 1) * group), r * group));
      }
      expect(errors(got, expected).largest).toBeLessThanOrEqual(LARGEST);
    },
  );
});
