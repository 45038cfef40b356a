import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nllOfRows, type Examples, type Prior } from '../../src/ensemble/examples.js';
import { fitGeometric, solvePositive } from '../../src/ensemble/fit-geometric.js';
import { fitLinear } from '../../src/ensemble/fit-linear.js';
import { all, examplesOf, placesOf, type Place } from './made-up-examples.js';

/** A place with two outcomes where the members give what came these probabilities. */
const seen = (...p: number[]): Place => ({ logs: p.map((each) => [Math.log(each), Math.log(1 - each)]), target: 0 });
const none: Prior = { weights: [0.5, 0.5], strength: 0 };

/** −Σ log p − s·Σ λ⁰·log λ. */
function linearObjective(examples: Examples, { weights: prior, strength }: Prior, weights: Float64Array) {
  const pull = weights.reduce((sum, w, m) => sum - strength * prior[m]! * Math.log(w), 0);
  return nllOfRows(examples, all(examples), 'linear', weights) + pull;
}

/** −Σ log p + s/2·|w − w⁰|². */
function geometricObjective(examples: Examples, { weights: prior, strength }: Prior, weights: ArrayLike<number>) {
  const pull = Array.from(weights, (w, m) => (strength / 2) * (w - prior[m]!) ** 2).reduce((a, b) => a + b, 0);
  return nllOfRows(examples, all(examples), 'geometric', weights) + pull;
}

describe('fitLinear', () => {
  // log(0.2 + 0.6λ) + log(0.6 − 0.5λ) is largest where 0.6·(0.6 − 0.5λ) = 0.5·(0.2 + 0.6λ).
  const two = examplesOf([seen(0.8, 0.2), seen(0.1, 0.6)]);

  it('takes the steps of EM', () => {
    const [first] = fitLinear(two, all(two), none, 1);
    expect(first).toBeCloseTo((0.4 / 0.5 + 0.05 / 0.35) / 2, 12);
    const [drawn] = fitLinear(two, all(two), { weights: [0.25, 0.75], strength: 2 }, 1);
    const r = [0.2 / (0.2 + 0.15), 0.025 / (0.025 + 0.45)];
    expect(drawn).toBeCloseTo((r[0]! + r[1]! + 2 * 0.25) / 4, 12);
  });

  it('reaches the maximum', () => {
    const [own, other] = fitLinear(two, all(two), none);
    expect(own).toBeCloseTo(13 / 30, 4);
    expect(own! + other!).toBeCloseTo(1, 12);
  });

  it('is its prior where there are no rows', () => {
    const prior = { weights: [0.2, 0.8], strength: 10 };
    expect([...fitLinear(two, new Int32Array(0), prior)].map((w) => w.toFixed(9))).toEqual([
      '0.200000000',
      '0.800000000',
    ]);
  });

  it('lowers its objective at every step', () => {
    fc.assert(
      fc.property(placesOf(3, 4), fc.constantFrom(0.5, 3, 50), (places, strength) => {
        const examples = examplesOf(places);
        const prior = { weights: [0.2, 0.5, 0.3], strength };
        let before = Infinity;
        for (const steps of [0, 1, 2, 3, 5, 10, 100]) {
          const value = linearObjective(examples, prior, fitLinear(examples, all(examples), prior, steps));
          expect(value).toBeLessThanOrEqual(before + 1e-9);
          before = value;
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('fitGeometric', () => {
  it('is logistic regression with two outcomes and one member', () => {
    // The member gives what came the odds 3 each time; it came 9 times of 10, which are the odds 9 = 3^w.
    const right: Place = { logs: [[Math.log(0.75), Math.log(0.25)]], target: 0 };
    const examples = examplesOf([...Array<Place>(9).fill(right), { ...right, target: 1 }]);
    const [w] = fitGeometric(examples, all(examples), { weights: [1], strength: 0 });
    expect(w).toBeCloseTo(2, 4);
  });

  it('finds the minimum from any start', () => {
    fc.assert(
      fc.property(placesOf(2, 4, 20), fc.constantFrom(0.1, 2), (places, strength) => {
        const examples = examplesOf(places);
        const prior = { weights: [0.3, 0.7], strength };
        const found = fitGeometric(examples, all(examples), prior);
        const value = geometricObjective(examples, prior, found);
        let best = Infinity;
        for (let a = -2; a <= 3; a += 0.25)
          for (let b = -2; b <= 3; b += 0.25) best = Math.min(best, geometricObjective(examples, prior, [a, b]));
        expect(value).toBeLessThanOrEqual(best + 1e-5);
        // Flat in every direction: a minimum of a convex function.
        const h = 1e-4;
        for (const [da, db] of [
          [h, 0],
          [0, h],
        ] as const) {
          const slope =
            (geometricObjective(examples, prior, [found[0]! + da, found[1]! + db]) -
              geometricObjective(examples, prior, [found[0]! - da, found[1]! - db])) /
            (2 * h);
          expect(Math.abs(slope)).toBeLessThan(0.02); // √(2 · 1e-6 · curvature) at most where the search ends
        }
        const elsewhere = fitGeometric(examples, all(examples), prior, [2, -1]);
        expect(geometricObjective(examples, prior, elsewhere)).toBeCloseTo(value, 4);
      }),
      { numRuns: 30 },
    );
  });

  it('stays at its prior where there are no rows', () => {
    const examples = examplesOf([seen(0.5, 0.5)]);
    const prior = { weights: [0.2, 0.9], strength: 10 };
    expect([...fitGeometric(examples, new Int32Array(0), prior, [5, 5])]).toEqual([0.2, 0.9]);
  });
});

it('solvePositive solves a linear system', () => {
  const x = solvePositive(Float64Array.of(4, 2, 0, 2, 5, 1, 0, 1, 3), Float64Array.of(8, 15, 11));
  [1, 2, 3].forEach((value, i) => expect(x[i]).toBeCloseTo(value, 12));
});
