import fc from 'fast-check';
import type { SequenceShape } from '../../src/baselines/sequence-model.js';

/** All texts over the characters 1 … characters that a context length can hold. */
export function allTexts({ vocabulary, contextLength }: SequenceShape): number[][] {
  const texts: number[][] = [[]];
  for (let i = 0; i < texts.length; i++)
    if (texts[i]!.length < contextLength - 1)
      for (let character = 1; character <= vocabulary - 2; character++) texts.push([...texts[i]!, character]);
  return texts;
}

/**
 * Training texts over few characters (also none, empty ones, and ones that the context length cuts), and their sizes.
 */
export const corpora = fc
  .record({ characters: fc.integer({ min: 1, max: 4 }), contextLength: fc.integer({ min: 2, max: 9 }) })
  .chain(({ characters, contextLength }) =>
    fc.record({
      // One character more than the texts use: it is never seen.
      shape: fc.constant({ vocabulary: characters + 3, contextLength }),
      texts: fc.array(fc.array(fc.integer({ min: 1, max: characters }), { maxLength: 11 }), { maxLength: 25 }),
    }),
  );

export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
