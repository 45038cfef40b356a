import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { studentTQuantile } from '../../src/statistics/student-t.js';

const probabilities = fc.double({ min: 1e-4, max: 1 - 1e-4, noNaN: true });

/**
 * The probability between 0 and t by Simpson's rule over the density, which is proportional to (1 + x²/ν)^(−(ν+1)/2).
 */
function massUpTo(t: number, freedom: number): number {
  const density = (x: number) => (1 + (x * x) / freedom) ** (-(freedom + 1) / 2);
  // x = tan(u) makes the infinite range finite.
  const integral = (end: number): number => {
    const n = 4000;
    const at = (k: number) => {
      const u = (k * end) / n;
      return u >= Math.PI / 2 ? 0 : density(Math.tan(u)) / Math.cos(u) ** 2;
    };
    let sum = at(0) + at(n);
    for (let k = 1; k < n; k++) sum += (k % 2 === 1 ? 4 : 2) * at(k);
    return (sum * end) / n / 3;
  };
  return (0.5 * integral(Math.atan(t))) / integral(Math.PI / 2);
}

describe('studentTQuantile', () => {
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

  it('has the probability below it that the integral of the density says', () => {
    const freedoms = fc.double({ min: 2, max: 200, noNaN: true });
    fc.assert(
      fc.property(probabilities, freedoms, (p, freedom) => {
        expect(0.5 + massUpTo(studentTQuantile(p, freedom), freedom)).toBeCloseTo(p, 7);
      }),
    );
  });

  it('is NaN for an impossible probability or degree of freedom, and infinite at 0 and 1', () => {
    for (const p of [-0.1, 1.1, NaN]) expect(studentTQuantile(p, 3)).toBeNaN();
    for (const freedom of [0, -1, NaN]) expect(studentTQuantile(0.9, freedom)).toBeNaN();
    expect(studentTQuantile(1, 3)).toBe(Infinity);
    expect(studentTQuantile(0, 3)).toBe(-Infinity);
  });
});
