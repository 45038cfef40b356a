import { describe, expect, it } from 'vitest';
import { mean, meanInterval, median, quantileOfSorted, standardDeviation } from '../../src/statistics/mean-interval.js';
import { Random } from '../../src/random.js';

describe('moments', () => {
  it('are those of a hand-worked example', () => {
    const values = [2, 4, 4, 4, 5, 5, 7, 9];
    expect(mean(values)).toBe(5);
    expect(standardDeviation(values)).toBeCloseTo(Math.sqrt(32 / 7), 14);
    expect(median(values)).toBe(4.5);
    expect(median([3, 1, 2])).toBe(2);
    expect(quantileOfSorted([0, 10, 20], 0.75)).toBe(15);
  });

  it('say NaN where there is nothing to say', () => {
    expect(mean([])).toBeNaN();
    expect(median([])).toBeNaN();
    expect(median([1, NaN])).toBeNaN();
    expect(standardDeviation([])).toBeNaN();
    expect(standardDeviation([3])).toBeNaN();
    // 0.1 has no exact mean in binary, and yet there is no spread.
    expect(standardDeviation([0.1, 0.1, 0.1])).toBe(0);
  });
});

describe('meanInterval', () => {
  it('is mean ± t s / √n', () => {
    const { low, high, ...rest } = meanInterval([1, 2, 3]);
    expect(rest).toEqual({
      mean: 2,
      level: 0.95,
      count: 3,
      standardDeviation: 1,
      standardError: 1 / Math.sqrt(3),
    });
    expect(low).toBeCloseTo(2 - 4.3026527 / Math.sqrt(3), 6);
    expect(high).toBeCloseTo(2 + 4.3026527 / Math.sqrt(3), 6);
  });

  it('knows no spread of one value, none of equal ones, and nothing of none', () => {
    expect(meanInterval([5])).toMatchObject({
      mean: 5,
      low: NaN,
      high: NaN,
      standardDeviation: NaN,
      count: 1,
    });
    expect(meanInterval([5, 5])).toMatchObject({ mean: 5, low: 5, high: 5, standardDeviation: 0 });
    expect(meanInterval([])).toMatchObject({ mean: NaN, low: NaN, high: NaN, count: 0 });
  });

  it.each([2, 3, 5])('covers the true mean as often as it says, with %d values', (n) => {
    const random = new Random(n, 'test');
    const trials = 4000;
    let covered = 0;
    for (let i = 0; i < trials; i++) {
      const { low, high } = meanInterval(
        Array.from({ length: n }, () => 90 + 2 * random.normal()),
        0.9,
      );
      if (low <= 90 && 90 <= high) covered++;
    }
    // Four standard errors of a share of 0.9.
    expect(Math.abs(covered / trials - 0.9)).toBeLessThan(4 * Math.sqrt(0.09 / trials));
  });
});
