import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { bootstrap } from '../../src/statistics/bootstrap.js';
import { compareGroups } from '../../src/statistics/compare-groups.js';
import { correlate } from '../../src/statistics/correlation.js';
import { mean, meanInterval, median, standardDeviation } from '../../src/statistics/mean-interval.js';

describe('mean, median and standard deviation', () => {
  it('match an example worked by hand', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(median(values)).toBe(4.5);
    expect(median([3, 1, 2])).toBe(2);
  });

  it('are NaN for too few values or a NaN among them', () => {
    expect(mean([])).toBeNaN();
    expect(median([])).toBeNaN();
    expect(median([1, NaN])).toBeNaN();
    expect(standardDeviation([])).toBeNaN();
    expect(standardDeviation([3])).toBeNaN();
    expect(standardDeviation([1, 2, NaN])).toBeNaN();
    // 0.1 has no exact mean in binary, and yet there is no spread.
    expect(standardDeviation([0.1, 0.1, 0.1])).toBe(0);
  });
});

describe('meanInterval', () => {
  it('is mean ± t s / √n', () => {
    const { low, high, ...rest } = meanInterval([1, 2, 3]);
    expect(rest).toEqual({ mean: 2, level: 0.95, count: 3, standardDeviation: 1, standardError: 1 / Math.sqrt(3) });
    expect(low).toBeCloseTo(2 - 4.3026527 / Math.sqrt(3), 6);
    expect(high).toBeCloseTo(2 + 4.3026527 / Math.sqrt(3), 6);
  });

  it('has no ends for one value, no width for equal ones, and is NaN for none', () => {
    expect(meanInterval([5])).toMatchObject({ mean: 5, low: NaN, high: NaN, standardDeviation: NaN, count: 1 });
    expect(meanInterval([5, 5])).toMatchObject({ mean: 5, low: 5, high: 5, standardDeviation: 0 });
    expect(meanInterval([])).toMatchObject({ mean: NaN, low: NaN, high: NaN, count: 0 });
    expect(meanInterval([NaN, 1, 2])).toMatchObject({
      mean: NaN,
      low: NaN,
      standardDeviation: NaN,
      standardError: NaN,
    });
  });

  it.each([95, 1, 0, -1, NaN])('refuses the level %d, as all intervals do', (level) => {
    const [first, second] = [
      { name: 'a', values: [1, 2] },
      { name: 'b', values: [3, 5] },
    ];
    const error = { code: 'BAD_OPTION', message: `expected a level between 0 and 1, got ${level}` };
    for (const use of [
      () => meanInterval([1, 2], level),
      () => compareGroups(first, second, { level }),
      () => correlate([{ name: 'a', metrics: [] }], { level }),
      () => bootstrap(2, ([one]) => one!, { level, random: new Random(0, 'bootstrap') }),
    ])
      expect(use).toThrow(expect.objectContaining(error));
  });
});
