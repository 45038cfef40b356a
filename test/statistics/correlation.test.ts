import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlate, meanRanks, pearson, spearman, type EpochMetrics } from '../../src/statistics/correlation.js';
import { Random } from '../../src/random.js';
import { errorOf } from '../support/error-of.js';

// Of numbers so small that halving them loses digits, or gives 0, the units would matter.
const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => (Math.abs(x) < 1e-290 ? 0 : x));
const pairs = fc.array(fc.tuple(value, value), { minLength: 3, maxLength: 40 });
const split = (both: [number, number][]) => [both.map(([x]) => x), both.map(([, y]) => y)] as const;

describe('pearson', () => {
  it('matches examples worked by hand and Anscombe’s', () => {
    // x̄ = 3, ȳ = 4: Σuv = 8, Σu² = 10, Σv² = 10.
    expect(pearson([1, 2, 3, 4, 5], [2, 4, 3, 5, 6])).toBeCloseTo(0.9, 12);
    // Anscombe's first and fourth set, which share a correlation of 0.816 and nothing else.
    const x1 = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5];
    const y1 = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68];
    const x4 = [8, 8, 8, 8, 8, 8, 8, 19, 8, 8, 8];
    const y4 = [6.58, 5.76, 7.71, 8.84, 8.47, 7.04, 5.25, 12.5, 5.56, 7.91, 6.89];
    expect(pearson(x1, y1)).toBeCloseTo(0.81642, 5);
    expect(pearson(x4, y4)).toBeCloseTo(0.81652, 5);
  });

  it('is ±1 for straight lines', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 2 }), fc.constantFrom(-3, 0.1, 2), (xs, slope) => {
        const ys = xs.map((x) => slope * x + 7);
        expect(pearson(xs, ys)).toBeCloseTo(Math.sign(slope), 6);
        expect(Math.abs(pearson(xs, ys))).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is symmetric and does not depend on units', () => {
    fc.assert(
      fc.property(pairs, (both) => {
        const [xs, ys] = split(both);
        const r = pearson(xs, ys);
        const turned = pearson(ys, xs);
        const scaled = pearson(
          xs.map((x) => x * 4),
          ys.map((y) => y * -0.5),
        );
        // Undefined stays undefined: of a constant series, say.
        if (Number.isNaN(r)) expect([turned, scaled]).toEqual([NaN, NaN]);
        else {
          expect(turned).toBeCloseTo(r, 12);
          expect(scaled).toBeCloseTo(-r, 12);
        }
      }),
    );
  });

  it('is NaN for constant, short and non-finite series, as Spearman’s is', () => {
    const rising = [1, 2, 3];
    for (const xs of [[0.1, 0.1, 0.1], [5], [], [1, NaN, 3], [1, 2, Infinity]]) {
      expect(pearson(xs, rising.slice(0, xs.length))).toBeNaN();
      expect(spearman(rising.slice(0, xs.length), xs)).toBeNaN();
    }
    expect(errorOf(() => pearson([1, 2], [1])).code).toBe('INTERNAL');
  });

  it('does not overflow for very large and small values', () => {
    expect(pearson([1e200, 2e200, 3e200], [1e-200, 2e-200, 3e-200])).toBeCloseTo(1, 12);
  });
});

describe('spearman', () => {
  it('gives ties the mean of their ranks', () => {
    expect(meanRanks([10, 30, 20, 20])).toEqual([1, 4, 2.5, 2.5]);
    expect(meanRanks([5, 5, 5])).toEqual([2, 2, 2]);
    expect(meanRanks([])).toEqual([]);
  });

  it('is 1 − 6 Σd² / (n (n² − 1)) without ties', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 2, maxLength: 30 }), fc.nat(), (xs, seed) => {
        const n = xs.length;
        const ys = [...new Random(seed, 'test').permutation(n)];
        const [rx, ry] = [meanRanks(xs), meanRanks(ys)];
        const squares = rx.reduce((sum, rank, i) => sum + (rank - ry[i]!) ** 2, 0);
        expect(spearman(xs, ys)).toBeCloseTo(1 - (6 * squares) / (n * (n * n - 1)), 10);
      }),
    );
  });
});

