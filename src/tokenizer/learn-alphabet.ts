import { LetterpressError } from '../errors.js';
import { checkNames } from '../parse-options.js';
import { checkWholeNumber } from '../random.js';
import { normalizeText } from './code-points.js';
import { checkUnknownPolicy, Tokenizer, type UnknownPolicy } from './tokenizer.js';

/** More characters than this are more likely a wrong file than an alphabet; Chinese texts have some thousands. */
const MAX_LEARNED_CHARACTERS = 10_000;

/**
 * A tokenizer whose alphabet is the characters (code points of the composed texts) of `texts`, in code-point
 * order. Give it the training texts only: what is learned from validation or test texts is no longer unseen.
 *
 * @throws BAD_INPUT when there is no character, or more than `maxCharacters` different ones; BAD_OPTION for another
 *   policy, a maximum that is no whole number of at least 1, or an unknown option
 * @example learnAlphabet(['тук-тук']).characters; // ['-', 'к', 'т', 'у']
 */
export function learnAlphabet(
  texts: Iterable<string>,
  options: { readonly maxCharacters?: number; readonly unknown?: UnknownPolicy } = {},
): Tokenizer {
  checkNames(options, { maxCharacters: true, unknown: true }, 'learnAlphabet');
  const { maxCharacters = MAX_LEARNED_CHARACTERS, unknown } = options;
  checkUnknownPolicy(unknown);
  checkWholeNumber('maxCharacters', maxCharacters, 1);
  const seen = new Set<string>();
  for (const text of texts) for (const character of normalizeText(text)) seen.add(character);
  if (seen.size === 0)
    throw new LetterpressError(
      'BAD_INPUT',
      'an alphabet cannot be learned: the training texts have no characters',
      'Check that the right file or column was read, and that cleaning leaves something of it.',
    );
  if (seen.size > maxCharacters)
    throw new LetterpressError(
      'BAD_INPUT',
      `the training texts have ${seen.size} different characters; a learned alphabet has at most ${maxCharacters}`,
      'Check that the right file or column was read, clean the texts (clean headlines), ' +
        'or use the default alphabet, which folds or replaces other characters.',
    );
  return new Tokenizer(
    [...seen].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!),
    unknown,
  );
}
