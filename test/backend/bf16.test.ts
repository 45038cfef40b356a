/**
 * `--precision bf16` on every instruction set: against plain formulas in float64 that round the same operands, and as a
 * model's gradients against float32.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gelu } from '../../src/backend/portable/gelu.js';
import { portable } from '../../src/backend/portable/index.js';
import type { Backend, FloatArray } from '../../src/backend/types.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { PRE_NORM_ARCHITECTURE, NOTEBOOK_ARCHITECTURE } from '../../src/nn/presets.js';
import { crossEntropy } from '../../src/tensor/ops/cross-entropy.js';
import { Tape } from '../../src/tensor/tape.js';
import { trainModel } from '../../src/index.js';
import { relativeError } from '../support/goldens.js';
import { testRandom } from '../support/op-call.js';
import { bf16Reference, toBf16 } from '../support/bf16-reference.js';
import { compiledBackends } from '../support/backends.js';
import { changedByThreads, errors, exactResults, geluByMlp } from '../support/op-errors.js';
import { edgeCases, linearCase, mlpCase, muonCase, type OpCase } from '../support/op-cases.js';

/** Below, at and above the sizes of tiles (16), steps (32), and blocks (64, 128, 256). */
const cases: OpCase[] = [
  // No hidden layer of a GELU MLP is kept in bf16.
  ...edgeCases().filter(({ name }) => /^(linear|mlp|swigluMlp) (?!.*kept)/.test(name)),
  linearCase(33, 20, 60, true),
  linearCase(33, 33, 33, true),
  linearCase(65, 64, 96, true),
  linearCase(130, 360, 60, true),
  linearCase(1100, 33, 20, true),
  linearCase(129, 60, 1080, true),
  linearCase(34, 40, 50, true, 'gradX'),
  linearCase(34, 40, 50, true, 'gradWeight'),
  mlpCase(1, 20, 200),
  mlpCase(33, 20, 200),
  mlpCase(33, 30, 31),
  mlpCase(33, 60, 513),
  mlpCase(64, 32, 256),
  mlpCase(65, 128, 257),
  mlpCase(129, 48, 544),
  mlpCase(257, 33, 33),
];

/** Several chunks of hidden units in a group, several batches of rows: too much for plain formulas. */
const manyChunks: OpCase[] = [mlpCase(140, 30, 2000), mlpCase(40, 16, 4500), mlpCase(97, 130, 1030)];

const MATRICES = [
  [48, 144],
  [144, 48],
  [33, 70],
] as const;

/**
 * Linear layers only sum what is rounded already: as exact as in float32 (see contract.test.ts).
 *
 * In the MLP a hidden unit that is off by e (of itself) before it is rounded becomes the neighbouring bfloat16, off by
 * 2^-8, with a chance of e / 2^-8. The GELU made for bf16 has e up to 2^-14, so sums are off by up to 2^-8 · √(2^-6) ≈
 * 5e-4 of their typical size, and single elements by some of those neighbours at once. What rounding the operands
 * costs is 1.1e-3 for each, and a wrong rounding (truncation, or one that is left out) moves sums by 1e-3 to 2e-3.
 */
const EXACT = { typical: 1.5e-6, largest: 1e-5 };
const MLP = { typical: 7e-4, largest: 1e-2 };
// SwiGLU is of float32's accuracy: e is up to 2^-21, of gates, ups and the gradient that are multiplied, so that sums
// of a few hundred are off by 2^-8 · √(3 · 2^-13) ≈ 7e-5 of their typical size, and in the gradient, which rounds
// twice, by twice that.
const SWIGLU = { typical: 3e-4, largest: 1e-2 };

const exactly = exactResults({ ...portable, ...bf16Reference });

