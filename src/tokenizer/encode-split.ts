import { LetterpressError } from '../errors.js';
import { emptyReport, type EncodingReport } from './report.js';
import type { Tokenizer } from './tokenizer.js';

/** Letters of a text in SPEC's window of 150 tokens, `cls` being the first. */
export const DEFAULT_MAX_LETTERS = 149;

/** How the texts of a split are encoded. */
export interface EncodeSplitOptions {
  /** The window: letters beyond it are cut and counted. Default 149. */
  readonly maxLetters?: number;
  /** An error instead of replacing or dropping letters. Default false. */
  readonly strict?: boolean;
  /** Names the split in errors, e.g. `train`. */
  readonly name?: string;
}

/** One array of letter ids (1 … n, no `cls`, no `pad`) a text, in the order of the texts. */
export interface EncodedSplit {
  readonly encoded: Uint16Array[];
  readonly report: EncodingReport;
}

/** The first `maxLetters` of `tokens`; what is cut off is counted in `report`. */
export function cutToWindow(tokens: Uint16Array, maxLetters: number, report: EncodingReport): Uint16Array {
  if (tokens.length <= maxLetters) return tokens;
  report.textsCut++;
  report.lettersCut += tokens.length - maxLetters;
  return tokens.slice(0, maxLetters);
}

/** @throws BAD_OPTION for a window that is no positive integer */
export function checkWindow(maxLetters: number): void {
  if (!Number.isSafeInteger(maxLetters) || maxLetters < 1)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a window of at least 1 letter, got ${maxLetters}`,
      `Give a positive integer; the default is ${DEFAULT_MAX_LETTERS}.`,
    );
}

/**
 * Encodes every text and cuts it to the window, counting what was folded, replaced, dropped and cut.
 *
 * @throws BAD_INPUT under `strict` for a letter outside the alphabet, naming letter and text (counted from 1);
 *   BAD_OPTION for a window that is no positive integer
 */
export function encodeSplit(
  texts: readonly string[],
  tokenizer: Tokenizer,
  options: EncodeSplitOptions = {},
): EncodedSplit {
  const { maxLetters = DEFAULT_MAX_LETTERS, strict = false, name } = options;
  checkWindow(maxLetters);
  const report = emptyReport();
  const encoded = texts.map((text, i) => {
    const where = `text ${i + 1}${name === undefined ? '' : ` of ${name}`}`;
    return cutToWindow(tokenizer.encode(text, report, { strict, where }), maxLetters, report);
  });
  return { encoded, report };
}
