import type { CharacterModel, SequenceShape } from './sequence-model.js';
import { SmoothedCharacters } from './smoothed-characters.js';

/**
 * A distribution over characters and the end after each character, and one for the start of a text. Smoothed as
 * {@link SmoothedCharacters} says; after a character that was never seen it is the unigram.
 *
 * @param texts characters as tokens; longer ones are cut at the context length
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
 */
export function fitBigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): CharacterModel {
  const start = shape.vocabulary - 1;
  return new SmoothedCharacters(
    { id: 'bigram', label: 'character bigram', contextFree: false },
    texts,
    shape,
    (text, position) => (position === 0 ? start : text[position - 1]!),
  );
}