describe.each(compiledBackends())('$name backend in bf16', ({ take: takeIn }) => {
  const take = (threads = 2): Backend => takeIn(threads, 'bf16');

  for (const opCase of cases) {
    it(`computes what float64 does from rounded operands: ${opCase.name}`, () => {
      const backend = take();
      opCase.calls('float32').forEach((call, i) => {
        for (const [output, got] of call.run(backend)) {
          const label = `${call.op}.${output}`;
          const { typical, largest } = errors(got, exactly(opCase)[i]!.get(output)!);
          const bound = call.op.startsWith('mlp') ? MLP : call.op.startsWith('swiglu') ? SWIGLU : EXACT;
          // Of few elements, a single one may be off.
          expect(typical, label).toBeLessThanOrEqual(got.length < 100 ? bound.largest : bound.typical);
          expect(largest, label).toBeLessThanOrEqual(bound.largest);
        }
      });
    });
  }

  it('computes GELU to the accuracy of bfloat16', () => {
    const backend = take();
    const rows = 2000;
    const x = Float32Array.from({ length: rows }, (_, i) => toBf16(-7 + (14 * i) / (rows - 1)));
    const [out, gradX] = [geluByMlp(backend, x, 'mlp'), geluByMlp(backend, x, 'mlpGradient')];
    for (let i = 0; i < rows; i++) {
      const slope = (gelu(x[i]! + 1e-4) - gelu(x[i]! - 1e-4)) / 2e-4;
      for (const [got, expected] of [
        [out[i]!, gelu(x[i]!)],
        [gradX[i]!, slope],
      ] as const) {
        // Half a bfloat16, which is 2^-8 of the power of two below; the GELU's own error, beyond 5 too.
        const bound = (2 ** -8 + 2 ** -13) * Math.abs(expected) + 1e-5;
        expect(Math.abs(got - expected), `at ${x[i]!}`).toBeLessThanOrEqual(bound);
      }
    }
  });

  it('rounds operands to nearest, ties to even, and keeps infinities and NaN', () => {
    const backend = take();
    const rounded = (value: number) => {
      const out = new Float32Array(1);
      const [x, weight] = [Float32Array.of(value), Float32Array.of(1)];
      backend.linear({ rows: 1, inputs: 1, outputs: 1, x, weight, bias: undefined, out });
      return out[0]!;
    };
    const ulp = 2 ** -7;
    const nearest = [1 + ulp / 2, 1 + (3 * ulp) / 2, 1 + ulp * 0.49, -1 - ulp * 0.51].map(rounded);
    expect(nearest).toEqual([1, 1 + 2 * ulp, 1, -1 - ulp]);
    expect([0, -0, Infinity, -Infinity, NaN].map((x) => rounded(x))).toEqual([0, 0, Infinity, -Infinity, NaN]);
    expect(rounded(3.4e38)).toBe(Infinity); // beyond the largest bfloat16
    fc.assert(
      fc.property(fc.float({ noNaN: true, min: 2 ** -100 }), (x) => {
        expect(rounded(x)).toBe(toBf16(x));
      }),
      { seed: 5, numRuns: 300 },
    );
  });

  it('returns NaN for NaN inputs', () => {
    const backend = take();
    for (const opCase of [linearCase(7, 20, 9, true), mlpCase(7, 20, 60), mlpCase(40, 20, 60)]) {
      const call = opCase.calls('float32')[0]!;
      (call.args['x'] as Float32Array).fill(NaN);
      const [first] = call.run(backend).values();
      expect(first!.every(Number.isNaN), opCase.name).toBe(true);
    }
  });

  it.each([
    [[[1, 1]]],
    [[[48, 144]]],
    [[[144, 48]]],
    [[[104, 560]]],
    [[[33, 70]]],
    [[[5, 40]]],
    [[[130, 130]]],
  ] as const)('moves matrices nearly as Muon in float64 does: %j', (shapes) => {
    const [call] = muonCase(shapes).calls('float32');
    const start = (call!.args['parameters'] as FloatArray).slice();
    const kept = 1 - (call!.args['learningRate'] as number) * (call!.args['weightDecay'] as number);
    const moved = (parameters: FloatArray) => parameters.map((value, i) => value - kept * start[i]!);
    const exact = moved(exactly(muonCase(shapes))[0]!.get('parameters')!);
    const error = relativeError(moved(call!.run(take()).get('parameters')!), exact);
    // Each of the three products with X that are rounded is off by up to 2^-9 of its operands.
    expect(error).toBeLessThanOrEqual(0.02);
    if (call!.args['length'] !== 6) expect(error).toBeGreaterThan(1e-4); // it is rounded at all
  });

  it('computes the same bits on 1, 2, 3 and 4 threads', () => {
    expect(changedByThreads([...cases, ...manyChunks, muonCase(MATRICES)], take)).toEqual([]);
  });

  it.each([
    ['notebook', NOTEBOOK_ARCHITECTURE],
    ['modern', PRE_NORM_ARCHITECTURE],
  ])("computes a model's gradients as float32 does, to a few percent: %s", (_, architecture) => {
    const shape = { vocabulary: 29, contextLength: 60, dModel: 20, heads: 5, layers: 2, mlpRatio: 12 };
    const none = { embedding: 0, attention: 0, residual: 0 };
    const gradients = (backend: Backend) => {
      const model = new DecoderTransformer({ ...shape, ...architecture, dropout: none }, { seed: 7 });
      const random = testRandom(4);
      const text = () => Array.from({ length: random.integer(50) }, () => 1 + random.integer(27));
      const batch = packBatch(Array.from({ length: 9 }, text), shape, 'first');
      const tape = new Tape(backend);
      tape.begin({ training: true, dropout: { key0: 0, key1: 0, step: 0 } });
      const loss = crossEntropy(tape, model.forward(tape, batch), batch.targets).mean(batch.texts);
      loss.backward();
      return { gradients: model.parameters.gradients, nll: Float32Array.from(loss.nll) };
    };
    const [exact, rounded] = [gradients(takeIn(2)), gradients(take())];
    // Each operand is off by up to 2^-9 of itself, some of these errors pass through several layers.
    expect(relativeError(rounded.nll, exact.nll)).toBeLessThanOrEqual(0.01);
    const error = relativeError(rounded.gradients, exact.gradients);
    expect(error).toBeLessThanOrEqual(0.03);
    expect(error).toBeGreaterThan(1e-4); // it is rounded at all
  });
});

describe('a training in bf16', () => {
  it('reaches the validation NLL of one in f32', async () => {
    const corpus = gazette({ sizes: { train: 240, val: 32, test: 32 } });
    const shape = { dModel: 16, heads: 2, layers: 1, epochs: 6, batch: 12, learningRate: 0.015 };
    const nll = async (precision: 'f32' | 'bf16') => {
      const backend = compiledBackends()[0]!.take(2, precision);
      const { model } = await trainModel({ corpus, backend, ...shape });
      return model.evaluate(corpus.splits.val).nll;
    };
    const [f32, bf16] = [await nll('f32'), await nll('bf16')];
    expect(bf16).not.toBe(f32);
    // Other seeds end within about 2 % of each other.
    expect(Math.abs(bf16 / f32 - 1)).toBeLessThan(0.03);
  });
});
