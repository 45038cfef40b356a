/** Cases whose answer is known without computing it the same way again. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gelu, geluGradient, normalCdf } from '../../src/backend/portable/gelu.js';
import { portable } from '../../src/backend/portable/index.js';
import { LAYER_NORM_EPSILON, NO_DROPOUT, type FloatArray } from '../../src/backend/types.js';
import { rotaryTable } from '../../src/nn/positions.js';
import { PRE_NORM_ARCHITECTURE } from '../../src/nn/presets.js';
import { ArgumentMaker } from '../support/op-call.js';

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

describe('attention', () => {
  const make = new ArgumentMaker('float64', 1);
  const [heads, headWidth, length] = [2, 3, 5];
  const group = heads * headWidth;
  const offsets = Int32Array.of(0, length);
  const shared = { rows: length, heads, headWidth, offsets, dropout: NO_DROPOUT };

  it('averages the values so far when all queries are 0', () => {
    const qkv = make.floats(length * 3 * group);
    for (let r = 0; r < length; r++) qkv.fill(0, (3 * r + 1) * group, (3 * r + 2) * group);
    const out = new Float64Array(length * group);
    portable.attention({ ...shared, qkv, out });
    for (let r = 0; r < length; r++) {
      const mean = new Array<number>(group).fill(0);
      for (let j = 0; j <= r; j++) mean.forEach((_, c) => (mean[c]! += qkv[(3 * j + 2) * group + c]! / (r + 1)));
      expectClose(out.subarray(r * group, (r + 1) * group), mean);
    }
  });

  it('copies the value of the first character, and ignores all later ones', () => {
    const qkv = make.floats(length * 3 * group);
    const out = new Float64Array(length * group);
    const changed = new Float64Array(length * group);
    portable.attention({ ...shared, qkv, out });
    expectClose(out.subarray(0, group), values(qkv.subarray(2 * group, 3 * group)));
    qkv.fill(9, 3 * 3 * group); // all of the rows from the fourth on
    portable.attention({ ...shared, qkv, out: changed });
    expect(values(changed.subarray(0, 3 * group))).toEqual(values(out.subarray(0, 3 * group)));
  });

  it('finds the one key that matches a query', () => {
    // Keys are orthogonal and long: the softmax is 1 at the key that equals the query, to e^−100.
    const qkv = new Float64Array(3 * 9);
    for (let r = 0; r < 3; r++) {
      qkv[r * 9 + r] = 20 * Math.sqrt(3); // key
      qkv[r * 9 + 3 + [0, 0, 1][r]!] = 20; // query: rows 0 and 1 ask for row 0, row 2 for row 1
      qkv[r * 9 + 6] = 7 * r + 1; // value
    }
    const out = new Float64Array(9);
    portable.attention({ ...shared, rows: 3, heads: 1, offsets: Int32Array.of(0, 3), qkv, out });
    expectClose([out[0]!, out[3]!, out[6]!], [1, 1, 8]);
  });
});

describe('rotary positions', () => {
  const [heads, headWidth, contextLength] = [1, 6, 40];
  const shape = { vocabulary: 3, contextLength, dModel: 6, heads, layers: 1, mlpRatio: 1 };
  const table = rotaryTable({ ...PRE_NORM_ARCHITECTURE, ...shape, positions: 'rotary' }, 'float64');
  /** Key, query and value of one row, rotated. */
  const rotated = (qkv: FloatArray, position: number) => {
    const copy = qkv.slice();
    portable.rotary({ rows: 1, heads, headWidth, positions: Int32Array.of(position), table, qkv: copy });
    return copy;
  };
  const dot = (x: FloatArray, y: FloatArray) => Array.from(x).reduce((sum, value, i) => sum + value * y[i]!, 0);

  it('change nothing at position 0, no lengths and no values', () => {
    const qkv = new ArgumentMaker('float64', 9).floats(3 * headWidth);
    expect(rotated(qkv, 0)).toEqual(qkv.slice());
    const far = rotated(qkv, 17);
    for (const at of [0, headWidth]) {
      const part = (x: FloatArray) => x.subarray(at, at + headWidth);
      expectClose([dot(part(far), part(far))], [dot(part(qkv), part(qkv))]);
      expect(part(far)).not.toEqual(part(qkv));
    }
    expect(far.subarray(2 * headWidth)).toEqual(qkv.slice(2 * headWidth));
  });

  it('make the product of query and key a function of their distance', () => {
    const qkv = new ArgumentMaker('float64', 10).floats(3 * headWidth);
    const product = (query: number, key: number) =>
      dot(rotated(qkv, query).subarray(headWidth, 2 * headWidth), rotated(qkv, key).subarray(0, headWidth));
    const near = product(9, 4);
    for (const shift of [1, 5, 30]) expectClose([product(9 + shift, 4 + shift)], [near], 1e-12);
    expect(Math.abs(product(10, 4) - near)).toBeGreaterThan(1e-3);
  });

  it('rotate pair c by position · 10000^(−c / 3)', () => {
    const qkv = of(1, 1, 1, 0, 0, 0, ...new Float64Array(12));
    const angles = [5, 5 / 10_000 ** (1 / 3), 5 / 10_000 ** (2 / 3)];
    expectClose(rotated(qkv, 5).subarray(0, 6), [...angles.map(Math.cos), ...angles.map(Math.sin)]);
  });
});

