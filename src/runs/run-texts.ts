import { eachSplit, type CleaningMode, type Corpus, type Splits } from '../corpus/corpus.js';
import type { RunConfig } from './schema.js';
import { encodeSplit, type EncodedSplit } from '../tokenizer/encode-split.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';

/** Texts as they are trained on, and where they came from. */
export interface RunTexts {
  readonly corpus: Corpus;
  readonly cleaning: CleaningMode;
  readonly columns?: readonly string[] | undefined;
  readonly limit?: number | undefined;
  /** How the file was read, for config.json. */
  readonly reading?: RunConfig['corpus']['reading'];
  /** After cleaning and limiting. */
  readonly splits: Splits;
  readonly tokenizer: Tokenizer;
  /** Folder of a distillation set that is trained on as well. */
  readonly distillationSet?: string | undefined;
  /** Throws instead of replacing characters outside the alphabet. */
  readonly strict?: boolean;
}

/** The splits as a model reads them. */
export type EncodedRunTexts = Readonly<Record<keyof Splits, EncodedSplit>>;

/**
 * Encodes the texts of a run for a model.
 *
 * @param contextLength tokens a text may have, cls included
 * @throws LetterpressError BAD_INPUT when `strict` and a character is not in the alphabet
 */
export function encodeTexts({ splits, tokenizer, strict }: RunTexts, contextLength: number): EncodedRunTexts {
  return eachSplit((name) =>
    encodeSplit(splits[name], tokenizer, { maxCharacters: contextLength - 1, strict: strict ?? false, name }),
  );
}
