import { LetterpressError } from '../errors.js';
import { finish } from '../generators.js';
import { checkNames } from '../parse-options.js';
import type { EncodingReport } from './report-schema.js';
import { emptyReport } from './report.js';
import type { Tokenizer } from './tokenizer.js';

/** Characters of a text in the notebook's context length of 150 tokens, `cls` being the first. */
export const DEFAULT_MAX_CHARACTERS = 149;

/** How the texts of a split are encoded. */
export interface EncodeSplitOptions {
  /** The context length: characters beyond it are cut and counted. Default 149. */
  readonly maxCharacters?: number;
  /** An error instead of replacing or dropping characters. Default false. */
  readonly strict?: boolean;
  /** Names the split in errors, e.g. `train`. */
  readonly name?: string;
}

/** One array of character ids (1 … n, no `cls`, no `pad`) a text, in the order of the texts. */
export interface EncodedSplit {
  readonly encoded: Uint16Array[];
  readonly report: EncodingReport;
}

/** The first `maxCharacters` of `tokens`; what is cut off is counted in `report`. */
export function truncate(tokens: Uint16Array, maxCharacters: number, report: EncodingReport): Uint16Array {
  if (tokens.length <= maxCharacters) return tokens;
  report.textsCut++;
  report.charactersCut += tokens.length - maxCharacters;
  return tokens.slice(0, maxCharacters);
}

/** @throws BAD_OPTION for a context length that is no positive integer */
export function checkContextLength(maxCharacters: number): void {
  if (!Number.isSafeInteger(maxCharacters) || maxCharacters < 1)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a context length of at least 1 character, got ${maxCharacters}`,
      `Give a positive integer; the default is ${DEFAULT_MAX_CHARACTERS}.`,
    );
}

/**
 * Encodes every text and cuts it to the context length, counting what was folded, replaced, dropped and cut.
 *
 * @throws BAD_INPUT under `strict` for a character outside the alphabet, naming character and text (counted from 1);
 *   BAD_OPTION for a context length that is no positive integer, or an unknown option
 */
export function encodeSplit(
  texts: readonly string[],
  tokenizer: Tokenizer,
  options: EncodeSplitOptions = {},
): EncodedSplit {
  checkNames(options, { maxCharacters: true, strict: true, name: true }, 'encodeSplit');
  return finish(encodeSplitSteps(texts, tokenizer, options));
}

/** UTF-16 units that are encoded in some milliseconds. */
const PORTION = 1 << 17;

/** {@link encodeSplit} in steps of some milliseconds: yields how many texts are done. */
export function* encodeSplitSteps(
  texts: readonly string[],
  tokenizer: Tokenizer,
  options: EncodeSplitOptions = {},
): Generator<number, EncodedSplit> {
  const { maxCharacters = DEFAULT_MAX_CHARACTERS, strict = false, name } = options;
  checkContextLength(maxCharacters);
  const report = emptyReport();
  const encoded: Uint16Array[] = [];
  let length = 0;
  for (const text of texts) {
    const where = `text ${encoded.length + 1}${name === undefined ? '' : ` of ${name}`}`;
    encoded.push(truncate(tokenizer.encode(text, report, { strict, where }), maxCharacters, report));
    if ((length += text.length) < PORTION) continue;
    yield encoded.length;
    length = 0;
  }
  return { encoded, report };
}
