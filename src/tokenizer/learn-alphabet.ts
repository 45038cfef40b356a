import { LetterpressError } from '../errors.js';
import { normalizeText } from './code-points.js';
import { Tokenizer, type UnknownPolicy } from './tokenizer.js';

/** More letters than this are more likely a wrong file than an alphabet. */
export const MOST_LEARNED_LETTERS = 1000;

/**
 * A tokenizer whose alphabet is the letters (code points of the composed texts) of `texts`, in code-point
 * order. Give it the training texts only: what is learned from validation or test texts is no longer unseen.
 *
 * @throws BAD_INPUT when there is no letter, or more than `maxLetters` different ones
 * @example learnAlphabet(['тук-тук']).letters; // ['-', 'к', 'т', 'у']
 */
export function learnAlphabet(
  texts: Iterable<string>,
  options: { readonly maxLetters?: number; readonly unknown?: UnknownPolicy } = {},
): Tokenizer {
  const { maxLetters = MOST_LEARNED_LETTERS, unknown } = options;
  const seen = new Set<string>();
  for (const text of texts) for (const letter of normalizeText(text)) seen.add(letter);
  if (seen.size === 0)
    throw new LetterpressError(
      'BAD_INPUT',
      'an alphabet cannot be learned: the training texts have no letters',
      'Check that the right file or column was read, and that cleaning leaves something of it.',
    );
  if (seen.size > maxLetters)
    throw new LetterpressError(
      'BAD_INPUT',
      `the training texts have ${seen.size} different letters; a learned alphabet has at most ${maxLetters}`,
      'Check that the right file or column was read, clean the texts (--clean headlines), ' +
        'or use the default alphabet, which folds or replaces other letters.',
    );
  return new Tokenizer(
    [...seen].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!),
    unknown,
  );
}
