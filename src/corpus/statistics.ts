import { checkContextLength, truncate, DEFAULT_MAX_CHARACTERS } from '../tokenizer/encode-split.js';
import { emptyReport, type EncodingReport } from '../tokenizer/report.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { Splits } from './corpus.js';

/** Lengths of texts in characters as encoded, before the context length cuts them; zeros when there are no texts. */
export interface LengthStatistics {
  readonly total: number;
  readonly mean: number;
  /** The middle length, or the mean of the two in the middle. */
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** One split in numbers. Texts are compared exactly, as strings. */
export interface SplitStatistics {
  readonly texts: number;
  /** Texts without a character once encoded. */
  readonly empty: number;
  /** Texts that occurred before in the same split: `texts` less the number of different ones. */
  readonly duplicates: number;
  readonly lengths: LengthStatistics;
  /** Texts longer than the context length, which will be cut. */
  readonly truncated: number;
  /** `truncated` as a share of the texts, 0 … 1. */
  readonly truncatedShare: number;
  /** Texts that are in train as well; 0 for train itself. */
  readonly inTrain: number;
  /** `inTrain` as a share of the texts, 0 … 1. */
  readonly inTrainShare: number;
  /** How often each character of the alphabet occurs, in its order, characters that never do left out. */
  readonly characters: readonly { readonly character: string; readonly count: number }[];
  /** What happened to characters outside the alphabet, and what the context length cuts. */
  readonly encoding: EncodingReport;
}

/** What `letterpress data stats` shows. */
export interface CorpusStatistics {
  /** Characters of a text that fit the context length. */
  readonly maxCharacters: number;
  /** Characters of the alphabet, without `pad` and `cls`. */
  readonly alphabetSize: number;
  readonly splits: Readonly<Record<keyof Splits, SplitStatistics>>;
}

/**
 * Statistics of the three splits as the model would read them: clean the texts first if they will be cleaned.
 *
 * @param maxCharacters the context length; default 149
 * @throws BAD_OPTION for a context length that is no positive integer
 * @example corpusStatistics(corpus.splits, defaultTokenizer()).splits.test.inTrainShare;
 */
export function corpusStatistics(
  splits: Splits,
  tokenizer: Tokenizer,
  maxCharacters = DEFAULT_MAX_CHARACTERS,
): CorpusStatistics {
  checkContextLength(maxCharacters);
  const train = new Set(splits.train);
  const nothing = new Set<string>();
  return {
    maxCharacters,
    alphabetSize: tokenizer.characters.length,
    splits: {
      train: splitStatistics(splits.train, tokenizer, maxCharacters, nothing),
      val: splitStatistics(splits.val, tokenizer, maxCharacters, train),
      test: splitStatistics(splits.test, tokenizer, maxCharacters, train),
    },
  };
}

function splitStatistics(
  texts: readonly string[],
  tokenizer: Tokenizer,
  maxCharacters: number,
  train: ReadonlySet<string>,
): SplitStatistics {
  const counts = new Float64Array(tokenizer.characters.length + 1); // [characters + 1], by id
  const report = emptyReport();
  const lengths = texts.map((text) => {
    const tokens = tokenizer.encode(text, report);
    truncate(tokens, maxCharacters, report);
    for (const id of tokens) counts[id]!++;
    return tokens.length;
  });
  const inTrain = texts.reduce((sum, text) => sum + (train.has(text) ? 1 : 0), 0);
  const share = (part: number): number => (texts.length === 0 ? 0 : part / texts.length);
  return {
    texts: texts.length,
    empty: report.empty,
    duplicates: texts.length - new Set(texts).size,
    lengths: lengthStatistics(lengths),
    truncated: report.textsCut,
    truncatedShare: share(report.textsCut),
    inTrain,
    inTrainShare: share(inTrain),
    characters: tokenizer.characters.flatMap((character, i) => {
      const count = counts[i + 1]!;
      return count > 0 ? [{ character, count }] : [];
    }),
    encoding: report,
  };
}

function lengthStatistics(lengths: readonly number[]): LengthStatistics {
  if (lengths.length === 0) return { total: 0, mean: 0, median: 0, min: 0, max: 0 };
  const sorted = [...lengths].sort((a, b) => a - b);
  const total = sorted.reduce((sum, length) => sum + length, 0);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return {
    total,
    mean: total / sorted.length,
    median: sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2,
    min: sorted[0]!,
    max: sorted[sorted.length - 1]!,
  };
}
