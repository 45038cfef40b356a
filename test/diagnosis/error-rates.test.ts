import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { BASELINES, curveOf, falling, flat } from './curves.js';

/** What docs/diagnosis.md says about how often the rules err. */
describe('diagnose', () => {
  it.each([5, 8, 14, 30, 120])(
    'calls a flat, noisy curve of %d epochs converged in at least 97 of 100 cases',
    (epochs) => {
      const trials = 400;
      for (const [train, noise] of [
        [falling(90, 70, epochs), 0.5],
        [flat(90), 2],
      ] as const) {
        let wrong = 0;
        for (let seed = 0; seed < trials; seed++) {
          const curve = curveOf(epochs, flat(90), train, noise, seed);
          if (diagnose(curve, { baselines: BASELINES }).kind !== 'converged') wrong++;
        }
        expect(wrong / trials).toBeLessThan(0.03);
      }
    },
  );
});