describe('swiglu', () => {
  it('has silu(0) = 0, silu(ln 3) = ¾ ln 3, and far out 0 or the identity', () => {
    const gates = [0, Math.log(3), -Math.log(3), 800, -800];
    const ups = [7, 2, 2, 0.5, 3];
    const out = new Float64Array(5);
    const x = of(...gates, ...ups);
    portable.swiglu({ rows: 1, hidden: 5, x, out });
    expectClose(out, [0, 1.5 * Math.log(3), -0.5 * Math.log(3), 400, -0]);
  });
});

describe('queryKeyNorm', () => {
  it('of ±a is ±a / √(a² + ε) times the scale of keys or queries, and values stay', () => {
    const a = 0.01;
    const qkv = of(a, -a, -3, -3, 5, 6);
    const out = new Float64Array(6);
    const weights = { keyWeight: of(1, 2), queryWeight: of(3, 4) };
    portable.queryKeyNorm({ rows: 1, heads: 1, headWidth: 2, qkv, ...weights, out });
    const small = a / Math.sqrt(a * a + LAYER_NORM_EPSILON);
    const large = 3 / Math.sqrt(9 + LAYER_NORM_EPSILON);
    expectClose(out, [small, -2 * small, -3 * large, -4 * large, 5, 6]);
  });
});

describe('addLayerNorm', () => {
  const layerNorm = (x: readonly number[], weight: readonly number[], bias: readonly number[]) => {
    const out = new Float64Array(x.length);
    const [rows, width] = [x.length / weight.length, weight.length];
    const plain = { rows, width, x: of(...x), update: undefined, dropout: NO_DROPOUT };
    portable.addLayerNorm({ ...plain, weight: of(...weight), bias: of(...bias), out });
    return out;
  };

  it('is the bias for a constant row', () => {
    expectClose(layerNorm([3, 3, 3, -8, -8, -8], [2, 5, 7], [1, 2, 3]), [1, 2, 3, 1, 2, 3]);
  });

  it('of ±a is ±a / √(a² + ε)', () => {
    for (const a of [1e-3, 0.5, 1, 1000]) {
      const y = a / Math.sqrt(a * a + LAYER_NORM_EPSILON);
      expectClose(layerNorm([4 + a, 4 - a], [1, 3], [0, 0.5]), [y, 0.5 - 3 * y], 1e-10);
    }
  });
});

describe('linear and mlp', () => {
  it('compute a product worked by hand', () => {
    const out = new Float64Array(4);
    const [x, weight, bias] = [of(1, 2, 3, 4, 5, 6), of(1, 0, -1, 2, 1, 0), of(10, 20)];
    portable.linear({ rows: 2, inputs: 3, outputs: 2, x, weight, bias, out });
    expect(values(out)).toEqual([8, 24, 8, 33]);
  });

  it('give W2 gelu(b1) + b2 when the first weight is 0', () => {
    const out = new Float64Array(2);
    const first = { x: of(1, 2), weight1: new Float64Array(6), bias1: of(0, 1, -2) };
    const second = { weight2: of(5, 1, 0, 5, 0, 1), bias2: of(1, 2) };
    portable.mlp({ rows: 1, width: 2, hidden: 3, ...first, ...second, out });
    expectClose(out, [1 + 0.8413447460685429, 2 - 2 * 0.02275013194817921], 1e-14);
  });
});

