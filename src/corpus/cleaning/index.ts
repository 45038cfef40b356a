import { loadNounLexicon, loadPunktModel } from './load.js';
import { nounLemma } from './noun-lemmas.js';
import { isAlpha } from './python-text.js';
import { splitSentences } from './sentences.js';
import { isStopWord } from './stop-words.js';
import { splitWords } from './words.js';

/** How texts are cleaned: as the notebook cleaned headlines, or not at all. */
export type CleaningMode = 'headlines' | 'none';

/**
 * Loads the data that cleaning needs (about 0.8 MB, once) and returns the cleaning of one text: sentences,
 * words, only those wholly of letters, lower case, no stop words, noun lemmas, joined with single spaces.
 * The result is what NLTK 3.8 makes of the text, and may be empty. Throws `IO` if the data is missing.
 *
 * @example createCleaner()('Two churches were closed.') // 'two church closed'
 */
export function createCleaner(): (text: string) => string {
  const punkt = loadPunktModel();
  const lexicon = loadNounLexicon();
  return (text) =>
    splitSentences(text, punkt)
      .flatMap(splitWords)
      .filter(isAlpha)
      .map((token) => token.toLowerCase())
      .filter((word) => !isStopWord(word))
      .map((word) => nounLemma(word, lexicon))
      .join(' ');
}

let shared: ((text: string) => string) | undefined;

/** Cleans one text as {@link createCleaner} says; the data is loaded at the first call and kept. */
export function cleanHeadline(text: string): string {
  shared ??= createCleaner();
  return shared(text);
}

/**
 * Cleans texts, one result for each, in order; `none` gives them back as they are, without loading anything.
 *
 * @param onProgress called after each text with the number done and the number of all
 */
export function cleanTexts(
  texts: readonly string[],
  mode: CleaningMode,
  onProgress?: (done: number, total: number) => void,
): string[] {
  return texts.map((text, index) => {
    const result = mode === 'none' ? text : cleanHeadline(text);
    onProgress?.(index + 1, texts.length);
    return result;
  });
}
