import fc from 'fast-check';
import type { SequenceShape } from '../../src/baselines/sequence-model.js';

/** All texts over the letters 1 … letters that a window can hold. */
export function allTexts({ vocabulary, window }: SequenceShape): number[][] {
  const texts: number[][] = [[]];
  for (let i = 0; i < texts.length; i++)
    if (texts[i]!.length < window - 1)
      for (let letter = 1; letter <= vocabulary - 2; letter++) texts.push([...texts[i]!, letter]);
  return texts;
}

/** Training texts over few letters (also none, empty ones, and ones that the window cuts), and their sizes. */
export const corpora = fc
  .record({ letters: fc.integer({ min: 1, max: 4 }), window: fc.integer({ min: 2, max: 9 }) })
  .chain(({ letters, window }) =>
    fc.record({
      // One letter more than the texts use: it is never seen.
      shape: fc.constant({ vocabulary: letters + 3, window }),
      texts: fc.array(fc.array(fc.integer({ min: 1, max: letters }), { maxLength: 11 }), { maxLength: 25 }),
    }),
  );

/** Σ of numbers. */
export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
