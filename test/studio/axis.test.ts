import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logTicks, rangeOf, tickLabel } from '../../web/parts/axis.js';

describe('a logarithmic axis', () => {
  it('has a few round ticks within it, whatever its ends', () => {
    const ends = fc.tuple(
      fc.double({ min: -12, max: 6, noNaN: true }),
      fc.double({ min: 0.005, max: 12, noNaN: true }),
    );
    fc.assert(
      fc.property(ends, ([power, decades]) => {
        const [min, max] = [10 ** power, 10 ** (power + decades)];
        const found = logTicks(min, max);
        expect(found.length).toBeGreaterThanOrEqual(1);
        expect(found.length).toBeLessThanOrEqual(12);
        expect(found).toEqual([...new Set(found)].sort((a, b) => a - b));
        expect(found.every((tick) => tick >= min && tick <= max)).toBe(true);
      }),
    );
  });

  it('has powers of ten, or twice and five times those, or equal distances', () => {
    expect(logTicks(1e-4 / 1.05, 0.01 * 1.05)).toEqual([1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2]);
    expect(logTicks(1e-5, 10)).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10]);
    expect(logTicks(62, 101)).toEqual([70, 80, 90, 100]);
    expect(logTicks(1e-20, 1e20).length).toBeLessThanOrEqual(9);
  });
});

describe('the range of a chart', () => {
  it('is wider for references near the curves, and for none because another is', () => {
    const near = [{ value: 65 }, { value: 21 }, { value: 500 }];
    const [low, high] = rangeOf([70, 118], near, false);
    expect([low, high].map(Math.round)).toEqual([62, 121]);
    expect(rangeOf([70, 118], [...near].reverse(), false)).toEqual([low, high]);
  });

  it('has a height where all values are one, but for rounding', () => {
    for (const top of [31_135, 31_135.000_000_001]) {
      const [low, high] = rangeOf([31_135, top], [], false);
      expect(low).toBeLessThan(30_000);
      expect(high).toBeGreaterThan(32_000);
    }
    expect(rangeOf([0, 0], [], false)).toEqual([-0.05, 0.05]);
  });

  it('of a logarithmic axis leaves out what has no logarithm', () => {
    expect(rangeOf([1e-4, 1e-2], [{ value: 0 }, { value: -1 }], true)).toEqual([1e-4 / 1.05, 1e-2 * 1.05]);
  });
});

describe('the label of a tick', () => {
  it.each([
    [0, '0'],
    [-2.5, '−2.5'],
    [0.1 + 0.2, '0.3'],
    [0.00125, '0.00125'],
    [1.25e-4, '1.25e−4'],
    [9999, '9999'],
    [70_120, '70.12k'],
    [70_140, '70.14k'],
    [1_234_500, '1.2345M'],
    [1.02e20, '1.02e20'],
  ])('of %f is %s', (value, label) => expect(tickLabel(value)).toBe(label));

  it('has all digits of its value', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999 }), fc.integer({ min: -9, max: 12 }), (digits, power) => {
        const value = Number(`${digits}e${power}`);
        const [, number, unit = ''] = /^(.*?)([kM]?)$/.exec(tickLabel(value).replace('−', '-'))!;
        expect(Number(number) * { '': 1, k: 1000, M: 1e6 }[unit]!).toBeCloseTo(
          value,
          9 - Math.floor(Math.log10(value)),
        );
      }),
    );
  });
});
