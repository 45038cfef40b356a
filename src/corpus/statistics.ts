import { max, mean, median, min, sum } from 'd3-array';
import * as z from 'zod';
import { finish } from '../generators.js';
import { count, share } from '../number-schemas.js';
import { checkContextLength, truncate, DEFAULT_MAX_CHARACTERS } from '../tokenizer/encode-split.js';
import { encodingReportSchema } from '../tokenizer/report-schema.js';
import { emptyReport } from '../tokenizer/report.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import type { Splits } from './corpus.js';
import { batches } from './pieces.js';

/** One split in numbers. Texts are the same where the model's alphabet makes the same characters of them. */
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
  return finish(corpusStatisticsSteps(splits, tokenizer, maxCharacters, () => undefined));
}

/**
 * {@link corpusStatistics} in steps of some milliseconds.
 *
 * @param onText told each text as the model reads it, and its characters before the context length cuts them
 * @throws what {@link corpusStatistics} throws
 */
export function* corpusStatisticsSteps(
  splits: Splits,
  tokenizer: Tokenizer,
  maxCharacters: number,
  onText: (split: keyof Splits, tokens: Uint16Array, characters: number) => void,
): Generator<void, CorpusStatistics> {
  checkContextLength(maxCharacters);
  let train: ReadonlySet<string> = new Set();
  const steps = function* (split: keyof Splits): Generator<void, SplitStatistics> {
    const { statistics, different } = yield* splitStatistics(
      splits[split],
      tokenizer,
      maxCharacters,
      train,
      (...text) => onText(split, ...text),
    );
    if (split === 'train') train = different;
    return statistics;
  };
  return {
    maxCharacters,
    alphabetSize: tokenizer.characters.length,
    splits: { train: yield* steps('train'), val: yield* steps('val'), test: yield* steps('test') },
  };
}

function* splitStatistics(
  texts: readonly string[],
  tokenizer: Tokenizer,
  maxCharacters: number,
  train: ReadonlySet<string>,
  onText: (tokens: Uint16Array, characters: number) => void,
): Generator<void, { readonly statistics: SplitStatistics; readonly different: ReadonlySet<string> }> {
  const counts = new Float64Array(tokenizer.characters.length + 1); // [characters + 1], by id
  const report = emptyReport();
  const lengths: number[] = [];
  const different = new Set<string>();
  let inTrain = 0;
  for (const batch of batches(texts)) {
    for (const text of batch) {
      const tokens = tokenizer.encode(text, report);
      onText(truncate(tokens, maxCharacters, report), tokens.length);
      for (const id of tokens) counts[id]!++;
      lengths.push(tokens.length);
      const read = tokenizer.decode(tokens);
      different.add(read);
      if (train.has(read)) inTrain++;
    }
    yield;
  }
  const shareOf = (part: number): number => (texts.length === 0 ? 0 : part / texts.length);
  const statistics = {
    texts: texts.length,
    empty: report.empty,
    duplicates: texts.length - different.size,
    lengths: lengthStatistics(lengths),
    truncated: report.textsCut,
    truncatedShare: shareOf(report.textsCut),
    inTrain,
    inTrainShare: shareOf(inTrain),
    characters: tokenizer.characters.flatMap((character, i) => {
      const count = counts[i + 1]!;
      return count > 0 ? [{ character, count }] : [];
    }),
    encoding: report,
  };
  return { statistics, different };
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
