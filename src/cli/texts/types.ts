import type { CleaningMode, Corpus, Splits } from '../../corpus/corpus.js';
import type { GazetteSizes } from '../../corpus/gazette/index.js';
import type { Tokenizer } from '../../tokenizer/tokenizer.js';
import type { FileReading } from '../options/data.js';
import type { AlphabetOptions } from './alphabet.js';
import type { EmptyTexts } from './clean-splits.js';

/** Which texts to read, and how: the options of `addDataOptions` and `addLongTextOptions`, and what a run recorded. */
export interface DataOptions extends FileReading, Omit<AlphabetOptions, 'clean'> {
  readonly data?: string | undefined;
  readonly clean?: CleaningMode | undefined;
  readonly emptyTexts?: EmptyTexts | undefined;
  /** Splits a single file, or generates the built-in corpus. */
  readonly seed?: number | undefined;
  /** Only that many training texts. */
  readonly limit?: number | undefined;
  /** The data are one long text, read in pieces. */
  readonly continuous?: boolean | undefined;
  /** Tokens of a piece, cls included. */
  readonly contextLength?: number | undefined;
  readonly corpusSizes?: GazetteSizes | undefined;
}

/** Texts as a model gets them. */
export interface PreparedTexts {
  /** As it was read (its training texts limited), before cleaning. */
  readonly corpus: Corpus;
  readonly clean: CleaningMode;
  /** After cleaning. */
  readonly splits: Splits;
  readonly tokenizer: Tokenizer;
  /** Of texts from files. */
  readonly emptyTexts?: EmptyTexts;
}