/** A training curve: NLL falls, top-1 rises with it, each with noise of its own. */
function curve(epochs: number, from: number, seed: number): EpochMetrics[] {
  const random = new Random(seed, 'test');
  return Array.from({ length: epochs }, (_, i) => {
    const valNll = from + 30 * Math.exp(-i / 8) + random.normal() * 0.3;
    return { valNll, valTop1: 1.1 - valNll / 300 + random.normal() * 0.002 };
  });
}

const nll = (metrics: EpochMetrics[]) => metrics.map(({ valNll }) => valNll);
const top1 = (metrics: EpochMetrics[]) => metrics.map(({ valTop1 }) => valTop1);

describe('correlate', () => {
  const a = curve(40, 90, 1);
  const b = curve(25, 95, 2);
  const found = correlate([
    { name: '87k', metrics: a },
    { name: '557k', metrics: b },
  ]);

  it('gives each model its correlations, within their interval', () => {
    const [first, second] = found.models;
    expect(first).toMatchObject({ name: '87k', epochs: 40, leftOut: 0 });
    expect(first!.pearson).toBe(pearson(nll(a), top1(a)));
    expect(second!.spearman).toBe(spearman(nll(b), top1(b)));
    for (const { pearson: r, interval } of [...found.models, found.pooled]) {
      expect(r).toBeLessThan(-0.9);
      expect(interval.low).toBeLessThanOrEqual(r);
      expect(interval.high).toBeGreaterThanOrEqual(r);
      expect(interval).toMatchObject({ level: 0.95, resamples: 2000, undefinedResamples: 0 });
    }
  });

  it('pools the epochs of all models', () => {
    expect(found.pooled.epochs).toBe(65);
    expect(found.pooled.pearson).toBe(pearson([...nll(a), ...nll(b)], [...top1(a), ...top1(b)]));
  });

  it('separates the correlation within models from that between them', () => {
    // Within each, NLL and top-1 fall together; but the model with the higher NLL has the lower top-1.
    const line = (base: number, height: number) =>
      [0, 1, 2, 3].map((i) => ({ valNll: base + i, valTop1: height + i / 100 }));
    const { pooled } = correlate([
      { name: 'good', metrics: line(80, 0.9) },
      { name: 'bad', metrics: line(160, 0.6) },
    ]);
    expect(pooled.pearson).toBeLessThan(-0.9);
    expect(pooled.withinModels).toBeCloseTo(1, 10);
  });

  it('leaves out and counts epochs that are not finite', () => {
    const broken = [...a, { valNll: NaN, valTop1: 0.5 }, { valNll: Infinity, valTop1: NaN }];
    const { models, pooled } = correlate([{ name: '87k', metrics: broken }]);
    expect(models[0]).toMatchObject({ epochs: 40, leftOut: 2, pearson: pearson(nll(a), top1(a)) });
    expect(pooled.leftOut).toBe(2);
  });

  it('is NaN for a constant curve, a single epoch and none', () => {
    const flat = Array.from({ length: 9 }, (_, i) => ({ valNll: 166 - i, valTop1: 0.1 }));
    for (const metrics of [flat, a.slice(0, 1), []]) {
      const { models, pooled } = correlate([{ name: 'any', metrics }]);
      expect(models[0]).toMatchObject({ pearson: NaN, spearman: NaN, epochs: metrics.length });
      expect(models[0]!.interval.low).toBeNaN();
      expect(pooled).toMatchObject({ pearson: NaN, withinModels: NaN });
    }
    expect(correlate([])).toMatchObject({ models: [], pooled: { epochs: 0, pearson: NaN } });
  });

  it('gives the same intervals for the same seed, whatever models follow', () => {
    expect(correlate([{ name: '87k', metrics: a }]).models[0]).toEqual(found.models[0]);
    expect(correlate([{ name: '87k', metrics: a }], { seed: 1 }).models[0]).not.toEqual(found.models[0]);
  });
});
