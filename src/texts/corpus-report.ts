import { corpusStatistics } from '../corpus/statistics.js';
import type { Splits } from '../corpus/corpus.js';
import type { CorpusReport } from './texts-schema.js';
import { DEFAULT_MAX_CHARACTERS } from '../tokenizer/encode-split.js';
import type { Tokenizer } from '../tokenizer/tokenizer.js';
import { textsAsRead, wordsOf } from './characters.js';
import { finish } from '../generators.js';
import { NEAR_DISTANCE, nearDuplicateSteps, nearOverlapSteps, searchOf } from './near-duplicates.js';

/** Options of {@link corpusReport}. */
export interface CorpusReportOptions {
  /** The context length; default 149. */
  readonly maxCharacters?: number;
  /** See `NearDuplicateOptions`. */
  readonly maxDistance?: number;
  readonly examples?: number;
  /** At most so many texts of a split, the first ones, are searched for near-duplicates; default 20,000. */
  readonly maxSearched?: number;
}

/** How far {@link corpusReportSteps} is. */
export interface CorpusReportStep {
  readonly done: number;
  readonly total: number;
}

/** Half a minute of searching, for headlines. */
const MAX_SEARCHED = 20_000;
/** Bars of a histogram that can be significantly different. */
const MAX_BINS = 40;
const SPLITS = ['train', 'val', 'test'] as const;

/**
 * What is to be said of the texts of a corpus: lengths, characters, words, copies and near-duplicates within a split
 * and of train. All fields are explained at `corpusReportSchema`.
 *
 * @param splits after cleaning, as they are given to the tokenizer
 * @throws BAD_OPTION for a context length or distance that makes no sense
 * @example corpusReport(corpus.splits, defaultTokenizer()).splits.test.nearTrain?.share;
 */
export function corpusReport(splits: Splits, tokenizer: Tokenizer, options: CorpusReportOptions = {}): CorpusReport {
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
  const { maxCharacters = DEFAULT_MAX_CHARACTERS, maxDistance = NEAR_DISTANCE } = options;
  const { maxSearched = MAX_SEARCHED, examples } = options;
  const near = { maxDistance, ...(examples === undefined ? {} : { examples }) };
  const statistics = corpusStatistics(splits, tokenizer, maxCharacters);
  const read = {
    train: textsAsRead(splits.train, tokenizer, maxCharacters),
    val: textsAsRead(splits.val, tokenizer, maxCharacters),
    test: textsAsRead(splits.test, tokenizer, maxCharacters),
  };
  const trainWords = new Set(read.train.flatMap(wordsOf));
  const searched = {
    train: read.train.slice(0, maxSearched),
    val: read.val.slice(0, maxSearched),
    test: read.test.slice(0, maxSearched),
  };
  const inTrain = searchOf(searched.train, near);
  // Val and test are searched twice: within themselves, and in train.
  const total = searched.train.length + 2 * (searched.val.length + searched.test.length);
  let before = 0;
  const splitReport = function* (split: keyof Splits): Generator<CorpusReportStep, SplitReport, void> {
    const texts = searched[split];
    const count = function* <T>(steps: Generator<number, T, void>): Generator<CorpusReportStep, T, void> {
      for (;;) {
        const step = steps.next();
        if (step.done === true) {
          before += texts.length;
          return step.value;
        }
        yield { done: before + step.value, total };
      }
    };
    const duplicates = yield* count(
      nearDuplicateSteps(texts, near, split === 'train' ? inTrain : searchOf(texts, near)),
    );
    const overlap =
      split === 'train' ? undefined : yield* count(nearOverlapSteps(texts, searched.train, near, inTrain));
    const { lengths, characters, encoding, ...counts } = statistics.splits[split];
    const words = read[split].flatMap(wordsOf);
    return {
      ...counts,
      lengths: { ...lengths },
      characters: characters.map((each) => ({ ...each })),
      encoding: { ...encoding, folded: { ...encoding.folded } },
      words: {
        total: words.length,
        different: new Set(words).size,
        known: words.length === 0 ? 0 : words.filter((word) => trainWords.has(word)).length / words.length,
      },
      searched: texts.length,
      nearDuplicates: { ...duplicates, examples: [...duplicates.examples] },
      ...(overlap === undefined ? {} : { nearTrain: { ...overlap, examples: [...overlap.examples] } }),
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
    lengthHistogram: lengthHistogram(splits, tokenizer),
  };
}

type SplitReport = CorpusReport['splits'][keyof Splits];

/** Texts by their characters before the context length cuts them, in bins of one width for all splits. */
function lengthHistogram(splits: Splits, tokenizer: Tokenizer): CorpusReport['lengthHistogram'] {
  const lengths = {
    train: splits.train.map((text) => tokenizer.encode(text).length),
    val: splits.val.map((text) => tokenizer.encode(text).length),
    test: splits.test.map((text) => tokenizer.encode(text).length),
  };
  const longest = SPLITS.flatMap((split) => lengths[split]).reduce((a, b) => Math.max(a, b), 0);
  const width = binWidth(longest);
  const bins = Math.floor(longest / width) + 1;
  const fill = (split: keyof Splits): number[] => {
    const counts = Array<number>(bins).fill(0);
    for (const length of lengths[split]) counts[Math.floor(length / width)]!++;
    return counts;
  };
  return { width, train: fill('train'), val: fill('val'), test: fill('test') };
}

/** The least of 1, 2, 5, 10, 20, 50 … that needs at most {@link MAX_BINS} bins from 0 to `longest`. */
function binWidth(longest: number): number {
  for (let power = 1; ; power *= 10)
    for (const step of [1, 2, 5]) if (longest < power * step * MAX_BINS) return power * step;
}
