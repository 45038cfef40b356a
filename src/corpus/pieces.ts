import { partsOf } from '../tokenizer/code-points.js';
import type { EncodingReport } from '../tokenizer/report-schema.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/**
 * Cuts one long text, as a model reads it, into pieces of `characters` characters without gaps, in steps of some
 * milliseconds. What is left at the end, less than a piece, is left out: it would be a text that ends, and a long text
 * does not.
 *
 * @returns the pieces, and the characters of the whole text
 * @example finish(pieceSteps('abcdefgh', defaultTokenizer(), 3, emptyReport())).pieces // ['abc', 'def']
 */
export function* pieceSteps(
  text: string,
  tokenizer: Tokenizer,
  characters: number,
  report: EncodingReport,
): Generator<void, { readonly pieces: string[]; readonly characters: number }> {
  const pieces: string[] = [];
  const piece = new Uint16Array(characters);
  let length = 0;
  for (const part of partsOf(text)) {
    for (const token of tokenizer.encode(part, report)) {
      piece[length++ % characters] = token;
      if (length % characters === 0) pieces.push(tokenizer.decode(piece));
    }
    yield;
  }
  return { pieces, characters: length };
}

/** Texts in batches that take a few hundredths of a second to clean. */
export function* batches(texts: readonly string[], size = 512, characters = 1 << 15): Generator<readonly string[]> {
  let from = 0;
  let length = 0;
  for (let to = 1; to <= texts.length; to++) {
    length += texts[to - 1]!.length;
    if (to - from < size && length < characters && to < texts.length) continue;
    yield texts.slice(from, to);
    [from, length] = [to, 0];
  }
}
