import { codePoints } from '../tokenizer/code-points.js';
import { checkContextLength, truncate, DEFAULT_MAX_CHARACTERS } from '../tokenizer/encode-split.js';
import { emptyReport } from '../tokenizer/report.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** How many characters (Unicode code points) a text has. */
export function countCharacters(text: string): number {
  return codePoints(text).length;
}

/**
 * The words of a text: what stands between white space. A text in a script without spaces is one word.
 *
 * @example wordsOf('wall  street opens'); // ['wall', 'street', 'opens']
 */
export function wordsOf(text: string): string[] {
  return text.split(/\s+/u).filter((word) => word !== '');
}

/**
 * Texts as a model reads them: characters outside the alphabet folded, replaced or dropped, and truncated.
 * Measures of a model's texts against the texts it learned from compare these.
 *
 * @param maxCharacters the context length; default 149
 * @throws BAD_OPTION for a context length that is no positive integer
 * @example textsAsRead(corpus.splits.train, tokenizer)
 */
export function textsAsRead(
  texts: readonly string[],
  tokenizer: Tokenizer,
  maxCharacters = DEFAULT_MAX_CHARACTERS,
): string[] {
  checkContextLength(maxCharacters);
  const report = emptyReport();
  return texts.map((text) => tokenizer.decode(truncate(tokenizer.encode(text), maxCharacters, report)));
}

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;

/**
 * A function that writes a text so that each character is one UTF-16 unit, which is what strings are indexed and
 * compared by. Characters outside the Basic Multilingual Plane (emoji, rare scripts), which take two units, get a unit
 * of the range that is free then: that of halves of pairs, in order of appearance. Texts are comparable when the same
 * function wrote them. The 2,049th such character shares a unit with the first, and is taken for it: texts have as many
 * where they are of a rare script, not of emoji.
 */
export function createUnitWriter(): (text: string) => string {
  const units = new Map<string, string>();
  return (text) =>
    text.replace(/[\u{10000}-\u{10ffff}]/gu, (character) => {
      let unit = units.get(character);
      if (unit === undefined) {
        unit = String.fromCharCode(FIRST_SURROGATE + (units.size % SURROGATES));
        units.set(character, unit);
      }
      return unit;
    });
}