describe('embed', () => {
  it('adds the rows of token and position, and gives each the sum of its gradients', () => {
    const tokens = Int32Array.of(2, 0, 2);
    const positions = Int32Array.of(0, 1, 1);
    const shared = { rows: 3, width: 2, tokens, positions, dropout: NO_DROPOUT };
    const out = new Float64Array(6);
    const tokenTable = of(1, 2, 3, 4, 5, 6);
    portable.embed({ ...shared, tokenTable, positionTable: of(10, 20, 30, 40), out });
    expect(values(out)).toEqual([15, 26, 31, 42, 35, 46]);
    const gradTokenTable = new Float64Array(6);
    const gradPositionTable = new Float64Array(4);
    const gradOut = of(1, 2, 4, 8, 16, 32);
    portable.embedGradient({ ...shared, gradOut, gradTokenTable, gradPositionTable });
    expect(values(gradTokenTable)).toEqual([4, 8, 0, 0, 17, 34]);
    expect(values(gradPositionTable)).toEqual([1, 2, 20, 40]);
  });
});

describe('dropout', () => {
  /** What is left of so many ones. */
  const left = (length: number, change: object) => {
    const out = new Float64Array(length);
    const [x, update] = [new Float64Array(length), new Float64Array(length).fill(1)];
    portable.add({ length, x, update, dropout: { rate: 0.5, key0: 3, key1: 4, site: 5, ...change }, out });
    return out;
  };

  it('keeps the mean: what is kept is divided by the probability of keeping it', () => {
    const out = left(40_000, { rate: 0.2 });
    expect([...new Set(out)].sort()).toEqual([0, 1.25]);
    const mean = out.reduce((sum, x) => sum + x, 0) / out.length;
    expect(Math.abs(mean - 1)).toBeLessThanOrEqual((5 * 0.5) / Math.sqrt(out.length)); // five standard deviations
  });

  it('drops other elements at another site, with another key and not at all at rate 0', () => {
    const masks = [{}, { key0: 9 }, { key1: 9 }, { site: 6 }, { rate: 0 }].map((change) => left(64, change).join());
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

  it('is log V for equal logits, with the gradient 1/V − target', () => {
    const [rows, vocabulary] = [2, 29];
    const logits = new Float64Array(rows * vocabulary).fill(3.25);
    const targets = Int32Array.of(0, 7);
    const nll = new Float64Array(rows);
    const correct = new Float64Array(rows);
    portable.crossEntropy({ rows, vocabulary, logits, targets, nll, correct });
    expectClose(nll, [Math.log(29), Math.log(29)]);
    expect(values(correct)).toEqual([1, 0]); // of equal logits, the first counts as the largest
    const gradLogits = new Float64Array(rows * vocabulary);
    const hard = { softShare: 0, soft: undefined };
    portable.crossEntropyGradient({ rows, vocabulary, logits, targets, scale: 2, ...hard, gradLogits });
    const expected = Array.from(gradLogits, (_, i) => 2 / 29 - (i === 0 || i === 29 + 7 ? 2 : 0));
    expectClose(gradLogits, expected);
  });

  it('has no gradient where the model predicts the soft targets q, and 1/V − q for equal logits', () => {
    const [rows, vocabulary, share] = [1, 4, 0.3];
    const targets = Int32Array.of(2);
    const gradient = (logits: Float64Array, softShare: number, soft?: Float64Array) => {
      const gradLogits = new Float64Array(vocabulary);
      portable.crossEntropyGradient({ rows, vocabulary, logits, targets, scale: 2, softShare, soft, gradLogits });
      return gradLogits;
    };
    const teacher = of(0.5, 0.25, 0.125, 0.125);
    const log = (q: number[]) => Float64Array.from(q, Math.log);
    // Label smoothing of PyTorch: 1 − ε + ε/V on the target, ε/V on the others
    expectClose(gradient(log([0.075, 0.075, 0.775, 0.075]), share), [0, 0, 0, 0]);
    expectClose(gradient(log([0.15, 0.075, 0.7375, 0.0375]), share, teacher), [0, 0, 0, 0]);
    expectClose(gradient(log([...teacher]), 1, teacher), [0, 0, 0, 0]);
    const equal = new Float64Array(vocabulary);
    expectClose(gradient(equal, share), [0.35, 0.35, -1.05, 0.35]); // 2 · (0.25 − 0.075), 2 · (0.25 − 0.775)
    expectClose(gradient(equal, share, teacher), [0.2, 0.35, -0.975, 0.425]);
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
