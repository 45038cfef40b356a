/** Cases whose answer is known without computing it the same way again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gelu, geluGradient, normalCdf } from '../../src/backend/portable/gelu.js';
import { portable } from '../../src/backend/portable/index.js';
import { LAYER_NORM_EPSILON, NO_DROPOUT, type FloatArray } from '../../src/backend/types.js';
import { rotaryTable } from '../../src/nn/positions.js';
import { PRE_NORM_ARCHITECTURE } from '../../src/nn/presets.js';
import { ArgumentMaker, type OpCall } from '../support/op-call.js';
import { addCase, addLayerNormCase, embedCase } from '../support/op-cases.js';

const values = (array: ArrayLike<number>) => Array.from(array);
const of = (...numbers: readonly number[]) => Float64Array.from(numbers);

function expectClose(got: ArrayLike<number>, expected: readonly number[], tolerance = 1e-13): void {
  expect(got.length).toBe(expected.length);
  expected.forEach((x, i) => {
    expect(Math.abs(got[i]! - x), `element ${i}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(x)));
  });
}

describe('GELU', () => {
  // [x, Φ(x), Φ(x) + x·φ(x)] from the Taylor series of Φ with 120 decimal digits, rounded. ±2.83 and ±2.82 lie on both
  // sides of where the implementation changes from one series to the other.
  const table: [number, number, number][] = [
    [-10, 7.619853024160525e-24, -7.618400096464814e-22],
    [-8, 6.220960574271784e-16, -3.979607261086796e-14],
    [-6, 9.86587645037698e-10, -3.5468709453902015e-8],
    [-5, 2.866515718791939e-7, -7.146946001792295e-6],
    [-4, 3.1671241833119924e-5, -0.0005036496612264215],
    [-3, 0.0013498980316300946, -0.011945647204183927],
    [-2.83, 0.0023274002067315545, -0.018259263173978094],
    [-2.82, 0.0024011824741892516, -0.018700518048511926],
    [-2, 0.02275013194817921, -0.0852318010781969],
    [-1, 0.15865525393145705, -0.0833154705876863],
    [-0.5, 0.3085375387259869, 0.13250487534383715],
    [-0.001, 0.49960105778608893, 0.4992021157051586],
    [0, 0.5, 0.5],
    [0.001, 0.500398942213911, 0.5007978842948414],
    [0.25, 0.5987063256829237, 0.695373354883636],
    [1, 0.8413447460685429, 1.0833154705876864],
    [1.5, 0.9331927987311419, 1.1274691922299795],
    [2, 0.9772498680518208, 1.085231801078197],
    [3, 0.9986501019683699, 1.011945647204184],
    [5, 0.9999997133484281, 1.000007146946002],
    [8, 0.9999999999999993, 1.0000000000000397],
  ];

  it.each(table)('has its value, that of Φ and its derivative at %d', (x, cdf, derivative) => {
    // Relative, in the tails too; e^(−x²/2) magnifies the rounding of its exponent there.
    const bound = 1e-15 * (4 + x * x);
    expect(Math.abs(normalCdf(x) / cdf - 1)).toBeLessThanOrEqual(bound);
    expect(Math.abs(gelu(x) - x * cdf)).toBeLessThanOrEqual(bound * Math.abs(x * cdf));
    expect(Math.abs(geluGradient(x) / derivative - 1)).toBeLessThanOrEqual(bound);
  });

  it('is 0 and the identity far out', () => {
    expect(gelu(-50)).toBeCloseTo(0, 300);
    expect(gelu(50)).toBe(50);
  });
});

/** Attention of keys and queries as they are. */
const PLAIN = { keyWeight: undefined, queryWeight: undefined, table: undefined, dropout: NO_DROPOUT };

