import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { curveOf, falling, BASELINES } from './curves.js';

/** What docs/diagnosis.md says about how often the rules err. */
describe('a flat curve with noise', () => {
  it.each([5, 8, 14, 30, 120])('of %d epochs is called anything else in fewer than 3 of 100', (epochs) => {
    const trials = 400;
    for (const [train, noise] of [
      [falling(90, 70, epochs), 0.5],
      [() => 90, 2],
    ] as const) {
      let wrong = 0;
      for (let seed = 0; seed < trials; seed++) {
        const curve = curveOf(epochs, () => 90, train, { noise, seed });
        if (diagnose(curve, { baselines: BASELINES }).kind !== 'converged') wrong++;
      }
      expect(wrong / trials).toBeLessThan(0.03);
    }
  });
});
