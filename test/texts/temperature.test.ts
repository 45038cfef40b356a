import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropy, entropyPerCharacter, temper } from '../../src/texts/temperature.js';
import { errorOf } from '../support/error-of.js';

const logits = fc.array(fc.double({ min: -20, max: 20, noNaN: true }), { minLength: 2, maxLength: 30 });
const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0);

describe('entropy', () => {
  it('has its closed forms', () => {
    expect(entropy([1, 0, 0])).toBe(0);
    expect(entropy([0.5, NaN])).toBeNaN();
    for (const wrong of [2, -1, Infinity, 1.001]) expect(entropy([wrong])).toBeNaN();
    expect(entropy(Float32Array.of(1 + 2 ** -23))).toBeCloseTo(0, 6); // as rounded sums of float32 are
    expect(entropy([1.5, -0.5])).toBeNaN();
    expect(entropy(Array<number>(29).fill(1 / 29))).toBeCloseTo(Math.log(29), 12);
    expect(entropy([0.25, 0.75])).toBeCloseTo(0.25 * Math.log(4) + 0.75 * Math.log(4 / 3), 12);
  });

  it('per character is the mean over characters, not over texts', () => {
    expect(entropyPerCharacter([[0.5, 0.5], [1], [1], [0.25, 0.25, 0.25, 0.25]])).toBeCloseTo((3 * Math.LN2) / 4, 12);
    expect(entropyPerCharacter([])).toBeNaN();
    expect(entropyPerCharacter([[0.5, 0.5], [NaN]])).toBeNaN();
  });
});

describe('a tempered distribution', () => {
  it('is p to the power of 1/τ, normalised', () => {
    expect([...temper([Math.log(0.8), Math.log(0.2)], 0.5)]).toEqual([
      expect.closeTo(16 / 17, 12),
      expect.closeTo(1 / 17, 12),
    ]);
    expect([...temper([0, -Infinity, 0], 2)]).toEqual([0.5, 0, 0.5]);
  });

  it('sums to one, does not mind a constant, and flattens as τ rises', () => {
    fc.assert(
      fc.property(logits, fc.double({ min: 0.01, max: 5, noNaN: true }), (values, temperature) => {
        const cold = temper(values, temperature);
        expect(sum(cold)).toBeCloseTo(1, 12);
        const shifted = temper(
          values.map((value) => value + 300),
          temperature,
        );
        cold.forEach((p, i) => expect(shifted[i]).toBeCloseTo(p, 8));
        expect(entropy(temper(values, temperature * 1.5))).toBeGreaterThanOrEqual(entropy(cold) - 1e-9);
      }),
    );
  });

  it('goes to the most probable outcome as τ goes to 0', () => {
    expect([...temper([1, 3, 2], 1e-6)]).toEqual([0, 1, 0]);
  });

  it('needs a temperature above 0 and a possible outcome', () => {
    for (const temperature of [0, -1, NaN, Infinity])
      expect(errorOf(() => temper([0, 1], temperature))).toMatchObject({ code: 'BAD_OPTION' });
    for (const values of [[], [-Infinity], [NaN, 0]])
      expect(errorOf(() => temper(values, 1))).toMatchObject({ code: 'BAD_INPUT' });
  });
});