describe('attention', () => {
  it('copies the value of the first character, and ignores all later ones', () => {
    const [heads, headWidth, rows] = [2, 3, 5];
    const group = heads * headWidth;
    const qkv = new ArgumentMaker('float64', 1).floats(rows * 3 * group);
    const shape = { rows, heads, headWidth, offsets: Int32Array.of(0, rows), causal: true, ...PLAIN };
    const [out, changed] = [new Float64Array(rows * group), new Float64Array(rows * group)];
    portable.attention({ ...shape, qkv, out });
    expectClose(out.subarray(0, group), values(qkv.subarray(2 * group, 3 * group)));
    qkv.fill(9, 3 * 3 * group); // all of the rows from the fourth on
    portable.attention({ ...shape, qkv, out: changed });
    expect(values(changed.subarray(0, 3 * group))).toEqual(values(out.subarray(0, 3 * group)));
  });

  it('without the mask averages all values of a text where all keys are alike', () => {
    const [width, offsets] = [2, Int32Array.of(0, 3, 4)];
    const qkv = new Float64Array(4 * 3 * width).fill(1);
    for (let row = 0; row < 4; row++) qkv.set([row, -row], row * 3 * width + 2 * width);
    const out = new Float64Array(4 * width);
    portable.attention({ rows: 4, heads: 1, headWidth: width, offsets, causal: false, qkv, out, ...PLAIN });
    expectClose(out, [1, -1, 1, -1, 1, -1, 3, -3]);
  });
});

describe('rotary', () => {
  it('rotates pair c of a head by position · 10000^(−c / 3)', () => {
    const shape = { vocabulary: 3, contextLength: 40, dModel: 6, heads: 1, layers: 1, mlpRatio: 1 };
    const table = rotaryTable({ ...PRE_NORM_ARCHITECTURE, ...shape, positions: 'rotary' }, 'float64');
    const qkv = of(1, 1, 1, 0, 0, 0, ...new Float64Array(12));
    portable.rotary({ rows: 1, heads: 1, headWidth: 6, positions: Int32Array.of(5), table, qkv });
    const angles = [5, 5 / 10_000 ** (1 / 3), 5 / 10_000 ** (2 / 3)];
    expectClose(qkv.subarray(0, 6), [...angles.map(Math.cos), ...angles.map(Math.sin)]);
  });
});

describe('swigluMlp', () => {
  it('has silu(0) = 0, silu(ln 3) = ¾ ln 3, and far out 0 or the identity', () => {
    const gates = [0, Math.log(3), -Math.log(3), 800, -800];
    const ups = [7, 2, 2, 0.5, 3];
    // With an input of 1, the weights are the gates and the ups; and with a second layer of 1 the output is their sum.
    const [one, weight2] = [of(1), new Float64Array(5).fill(1)];
    const run = (kept: number) => {
      const gatesAndUps = new Float64Array(10);
      const out = new Float64Array(1);
      const second = weight2.map((x, i) => (i === kept ? x : 0));
      const weights = { weight1: of(...gates, ...ups), weight2: second };
      portable.swigluMlp({ rows: 1, width: 1, hidden: 5, x: one, ...weights, gatesAndUps, out });
      expectClose(gatesAndUps, [...gates, ...ups]);
      return out[0]!;
    };
    expectClose(
      gates.map((_, i) => run(i)),
      [0, 1.5 * Math.log(3), -0.5 * Math.log(3), 400, -0],
    );
  });
});

describe('queryKeyNorm', () => {
  it('of ±a is ±a / √(a² + ε) times the scale of keys or queries, and values stay', () => {
    const a = 0.01;
    const qkv = of(a, -a, -3, -3, 5, 6);
    const out = new Float64Array(6);
    const weights = { keyWeight: of(1, 2), queryWeight: of(3, 4), table: undefined, positions: undefined };
    portable.queryKeyNorm({ rows: 1, heads: 1, headWidth: 2, qkv, ...weights, out });
    const small = a / Math.sqrt(a * a + LAYER_NORM_EPSILON);
    const large = 3 / Math.sqrt(9 + LAYER_NORM_EPSILON);
    expectClose(out, [small, -2 * small, -3 * large, -4 * large, 5, 6]);
  });
});

describe('addLayerNorm', () => {
  it.each([0, 1e-3, 0.5, 1, 1000])('of ±%d is ±a / √(a² + ε)', (a) => {
    const out = new Float64Array(4);
    const shape = { rows: 2, width: 2, update: undefined, dropout: NO_DROPOUT };
    portable.addLayerNorm({ ...shape, x: of(4 + a, 4 - a, -a, a), weight: of(1, 3), bias: of(0, 0.5), out });
    const y = a / Math.sqrt(a * a + LAYER_NORM_EPSILON);
    expectClose(out, [y, 0.5 - 3 * y, -y, 0.5 + 3 * y], 1e-10);
  });
});

