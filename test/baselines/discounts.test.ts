import { describe, expect, it } from 'vitest';
import { estimateDiscounts } from '../../src/baselines/smoothing.js';

/** So many counts of 1, 2, 3 … */
const counts = (...n: number[]): number[] => n.flatMap((times, i) => Array.from({ length: times }, () => i + 1));

describe('estimateDiscounts', () => {
  it('follows Chen and Goodman', () => {
    // Y = 100 / (100 + 80) = 5/9
    // D₁ = 1 − 2·(5/9)·40/100 = 5/9, D₂ = 2 − 3·(5/9)·20/40 = 7/6, D₃ = 3 − 4·(5/9)·12/20 = 5/3
    const { values, method, reason } = estimateDiscounts(4, counts(100, 40, 20, 12, 7, 3));
    [5 / 9, 7 / 6, 5 / 3].forEach((d, i) => expect(values[i]).toBeCloseTo(d, 14));
    expect(method).toBe('modified');
    expect(reason).toBeUndefined();
  });

  it('takes one discount where the three are out of order', () => {
    // Y = 5 / (5 + 2·2) = 5/9; D₂ = 2 − 3·(5/9)·9/2 = −5.5
    const { values, method, reason } = estimateDiscounts(2, counts(5, 2, 9, 1));
    for (const d of values) expect(d).toBeCloseTo(5 / 9, 14);
    expect(method).toBe('single');
    expect(reason).toBe('5, 2, 9 and 1 2-grams have counts 1 to 4, which is out of order');
  });

  it.each([[[]], [counts(0, 3, 2, 1)], [counts(4, 0, 2, 1)], [[500, 600, 700]]])('has values for %j', (few) => {
    const { values, method, reason } = estimateDiscounts(1, few);
    expect(values).toEqual([0.5, 1, 1.5]);
    expect(method).toBe('fixed');
    expect(reason).toMatch(/1-grams have count 1 and \d have count 2/);
  });
});
