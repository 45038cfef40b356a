import { describe, expect, it } from 'vitest';
import { blockBootstrap, bootstrap, curveBlockLength } from '../../src/statistics/bootstrap.js';
import { pearson } from '../../src/statistics/correlation.js';
import { mean } from '../../src/statistics/mean-interval.js';
import { Random } from '../../src/random.js';

const pick = (values: readonly number[], members: Uint32Array) => Array.from(members, (i) => values[i]!);

/** Share of simulated samples whose interval covers the truth. */
function coverage(trials: number, truth: number, intervalOf: (trial: number) => { low: number; high: number }) {
  let covered = 0;
  for (let i = 0; i < trials; i++) {
    const { low, high } = intervalOf(i);
    if (low <= truth && truth <= high) covered++;
  }
  return covered / trials;
}

describe('wrong use', () => {
  const random = new Random(1, 'bootstrap');

  it.each([NaN, 1.5, -1])('is refused: a size or block length of %d', (size) => {
    expect(() => bootstrap(size, () => 1, { random })).toThrow(`for size, got ${size}`);
    const blocks = (blockLength: number) => () => blockBootstrap([9], () => 1, { random, blockLength });
    expect(blocks(size)).toThrow(`at least 1 for blockLength, got ${size}`);
    expect(blocks(0)).toThrow('at least 1 for blockLength, got 0');
  });

  it('is refused: no source of randomness', () => {
    expect(() => bootstrap(3, () => 1, {} as { random: Random })).toThrow('expected a Random (random)');
  });

  it('is refused: lengths of curves that are none, and options that there are not', () => {
    expect(() => blockBootstrap([3, NaN], () => 1, { random })).toThrow('for the length of a curve, got NaN');
    expect(() => bootstrap(3, () => 1, { random, blockLength: 2 } as object as { random: Random })).toThrow(
      "bootstrap has no option called 'blockLength'",
    );
    expect(() => blockBootstrap([3], () => 1, { random, resample: 9 } as object as { random: Random })).toThrow(
      "blockBootstrap has no option called 'resample'",
    );
  });
});

describe('bootstrap', () => {
  it.each([0, NaN, 2.5])('refuses %d resamples', (resamples) => {
    const use = () => bootstrap(2, ([one]) => one!, { resamples, random: new Random(0, 'bootstrap') });
    expect(use).toThrow(`expected a whole number of at least 1 for resamples, got ${resamples}`);
  });

  it.each([0, 0.6, -0.95])('covers a true correlation of %d in about 95 of 100 samples', (truth) => {
    const data = new Random(1, 'test');
    const share = coverage(300, truth, (trial) => {
      const xs = Array.from({ length: 60 }, () => data.normal());
      const ys = xs.map((x) => truth * x + Math.sqrt(1 - truth * truth) * data.normal());
      return bootstrap(60, (members) => pearson(pick(xs, members), pick(ys, members)), {
        random: new Random(trial, 'bootstrap'),
        resamples: 200,
      });
    });
    // 300 trials have a standard error of 0.013; percentile intervals of 60 pairs are a little too narrow.
    expect(share).toBeGreaterThan(0.89);
    expect(share).toBeLessThan(0.99);
  });

  it('draws every member of the sample equally often', () => {
    const seen = new Float64Array(5);
    bootstrap(
      5,
      (members) => {
        expect(members).toHaveLength(5);
        for (const member of members) seen[member]!++;
        return 0;
      },
      { random: new Random(5, 'bootstrap'), resamples: 2000 },
    );
    for (const times of seen) expect(Math.abs(times / 2000 - 1)).toBeLessThan(0.1);
  });

  it('leaves undefined statistics out, and gives NaN when most are undefined', () => {
    const random = new Random(0, 'bootstrap');
    const constant = bootstrap(4, (members) => pearson([...members], [1, 1, 1, 1]), { random, resamples: 40 });
    expect(constant).toMatchObject({ low: NaN, high: NaN, undefinedResamples: 40, resamples: 40 });
    const rare = bootstrap(3, (members) => pearson([...members], [...members]), { random, resamples: 400 });
    // A ninth of all samples of three is three times the same member.
    expect(Math.abs(rare.undefinedResamples / 400 - 1 / 9)).toBeLessThan(0.07);
    expect(rare.low).toBeCloseTo(1, 12);
    expect(bootstrap(0, (members) => mean([...members]), { random, resamples: 9 }).low).toBeNaN();
    expect(bootstrap(0, () => 5, { random, resamples: 9 })).toMatchObject({ low: NaN, undefinedResamples: 9 });
  });
});

describe('blockBootstrap', () => {
  it('keeps neighbouring epochs together and curves apart', () => {
    blockBootstrap(
      [10, 7],
      (members) => {
        const first = [...members.subarray(0, 10)];
        const second = [...members.subarray(10)];
        expect(Math.max(...first)).toBeLessThan(10);
        expect(Math.min(...second)).toBeGreaterThanOrEqual(10);
        expect(Math.max(...second)).toBeLessThan(17);
        // Blocks of 4 begin at places 0, 4 and 8 of the first curve.
        for (const i of [1, 2, 3, 5, 6, 7, 9]) expect(first[i]).toBe(first[i - 1]! + 1);
        return 0;
      },
      { random: new Random(1, 'bootstrap'), resamples: 100, blockLength: 4 },
    );
  });

  it('uses blocks of the cube root of the epochs, rounded up', () => {
    expect([0, 1, 2, 8, 9, 27, 64, 111, 125, 126].map(curveBlockLength)).toEqual([1, 1, 2, 2, 3, 3, 4, 5, 5, 6]);
  });

  it('covers the true mean of a dependent series, where single epochs do not', () => {
    // The mean of a series in which each value is 0.7 times the last one and something new.
    const n = 120;
    const data = new Random(7, 'test');
    const shares = [1, 10].map((blockLength) =>
      coverage(200, 0, (trial) => {
        let last = data.normal() / Math.sqrt(1 - 0.49);
        const series = Array.from({ length: n }, () => (last = 0.7 * last + data.normal()));
        return blockBootstrap([n], (members) => mean(pick(series, members)), {
          random: new Random(trial, 'bootstrap'),
          resamples: 200,
          blockLength,
        });
      }),
    );
    expect(shares[0]).toBeLessThan(0.72);
    expect(shares[1]).toBeGreaterThan(0.82);
  });
});