describe('dropout', () => {
  /** Five standard deviations of a binomial distribution around the share that `rate` drops. */
  const expectShare = (dropped: number, of: number, rate: number) =>
    expect(Math.abs(dropped - of * rate)).toBeLessThanOrEqual(5 * Math.sqrt(of * rate * (1 - rate)));
  const changed = (a: ArrayLike<number>, b: ArrayLike<number>) => values(a).map((x, i) => x !== b[i]);

  it.each([0.001, 0.1, 0.5, 0.93])('drops embeddings, updates and attention weights at the rate %d', (rate) => {
    const [embed] = embedCase(97, 33, rate, false).calls('float64') as [OpCall];
    const embedded = values(embed.run(portable).get('out')!);
    expectShare(embedded.filter((x) => x === 0).length, 97 * 33, rate);
    const [add] = addCase(5001, rate).calls('float64') as [OpCall];
    const out = add.run(portable).get('out')!;
    const [x, update] = [add.args['x'], add.args['update']] as [FloatArray, FloatArray];
    const kept = changed(out, x);
    expectShare(kept.filter((each) => !each).length, kept.length, rate);
    kept.forEach((each, i) => {
      // Which keeps the mean: 16 bits decide.
      if (each) expect(out[i]).toBeCloseTo(x[i]! + update[i]! / (1 - Math.round(rate * 2 ** 16) / 2 ** 16), 12);
    });
    const gradient = addLayerNormCase(65, 31, rate).calls('float64')[1]!;
    const start = (gradient.args['gradUpdate'] as FloatArray).slice();
    const added = changed(gradient.run(portable).get('gradUpdate')!, start);
    expectShare(added.filter((each) => !each).length, added.length, rate);
    // Values are unit vectors, so that out[i] is the row of weights itself; queries are 0: weights 1 / (i + 1).
    const [length, heads] = [33, 3];
    const qkv = new Float64Array(length * 3 * heads * length);
    for (let row = 0; row < length; row++)
      for (let head = 0; head < heads; head++) qkv[((row * 3 + 2) * heads + head) * length + row] = 1;
    const weights = new Float64Array(length * heads * length);
    const offsets = Int32Array.of(0, length);
    const shape = { rows: length, heads, headWidth: length, offsets, causal: true };
    const dropout = { rate, key0: 1, key1: 2, site: 3 };
    portable.attention({ ...shape, ...PLAIN, qkv, dropout, out: weights });
    const pairs = (heads * length * (length + 1)) / 2;
    expectShare(pairs - weights.filter((weight) => weight !== 0).length, pairs, rate);
  });

  it('drops each of four neighbours, which share random bits, as often, and independently of the others', () => {
    const [rate, blocks] = [0.25, 20_000];
    const mask = new Float64Array(4 * blocks);
    const ones = new Float64Array(mask.length).fill(1);
    const [length, x] = [mask.length, new Float64Array(mask.length)];
    portable.add({ length, x, update: ones, dropout: { rate, key0: 5, key1: 6, site: 7 }, out: mask });
    const isDropped = (block: number, at: number) => mask[4 * block + at] === 0;
    for (let at = 0; at < 4; at++) {
      const count = (matches: (block: number) => boolean) => ones.slice(0, blocks).filter((_, b) => matches(b)).length;
      expectShare(
        count((block) => isDropped(block, at)),
        blocks,
        rate,
      );
      for (let other = 0; other < at; other++) {
        const both = count((block) => isDropped(block, at) && isDropped(block, other));
        expectShare(both, blocks, rate ** 2);
      }
    }
  });

  it('leaves something however high the rate', () => {
    const [length, out] = [1 << 20, new Float64Array(1 << 20)];
    const [x, update] = [new Float64Array(length), new Float64Array(length).fill(1)];
    portable.add({ length, x, update, dropout: { rate: 1 - 1e-9, key0: 1, key1: 2, site: 3 }, out });
    const kept = [...out.filter((y) => y !== 0)];
    expect(new Set(kept)).toEqual(new Set([2 ** 16]));
  });

  it('drops other elements at another site, with another key and not at all at rate 0', () => {
    const masks = [{}, { key0: 9 }, { key1: 9 }, { site: 6 }, { rate: 0 }].map((change) => {
      const out = new Float64Array(64);
      const [x, update] = [new Float64Array(64), new Float64Array(64).fill(1)];
      portable.add({ length: 64, x, update, dropout: { rate: 0.5, key0: 3, key1: 4, site: 5, ...change }, out });
      return out.join();
    });
    expect(new Set(masks).size).toBe(masks.length);
    expect(masks.at(-1)).toBe(new Array(64).fill(1).join());
  });
});

