import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planRungs, promote } from '../../src/tune/halving.js';
import { omegaSquared } from '../../src/tune/what-mattered.js';

describe('planRungs', () => {
  it.each([
    [
      { trials: 27, epochs: 36, minEpochs: 4, eta: 3 },
      [
        [27, 4],
        [9, 12],
        [3, 36],
      ],
    ],
    [
      { trials: 8, epochs: 8, minEpochs: 1, eta: 2 },
      [
        [8, 1],
        [4, 2],
        [2, 4],
        [1, 8],
      ],
    ],
    [{ trials: 5, epochs: 10, minEpochs: 20, eta: 3 }, [[5, 10]]],
    [{ trials: 1, epochs: 10, minEpochs: 1, eta: 3 }, [[1, 10]]],
  ])('plans the rungs of %j', (options, rungs) => {
    expect(planRungs(options).map(({ trials, epochs }) => [trials, epochs])).toEqual(rungs);
  });

  it('never has fewer epochs or more trials than the rung before, and ends with what was asked for', () => {
    const number = fc.integer({ min: 1, max: 200 });
    fc.assert(
      fc.property(number, number, number, fc.integer({ min: 2, max: 5 }), (trials, epochs, minEpochs, eta) => {
        const rungs = planRungs({ trials, epochs, minEpochs, eta });
        expect(rungs[0]!.trials).toBe(trials);
        expect(rungs.at(-1)!.epochs).toBe(epochs);
        for (const [i, rung] of rungs.entries()) {
          expect(rung.trials).toBeGreaterThanOrEqual(1);
          expect(rung.epochs).toBeGreaterThanOrEqual(Math.min(minEpochs, epochs) - 0.5);
          if (i === 0) continue;
          expect(rung.trials).toBeLessThan(rungs[i - 1]!.trials);
          expect(rung.epochs).toBeGreaterThanOrEqual(rungs[i - 1]!.epochs);
        }
      }),
    );
  });
});

it('promote takes the lowest, the first of equal ones, and diverged ones last', () => {
  const values = [3, NaN, 1, Infinity, 1, 2];
  const order = promote([...values.keys()], 6, (i) => values[i]!);
  expect(order).toEqual([2, 4, 5, 0, 1, 3]);
  expect(promote([...values.keys()], 2, (i) => values[i]!)).toEqual([2, 4]);
});

describe('omega squared', () => {
  it('is what a textbook’s formula gives by hand', () => {
    // Groups 1 2 3 and 4 5 6: SSt = 17.5, SSw = 4, SSb = 13.5, MSw = 1: (13.5 − 1) / (17.5 + 1).
    expect(
      omegaSquared([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ).toBeCloseTo(12.5 / 18.5, 12);
  });

  it('is 0 where groups differ no more than by chance, and NaN where it is undefined', () => {
    expect(
      omegaSquared([
        [1, 3],
        [1, 3],
      ]),
    ).toBe(0);
    expect(
      omegaSquared([
        [2, 2],
        [2, 2],
      ]),
    ).toBe(0);
    expect(omegaSquared([[1, 2, 3]])).toBeNaN();
    expect(omegaSquared([[1], [2], []])).toBeNaN();
  });
});
