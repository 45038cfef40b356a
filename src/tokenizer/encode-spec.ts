import { LetterpressError } from '../errors.js';
import { DEFAULT_MAX_CHARACTERS } from './encode-split.js';
import type { Tokenizer } from './tokenizer.js';

/** Texts as the padded table of docs/notebook.md, section 4. */
export interface PaddedTexts {
  /** `[texts, length]`, row by row: `cls`, the characters, then `pad`. */
  readonly tokens: Uint16Array;
  readonly texts: number;
  /** Tokens a row: the context length's characters and `cls`. */
  readonly length: number;
}

/**
 * The source's own encoding: `cls`, then the characters cut at `maxLength`, then `pad` up to `maxLength + 1` tokens.
 *
 * @param maxLength characters a row; 0 means as many as the longest of `texts` has
 * @throws BAD_OPTION when `maxLength` is negative or no integer
 * @example encodeSpec(['ab', 'c'], defaultTokenizer(), 0).tokens; // [28, 1, 2,  28, 3, 0]
 */
export function encodeSpec(
  texts: readonly string[],
  tokenizer: Tokenizer,
  maxLength = DEFAULT_MAX_CHARACTERS,
): PaddedTexts {
  if (!Number.isSafeInteger(maxLength) || maxLength < 0)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a maximal length of 0 or more characters, got ${maxLength}`,
      'Give a whole number; 0 means the longest text of the batch.',
    );
  const rows = texts.map((text) => tokenizer.encode(text));
  const characters = maxLength > 0 ? maxLength : rows.reduce((most, row) => Math.max(most, row.length), 0);
  const length = characters + 1;
  const tokens = new Uint16Array(rows.length * length); // [texts, length], 0 is pad
  rows.forEach((row, i) => {
    tokens[i * length] = tokenizer.clsToken;
    tokens.set(row.subarray(0, characters), i * length + 1);
  });
  return { tokens, texts: rows.length, length };
}
