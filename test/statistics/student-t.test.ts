import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logGamma, regularizedBeta } from '../../src/statistics/special-functions.js';
import { studentTCdf, studentTQuantile } from '../../src/statistics/student-t.js';

const freedoms = fc.double({ min: 0.3, max: 500, noNaN: true });
const probabilities = fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true });

describe('logGamma', () => {
  it('is the logarithm of factorials, and of √π at ½', () => {
    let factorial = 1;
    for (let n = 1; n < 20; n++) {
      expect(logGamma(n)).toBeCloseTo(Math.log(factorial), 12);
      factorial *= n;
    }
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 13);
    expect(logGamma(0)).toBeNaN();
  });
});

describe('regularizedBeta', () => {
  it('has its closed forms', () => {
    const x = fc.double({ min: 0.001, max: 0.999, noNaN: true });
    const shape = fc.double({ min: 0.1, max: 50, noNaN: true });
    fc.assert(
      fc.property(x, shape, (at, a) => {
        expect(regularizedBeta(at, a, 1)).toBeCloseTo(at ** a, 12);
        expect(regularizedBeta(at, 1, a)).toBeCloseTo(1 - (1 - at) ** a, 12);
        expect(regularizedBeta(at, a, a) + regularizedBeta(1 - at, a, a)).toBeCloseTo(1, 11);
      }),
    );
  });
});

describe('studentTQuantile', () => {
  // Printed tables of Student's t, two-sided 95 % and others.
  it.each([
    [0.975, 1, 12.7062047],
    [0.975, 2, 4.3026527],
    [0.975, 3, 3.1824463],
    [0.975, 4, 2.7764451],
    [0.975, 5, 2.5705818],
    [0.975, 10, 2.2281389],
    [0.975, 30, 2.0422725],
    [0.975, 120, 1.9799304],
    [0.95, 5, 2.0150484],
    [0.995, 1, 63.6567412],
    [0.995, 9, 3.2498355],
    [0.999, 7, 4.7852896],
  ])('at p = %d with %d degrees of freedom is %d', (p, freedom, t) => {
    expect(studentTQuantile(p, freedom)).toBeCloseTo(t, 6);
    expect(studentTQuantile(1 - p, freedom)).toBeCloseTo(-t, 6);
  });

  it('has the closed forms of one and of two degrees of freedom', () => {
    fc.assert(
      fc.property(probabilities, (p) => {
        const cauchy = Math.tan(Math.PI * (p - 0.5));
        expect(studentTQuantile(p, 1) / cauchy).toBeCloseTo(1, 8);
        const two = (2 * p - 1) / Math.sqrt(2 * p * (1 - p));
        expect(studentTQuantile(p, 2) - two).toBeCloseTo(0, 7);
      }),
    );
  });

  it('comes near to the normal quantile', () => {
    expect(studentTQuantile(0.975, 1e6)).toBeCloseTo(1.959966, 5);
  });

  it('undoes the distribution function', () => {
    fc.assert(
      fc.property(probabilities, freedoms, (p, freedom) => {
        expect(studentTCdf(studentTQuantile(p, freedom), freedom)).toBeCloseTo(p, 10);
      }),
    );
  });

  it('says NaN for what is no probability and no degree of freedom', () => {
    for (const [p, freedom] of [
      [-0.1, 3],
      [1.1, 3],
      [NaN, 3],
      [0.9, 0],
      [0.9, -1],
      [0.9, NaN],
    ] as const)
      expect(studentTQuantile(p, freedom)).toBeNaN();
    expect(studentTQuantile(1, 3)).toBe(Infinity);
    expect(studentTQuantile(0, 3)).toBe(-Infinity);
  });
});
