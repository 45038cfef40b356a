import type { Random } from '../../random.js';
import type { WordIndex } from './word-index.js';
import { textOfWords, wordsOf } from './words.js';

/**
 * The beginning of a text up to one of its words, that word included, and what follows the same word in another text. The
 * word, and the other text, are drawn among those that there are.
 *
 * @param text its number in the index
 * @param longest letters that the result may have; where it has more, or no word stands in another text, the text stays as it is
 */
export function spliced(index: WordIndex, text: number, longest: number, random: Random): Uint16Array {
  const own = index.texts[text]!;
  const shared = wordsOf(own, index.space)
    .map((word) => ({ end: word.end, places: index.elsewhere(text, word) }))
    .filter(({ places }) => places.count > 0);
  if (shared.length === 0) return own;
  const { end, places } = shared[random.integer(shared.length)]!;
  const place = places.at(random.integer(places.count));
  const rest = index.texts[place.text]!.subarray(place.end);
  if (end + rest.length > longest) return own;
  const result = new Uint16Array(end + rest.length);
  result.set(own.subarray(0, end));
  result.set(rest, end);
  return result;
}

/** The text without some of its words, each left out with that probability; as it is where none or all would go. */
export function withWordsDropped(
  text: Uint16Array,
  space: number,
  rate: number,
  random: Random,
): Uint16Array {
  const words = wordsOf(text, space);
  const kept = words.filter(() => random.uniform() >= rate);
  return kept.length === 0 || kept.length === words.length ? text : textOfWords(text, kept, space);
}

/** The text's words in random order. */
export function withWordsShuffled(text: Uint16Array, space: number, random: Random): Uint16Array {
  const words = wordsOf(text, space);
  return textOfWords(
    text,
    Array.from(random.permutation(words.length), (i) => words[i]!),
    space,
  );
}