describe('the loss', () => {
  const vector = fc.array(fc.double({ min: -60, max: 60, noNaN: true }), { minLength: 2, maxLength: 40 });

  it('has probabilities that sum to one at any temperature, whatever is added to all logits', () => {
    fc.assert(
      fc.property(vector, fc.double({ min: 0.01, max: 5, noNaN: true }), (logits, temperature) => {
        const vocabulary = logits.length;
        const run = (shift: number) => {
          const out = new Float64Array(vocabulary);
          const moved = Float64Array.from(logits, (x) => x + shift);
          portable.logSoftmax({ rows: 1, vocabulary, logits: moved, temperature, out });
          return out;
        };
        const out = run(0);
        expect(Math.abs(out.reduce((sum, x) => sum + Math.exp(x), 0) - 1)).toBeLessThanOrEqual(1e-11);
        // 1e-16 · 160 / 0.01: the rounding of the shifted logits
        expectClose(run(100), values(out), 1e-11);
      }),
      { seed: 2, numRuns: 50 },
    );
  });

  it('is log V for equal logits, of which the first counts as the largest', () => {
    const [rows, vocabulary] = [2, 29];
    const logits = new Float64Array(rows * vocabulary).fill(3.25);
    const targets = Int32Array.of(0, 7);
    const nll = new Float64Array(rows);
    const correct = new Float64Array(rows);
    portable.crossEntropy({ rows, vocabulary, logits, targets, nll, correct });
    expectClose(nll, [Math.log(29), Math.log(29)]);
    expect(values(correct)).toEqual([1, 0]);
  });

  it('is finite for logits of thousands', () => {
    const nll = new Float64Array(1);
    const logits = of(-5000, 5000);
    portable.crossEntropy({ rows: 1, vocabulary: 2, logits, targets: Int32Array.of(0), nll, correct: nll.slice() });
    expect(nll[0]).toBe(10_000);
  });
});

describe('adamW', () => {
  const HYPERPARAMETERS = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  /** Updates parameters with the same gradients at every step; the first two are decayed. */
  const updateOf = (parameters: Float64Array, gradients: Float64Array, gradientScale = 1) => {
    const { length } = parameters;
    const moments = { firstMoments: new Float64Array(length), secondMoments: new Float64Array(length) };
    const segments = { segmentEnds: Int32Array.of(2, length), segmentDecay: of(0.1, 0) };
    const args = { length, parameters, gradients, ...moments, ...segments, ...HYPERPARAMETERS, gradientScale };
    return (step: number) => portable.adamW({ ...args, step });
  };

  it('moves each parameter by the learning rate against the sign of its gradient, after decay', () => {
    const parameters = of(1, -2, 3, 0.5);
    const update = updateOf(parameters, of(0.3, -4, 1e-2, 0));
    update(1);
    // The first moment over the root of the second is g/|g|, but for epsilon.
    const first = [1 * 0.999 - 0.01, -2 * 0.999 + 0.01, 3 - 0.01, 0.5];
    expectClose(parameters, first, 1e-7);
    // and with the same gradient again, it is so at every step, by the bias correction.
    update(2);
    update(3);
    expectClose(
      parameters,
      [first[0]! * 0.999 ** 2 - 0.01 * (0.999 + 1), first[1]! * 0.999 ** 2 + 0.01 * (0.999 + 1), 2.97, 0.5],
      1e-7,
    );
  });

  it('clips by scaling the gradients, for its moments too', () => {
    const whole = of(1, 2, 3);
    const scaled = whole.slice();
    const gradients = of(0.5, -0.25, 8);
    updateOf(
      scaled,
      gradients.map((g) => g * 1e-6),
    )(1);
    updateOf(whole, gradients, 1e-6)(1);
    expectClose(whole, values(scaled));
    // Small enough for epsilon to count: lr · g / (|g| + ε)
    expectClose([3 - whole[2]!], [(0.01 * 8e-6) / (8e-6 + 1e-8)]);
  });
});
