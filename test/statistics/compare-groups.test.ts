import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareGroups, describeComparison, summarizeGroup } from '../../src/statistics/compare-groups.js';
import { Random } from '../../src/random.js';

const compare = (a: number[], b: number[], betterIs: 'lower' | 'higher' = 'lower') =>
  compareGroups({ name: 'A', values: a }, { name: 'B', values: b }, { betterIs });
const words = (a: number[], b: number[]) =>
  describeComparison(compare(a, b), { name: 'test NLL', unit: 'nats per text', decimals: 2 });

describe('compareGroups', () => {
  it('uses Welch’s interval where both groups have several runs', () => {
    // Three runs each with variances r and 1 have 2 (1 + r)² / (1 + r²) degrees of freedom: 3 for r = 2 − √3.
    const r = 2 - Math.sqrt(3);
    const { difference, interval, basis, better } = compare([2 - Math.sqrt(r), 2, 2 + Math.sqrt(r)], [9, 10, 11]);
    expect(basis).toBe('both-spreads');
    expect(difference).toBeCloseTo(-8, 12);
    expect(better).toBe('first');
    expect(interval.low).toBeCloseTo(-8 - 3.1824463 * Math.sqrt((1 + r) / 3), 6);
    expect(interval.high).toBeCloseTo(-8 + 3.1824463 * Math.sqrt((1 + r) / 3), 6);
  });

  it('finds a difference where there is none in about one of twenty pairs', () => {
    const random = new Random(3, 'test');
    const draw = (n: number, spread: number) => Array.from({ length: n }, () => 90 + spread * random.normal());
    for (const [n, m] of [
      [3, 3],
      [4, 1],
    ] as const) {
      let found = 0;
      for (let i = 0; i < 3000; i++) if (compare(draw(n, 1), draw(m, 1)).better !== undefined) found++;
      expect(found / 3000).toBeGreaterThan(0.025);
      expect(found / 3000).toBeLessThan(0.065);
    }
  });

  it('assumes the spread of the other group for a single run', () => {
    const { basis, interval } = compare([1, 2, 3], [10]);
    expect(basis).toBe('one-spread');
    expect(interval.high).toBeCloseTo(-8 + 4.3026527 * Math.sqrt(4 / 3), 6);
    expect(compare([1, 2, 3], [5]).better).toBeUndefined();
    expect(compare([10], [1, 2, 3]).better).toBe('second');
  });

  it('requires a margin between two single runs', () => {
    expect(compare([100], [97.9])).toMatchObject({ basis: 'margin', better: 'second', interval: { level: NaN } });
    expect(compare([100], [98.5]).better).toBeUndefined();
    expect(compare([0.82], [0.78], 'higher').better).toBe('first');
  });

  it('compares nothing where a group has no finite figure', () => {
    const found = compare([90, 91], [NaN, Infinity]);
    expect(found).toMatchObject({ basis: 'nothing', better: undefined, second: { leftOut: 2, count: 0 } });
    expect(compare([], []).basis).toBe('nothing');
    expect(summarizeGroup({ name: 'A', values: [1, NaN, 3] })).toMatchObject({ mean: 2, count: 2, leftOut: 1 });
  });

  it('gives the same result whichever group is first', () => {
    const group = fc.array(fc.double({ min: 50, max: 150, noNaN: true }), { minLength: 1, maxLength: 5 });
    const turned = { first: 'second', second: 'first' } as const;
    fc.assert(
      fc.property(group, group, (a, b) => {
        const [ab, ba] = [compare(a, b), compare(b, a)];
        expect(ba.better).toBe(ab.better && turned[ab.better]);
        expect(ba.interval.low).toBeCloseTo(-ab.interval.high, 6);
        // Higher is better in what is turned round.
        const [negativeA, negativeB] = [a, b].map((values) => values.map((x) => -x)) as [number[], number[]];
        expect(compare(negativeA, negativeB, 'higher').better).toBe(ab.better);
      }),
    );
  });
});

describe('describeComparison', () => {
  it('claims what the interval shows and no more', () => {
    expect(words([98.1, 98.6, 99.1], [90.5, 91, 91.5])).toBe(
      'B has a better test NLL than A: 91.00 against 98.60 nats per text, a difference of 7.60 ' +
        '(95 % interval 6.47 to 8.73).',
    );
    expect(words([90, 94, 92], [91, 95, 93])).toMatch(
      /A and B show no significant difference in test NLL: 92\.00 against 93\.00/,
    );
    expect(words([100], [90])).toBe(
      'B has a better test NLL than A: 90.00 against 100.00 nats per text, a difference of 10.00, more than 2 %. ' +
        'One seed each: no spread is known.',
    );
    expect(words([100], [99])).toMatch(
      /^A and B do not differ clearly .* less than 2 %.* One seed each: no spread is known\.$/,
    );
    // A run and a copy of it: no other seed could make anything of their difference.
    expect(words([100], [100])).toBe(
      'A and B have the same test NLL: 100.00 nats per text. One seed each: no spread is known.',
    );
    expect(words([1, 2, 3], [10])).toMatch(/B has one seed; its spread is assumed to be the other's\.$/);
    expect(words([1, 2, 3], [10, NaN])).toMatch(/\. Only one seed of B has a test NLL; its spread is assumed to be/);
    expect(words([1, NaN, 3], [10])).toMatch(/B has one seed; its spread/);
    expect(words([100], [90, NaN])).toMatch(/ Only one seed of each has a test NLL: no spread is known\.$/);
    expect(words([310907.884], [2775305.89])).toMatch(/310,907\.88 against 2,775,305\.89/);
    expect(words([90], [NaN])).toBe('A and B are not compared: the test NLL of B is not known.');
  });

  it('calls a group better only where the interval excludes 0', () => {
    const group = fc.array(fc.double({ min: 80, max: 120, noNaN: true }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(group, group, (a, b) => {
        expect(words(a, b).includes(' has a better ')).toBe(compare(a, b).better !== undefined);
      }),
    );
  });
});
