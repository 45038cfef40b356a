import type { LetterModel, SequenceShape } from './sequence-model.js';
import { SmoothedLetters } from './smoothed-letters.js';

/**
 * A distribution over letters and the end for each position, until the text has ended: what a model reaches that looks at
 * where it is, and at nothing else. Smoothed as {@link SmoothedLetters} says; at a position that no training text
 * reaches it is the unigram.
 *
 * @param texts letters as tokens; longer ones are cut at the window
 * @throws BAD_INPUT for a token that is no letter; BAD_OPTION for sizes that no sequence has
 */
export function fitPositionUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): LetterModel {
  return new SmoothedLetters(
    { id: 'position-unigram', label: 'letter unigram by position', contextFree: true },
    texts,
    shape,
    (_text, position) => position,
  );
}
