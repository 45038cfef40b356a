import { LetterpressError } from '../errors.js';
import { splitColumns } from './split.js';
import type { Corpus } from './types.js';

/**
 * A corpus of texts that are in memory already, split 80/10/10 by `seed` (default 0).
 *
 * @throws BAD_INPUT when an element is no string, or fewer than three are non-empty
 * @example corpusFromTexts(['one headline', 'another', 'a third'], { name: 'mine' });
 */
export function corpusFromTexts(
  texts: readonly string[],
  options: { readonly name?: string; readonly seed?: number } = {},
): Corpus {
  const { name = 'texts', seed = 0 } = options;
  texts.forEach((text: unknown, i) => {
    if (typeof text !== 'string')
      throw new LetterpressError(
        'BAD_INPUT',
        `expected an array of strings, got ${text === null ? 'null' : typeof text} at index ${i}`,
        'Give one string a text.',
      );
  });
  return { name, kind: 'memory', splits: splitColumns([texts], seed, name), alreadyClean: false };
}
