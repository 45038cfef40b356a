import { max, mean, median, min, sum } from 'd3-array';
import { z } from 'zod';
import { count } from '../json.js';
import { checkContextLength, truncate, DEFAULT_MAX_CHARACTERS } from '../tokenizer/encode-split.js';
import { emptyReport, encodingReportSchema } from '../tokenizer/report.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { Splits } from './corpus.js';

const share = z.number().min(0).max(1);

/** One split in numbers. Texts are compared exactly, as strings. */
export const splitStatisticsSchema = z.object({
  texts: count,
  /** Texts without a character once encoded. */
  empty: count,
  /** Texts that occurred before in the same split. */
  duplicates: count,
  /** Characters of a text as encoded, before the context length cuts them; zeros when there are no texts. */
  lengths: z.object({
    total: count,
    mean: z.number().min(0),
    median: z.number().min(0),
    min: count,
    max: count,
  }),
  /** Texts longer than the context length, which are cut, and their share of all. */
  truncated: count,
  truncatedShare: share,
  /** Texts that are in train as well, and their share of all; 0 for train itself. */
  inTrain: count,
  inTrainShare: share,
  /** How often each character of the alphabet occurs, in its order; characters that never do are left out. */
  characters: z.array(z.object({ character: z.string(), count })),
  encoding: encodingReportSchema,
});

type SplitStatistics = z.infer<typeof splitStatisticsSchema>;

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

function lengthStatistics(lengths: readonly number[]): SplitStatistics['lengths'] {
  return {
    total: sum(lengths),
    mean: mean(lengths) ?? 0,
    median: median(lengths) ?? 0,
    min: min(lengths) ?? 0,
    max: max(lengths) ?? 0,
  };
}
