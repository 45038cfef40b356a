import type { LetterModel, SequenceShape } from './sequence-model.js';
import { SmoothedLetters } from './smoothed-letters.js';

/**
 * A distribution over letters and the end after each letter, and one for the start of a text. Smoothed as
 * {@link SmoothedLetters} says; after a letter that was never seen it is the unigram.
 *
 * @param texts letters as tokens; longer ones are cut at the window
 * @throws BAD_INPUT for a token that is no letter; BAD_OPTION for sizes that no sequence has
 */
export function fitBigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): LetterModel {
  const start = shape.vocabulary - 1;
  return new SmoothedLetters(
    { id: 'bigram', label: 'letter bigram', contextFree: false },
    texts,
    shape,
    (text, position) => (position === 0 ? start : text[position - 1]!),
  );
}
