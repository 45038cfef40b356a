import { describe, expect, it } from 'vitest';
import { correlate, pearson, spearman, type EpochMetrics } from '../../src/statistics/correlation.js';
import { Random } from '../../src/random.js';

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
