import { LetterpressError } from '../../errors.js';
import { finish, relay } from '../../generators.js';
import { checkTexts, type CleaningMode } from '../corpus.js';
import { batches } from '../pieces.js';
import { loadNounLexicon, loadPunktModel } from './load.js';
import { nounLemma } from './noun-lemmas.js';
import { isAlpha } from './python-text.js';
import { sentenceSteps } from './sentences.js';
import { isStopWord } from './stop-words.js';
import { wordSteps } from './words.js';

/**
 * Loads the data that cleaning needs (about 0.8 MB, once) and returns the cleaning of one text: sentences,
 * words, only those wholly of letters, lower case, no stop words, noun lemmas, joined with single spaces.
 * The result is what NLTK 3.8 makes of the text, and may be empty. Throws `IO` if the data is missing, and
 * `BAD_INPUT` for what is no text.
 *
 * @example createCleaner()('Two churches were closed.') // 'two church closed'
 */
export function createCleaner(): (text: string) => string {
  const steps = createCleaningSteps();
  return (text) => {
    checkTexts([text], 'text');
    return finish(steps(text));
  };
}

const SENTENCES_A_STEP = 256;
const WORDS_A_STEP = 4096;

/** {@link createCleaner} in steps of some milliseconds, for texts of any length. */
function createCleaningSteps(): (text: string) => Generator<void, string> {
  const punkt = loadPunktModel();
  const lexicon = loadNounLexicon();
  return function* (text) {
    const words: string[] = [];
    for (const [i, sentence] of (yield* sentenceSteps(text, punkt)).entries()) {
      if (i % SENTENCES_A_STEP === SENTENCES_A_STEP - 1) yield;
      for (const [j, token] of (yield* wordSteps(sentence)).entries()) {
        if (j % WORDS_A_STEP === WORDS_A_STEP - 1) yield;
        const word = token.toLowerCase();
        if (isAlpha(token) && !isStopWord(word)) words.push(nounLemma(word, lexicon));
      }
    }
    return words.join(' ');
  };
}

let shared: ((text: string) => Generator<void, string>) | undefined;

/**
 * Cleans one text as {@link createCleaner} says; the data is loaded at the first call and kept.
 *
 * @throws BAD_INPUT for anything but a text
 */
export function cleanHeadline(text: string): string {
  checkTexts([text], 'text');
  return finish(cleanHeadlineSteps(text));
}

/** {@link cleanHeadline} in steps of some milliseconds. */
function cleanHeadlineSteps(text: string): Generator<void, string> {
  shared ??= createCleaningSteps();
  return shared(text);
}

/** {@link cleanTexts} in steps of some hundredths of a second: yields how many texts are done. */
export function* cleanTextsSteps(texts: readonly string[], mode: CleaningMode): Generator<number, string[]> {
  if (mode === 'none') return [...texts];
  const cleaned: string[] = [];
  for (const batch of batches(texts)) {
    for (const text of batch) cleaned.push(yield* relay(cleanHeadlineSteps(text), () => cleaned.length));
    yield cleaned.length;
  }
  return cleaned;
}

/**
 * Cleans texts, one result for each, in order; `none` gives them back as they are, without loading anything.
 *
 * @throws BAD_INPUT for anything but texts, BAD_OPTION for another mode
 * @param onProgress called after each text with the number done and the number of all
 */
export function cleanTexts(
  texts: readonly string[],
  mode: CleaningMode,
  onProgress?: (done: number, total: number) => void,
): string[] {
  if (!['headlines', 'none'].includes(mode))
    throw new LetterpressError('BAD_OPTION', `expected headlines or none (mode), got ${mode}`);
  checkTexts(texts, 'texts');
  return texts.map((text, index) => {
    const result = mode === 'none' ? text : cleanHeadline(text);
    onProgress?.(index + 1, texts.length);
    return result;
  });
}
