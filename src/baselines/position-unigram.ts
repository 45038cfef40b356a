import type { CharacterModel, SequenceShape } from './sequence-model.js';
import { SmoothedCharacters } from './smoothed-characters.js';

/**
 * A distribution over characters and the end for each position, until the text has ended: what a model reaches that looks at
 * where it is, and at nothing else. Smoothed as {@link SmoothedCharacters} says; at a position that no training text
 * reaches it is the unigram.
 *
 * @param texts characters as tokens; longer ones are cut at the context length
 * @throws BAD_INPUT for a token that is no character; BAD_OPTION for sizes that no sequence has
 */
export function fitPositionUnigram(texts: readonly ArrayLike<number>[], shape: SequenceShape): CharacterModel {
  return new SmoothedCharacters(
    { id: 'position-unigram', label: 'character unigram by position', contextFree: true },
    texts,
    shape,
    (_text, position) => position,
  );
}
