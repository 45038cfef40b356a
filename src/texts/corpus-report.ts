import { max } from 'd3-array';
import { eachSplit, type Splits } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { batches } from '../corpus/pieces.js';
import { corpusStatisticsSteps } from '../corpus/statistics.js';
import { finish, relay } from '../generators.js';
import { checkNames } from '../parse-options.js';
import type { CorpusReport } from './texts-schema.js';
import { DEFAULT_MAX_CHARACTERS } from '../tokenizer/encode-split.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { wordsOf } from './characters.js';
import { NEAR_DISTANCE, nearDuplicateSteps, nearOverlapSteps, searchOf } from './near-duplicates.js';

export interface CorpusReportOptions {
  /** The context length; default 149. */
  readonly maxCharacters?: number;
  /** See `NearDuplicateOptions`. */
  readonly maxDistance?: number;
  /** At most so many texts of a split, the first ones, are searched for near-duplicates; default 20,000. */
  readonly maxSearched?: number;
}

export interface CorpusReportStep {
  readonly done: number;
  readonly total: number;
}

/** Half a minute of searching, for headlines. */
const MAX_SEARCHED = 20_000;
/** Bars of a histogram that the eye can still separate. */
const MAX_BINS = 40;

/**
 * What is to be said of the texts of a corpus: lengths, characters, words, copies and near-duplicates within a split
 * and of train. All fields are explained at `corpusReportSchema`.
 *
 * @param splits after cleaning, as they are given to the tokenizer
 * @throws BAD_OPTION for a context length, distance or number that makes no sense, or an unknown option
 * @example corpusReport(corpus.splits, defaultTokenizer()).splits.test.nearTrain?.share;
 */
export function corpusReport(splits: Splits, tokenizer: Tokenizer, options: CorpusReportOptions = {}): CorpusReport {
  checkNames(options, { maxCharacters: true, maxDistance: true, maxSearched: true }, 'corpusReport');
  return finish(corpusReportSteps(splits, tokenizer, options));
}

/**
 * {@link corpusReport} in steps of some milliseconds, for callers that show progress or may be interrupted.
 *
 * @throws what {@link corpusReport} throws
 */
export function* corpusReportSteps(
  splits: Splits,
  tokenizer: Tokenizer,
  options: CorpusReportOptions = {},
): Generator<CorpusReportStep, CorpusReport, void> {
  const { maxCharacters = DEFAULT_MAX_CHARACTERS, maxDistance = NEAR_DISTANCE, maxSearched = MAX_SEARCHED } = options;
  if (!(maxSearched >= 0))
    throw new LetterpressError('BAD_OPTION', `expected a number of texts (maxSearched), got ${maxSearched}`);
  const near = { maxDistance };
  const read = eachSplit((): string[] => []);
  const lengths = eachSplit((): number[] => []);
  const { train, val, test } = eachSplit((split) => Math.min(splits[split].length, maxSearched));
  // Val and test are searched twice: within themselves, and in train.
  const total = train + 2 * (val + test);
  const statistics = yield* relay(
    corpusStatisticsSteps(splits, tokenizer, maxCharacters, (split, tokens, characters) => {
      read[split].push(tokenizer.decode(tokens));
      lengths[split].push(characters);
    }),
    () => ({ done: 0, total }),
  );
  const searched = eachSplit((split) => read[split].slice(0, maxSearched));
  const inTrain = searchOf(searched.train, near);
  let before = 0;
  let trainWords: ReadonlySet<string> | undefined;
  const splitReport = function* (split: keyof Splits): Generator<CorpusReportStep, SplitReport, void> {
    const texts = searched[split];
    const count = function* <T>(steps: Generator<number, T, void>): Generator<CorpusReportStep, T, void> {
      const found = yield* relay(steps, (done) => ({ done: before + done, total }));
      before += texts.length;
      return found;
    };
    const isTrain = split === 'train';
    const nearDuplicates = yield* count(nearDuplicateSteps(texts, near, isTrain ? inTrain : searchOf(texts, near)));
    const nearTrain = isTrain ? undefined : yield* count(nearOverlapSteps(texts, searched.train, near, inTrain));
    const { words: different, ...words } = yield* relay(countWordSteps(read[split], trainWords), () => ({
      done: before,
      total,
    }));
    trainWords ??= different;
    return {
      ...statistics.splits[split],
      words,
      searched: texts.length,
      nearDuplicates,
      ...(nearTrain && { nearTrain }),
    };
  };
  return {
    maxCharacters,
    alphabetSize: statistics.alphabetSize,
    maxDistance,
    splits: {
      train: yield* splitReport('train'),
      val: yield* splitReport('val'),
      test: yield* splitReport('test'),
    },
    lengthHistogram: lengthHistogram(lengths),
  };
}

type SplitReport = CorpusReport['splits'][keyof Splits];

/** @param train the words of train, of which those of another split are known */
function* countWordSteps(
  texts: readonly string[],
  train?: ReadonlySet<string>,
): Generator<void, SplitReport['words'] & { readonly words: ReadonlySet<string> }> {
  const words = new Set<string>();
  let [total, known] = [0, 0];
  for (const batch of batches(texts)) {
    for (const word of batch.flatMap(wordsOf)) {
      total++;
      words.add(word);
      if (train === undefined || train.has(word)) known++;
    }
    yield;
  }
  return { words, total, different: words.size, known: total === 0 ? 0 : known / total };
}

/** Texts by their characters before the context length cuts them, in bins of one width for all splits. */
function lengthHistogram(lengths: Readonly<Record<keyof Splits, number[]>>): CorpusReport['lengthHistogram'] {
  const longest = max(Object.values(lengths), (each) => max(each)) ?? 0;
  const width = binWidth(longest);
  const counts = eachSplit((split) => {
    const bins = Array<number>(Math.floor(longest / width) + 1).fill(0);
    for (const length of lengths[split]) bins[Math.floor(length / width)]!++;
    return bins;
  });
  return { width, ...counts };
}

/** The least of 1, 2, 5, 10, 20, 50 … that needs at most {@link MAX_BINS} bins from 0 to `longest`. */
function binWidth(longest: number): number {
  for (let power = 1; ; power *= 10)
    for (const step of [1, 2, 5]) if (longest < power * step * MAX_BINS) return power * step;
}
