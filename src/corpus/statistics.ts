import { checkWindow, cutToWindow, DEFAULT_MAX_LETTERS } from '../tokenizer/encode-split.js';
import { emptyReport, type EncodingReport } from '../tokenizer/report.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { Splits } from './types.js';

/** Lengths of texts in letters as encoded, before the window cuts them; zeros when there are no texts. */
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
  /** Texts without a letter once encoded. */
  readonly empty: number;
  /** Texts that occurred before in the same split: `texts` less the number of different ones. */
  readonly duplicates: number;
  readonly lengths: LengthStatistics;
  /** Texts longer than the window, which will be cut. */
  readonly overWindow: number;
  /** `overWindow` as a share of the texts, 0 … 1. */
  readonly overWindowShare: number;
  /** Texts that are in train as well; 0 for train itself. */
  readonly inTrain: number;
  /** `inTrain` as a share of the texts, 0 … 1. */
  readonly inTrainShare: number;
  /** How often each letter of the alphabet occurs, in its order, letters that never do left out. */
  readonly letters: readonly { readonly letter: string; readonly count: number }[];
  /** What happened to letters outside the alphabet, and what the window cuts. */
  readonly encoding: EncodingReport;
}

/** What `letterpress data stats` shows. */
export interface CorpusStatistics {
  /** Letters of a text that fit the window. */
  readonly maxLetters: number;
  /** Letters of the alphabet, without `pad` and `cls`. */
  readonly alphabetSize: number;
  readonly splits: Readonly<Record<keyof Splits, SplitStatistics>>;
}

/**
 * Counts what is in the three splits, as the model would see them: clean the texts first if they will be cleaned.
 *
 * @param maxLetters the window; default 149
 * @throws BAD_OPTION for a window that is no positive integer
 * @example corpusStatistics(corpus.splits, defaultTokenizer()).splits.test.inTrainShare;
 */
export function corpusStatistics(
  splits: Splits,
  tokenizer: Tokenizer,
  maxLetters = DEFAULT_MAX_LETTERS,
): CorpusStatistics {
  checkWindow(maxLetters);
  const train = new Set(splits.train);
  const nothing = new Set<string>();
  return {
    maxLetters,
    alphabetSize: tokenizer.letters.length,
    splits: {
      train: splitStatistics(splits.train, tokenizer, maxLetters, nothing),
      val: splitStatistics(splits.val, tokenizer, maxLetters, train),
      test: splitStatistics(splits.test, tokenizer, maxLetters, train),
    },
  };
}

function splitStatistics(
  texts: readonly string[],
  tokenizer: Tokenizer,
  maxLetters: number,
  train: ReadonlySet<string>,
): SplitStatistics {
  const counts = new Float64Array(tokenizer.letters.length + 1); // [letters + 1], by id
  const report = emptyReport();
  const lengths = texts.map((text) => {
    const tokens = tokenizer.encode(text, report);
    cutToWindow(tokens, maxLetters, report);
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
    overWindow: report.textsCut,
    overWindowShare: share(report.textsCut),
    inTrain,
    inTrainShare: share(inTrain),
    letters: tokenizer.letters.flatMap((letter, i) => {
      const count = counts[i + 1]!;
      return count > 0 ? [{ letter, count }] : [];
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
