/** What a run keeps of its texts: their quality, and the corpus in numbers. */
import * as z from 'zod';
import { splitStatisticsSchema } from '../corpus/statistics.js';
import { count, realNumber, share } from '../number-schemas.js';

export const MIN_WORD_CHARACTERS = 4;

/** Texts that a report shows of each set. */
export const MARKED_TEXTS = 6;

/**
 * Texts in numbers: what can be said of them without reading them. Characters are Unicode code points; words are what
 * stands between white space. An empty text is a text like any other. Of no texts, or of texts without a word or a run
 * of words, shares and lengths are 0 and NLLs are NaN.
 *
 * Only sets of equally many texts compare: `distinct` falls as texts are added, `longestCopy.max` rises.
 */
export const sampleQualitySchema = z.object({
  texts: count,
  /** Characters of a text on average. */
  meanCharacters: z.number().min(0),
  /**
   * Words of at least {@link MIN_WORD_CHARACTERS} characters, each occurrence counted; their share that occurs in the
   * training texts; and its standard error, with texts as the independent units. Shorter words are known by chance:
   * letters and pairs of letters nearly all occur as words.
   */
  knownWords: z.object({ words: count, share, standardError: realNumber }),
  /** Share of the texts that are a training text, character by character. */
  copied: share,
  /** Share that are no training text, but a validation text or a test text; absent in runs that did not count them. */
  copiedVal: share.optional(),
  copiedTest: share.optional(),
  /**
   * Characters, spaces included, of the longest span of a text that occurs in one training text: on average, and at
   * most.
   */
  longestCopy: z.object({ mean: z.number().min(0), max: count }),
  /**
   * Edit distance (Levenshtein) over the longer text's characters, to the training text where that is least: on
   * average. From 0 for copies to 1, which it also is without training texts. Absent for the texts of an epoch: the
   * search takes longer than everything else.
   */
  nearest: share.optional(),
  /**
   * Share of different ones among all words, and among all pairs and triples of words that follow each other in a text.
   */
  distinct: z.object({ words: share, pairs: share, triples: share }),
  /**
   * Nats per text under the best Kneser–Ney model of `baselines.json`, and per predicted character: those of the texts
   * and their ends, but no end for a text that fills the context.
   */
  ngramNll: realNumber,
  ngramNllPerCharacter: realNumber,
  /**
   * The first {@link MARKED_TEXTS} texts in pieces: words of at least {@link MIN_WORD_CHARACTERS} characters that no
   * training text has are invented; the longest span that one training text has, of at least 12 characters, is copied.
   */
  marked: z.array(z.array(z.object({ text: z.string(), invented: z.boolean(), copied: z.boolean() }))).optional(),
});

/** Two texts that are nearly the same; their edits over the characters of the longer one. */
const nearPairSchema = z.object({ text: z.string(), other: z.string(), distance: share });

const splitReportSchema = splitStatisticsSchema.extend({
  /** Words of the texts as a model reads them; the share of `total` that occur in train, 1 for train itself. */
  words: z.object({ total: count, different: count, known: share }),
  /** Texts, from the first on, that were searched for near-duplicates: all, unless there are very many. */
  searched: count,
  /**
   * Texts, as a model reads them, that are nearly the same as another of the split, copies included; their share of
   * `searched`; the pairs; the sets of texts connected by such pairs, and the texts of the largest.
   */
  nearDuplicates: z.object({
    texts: count,
    share,
    pairs: count,
    groups: count,
    largestGroup: count,
    examples: z.array(nearPairSchema),
  }),
  /** The same of texts that are nearly the same as one of train, which is `other` in the examples; absent for train. */
  nearTrain: z.object({ texts: count, share, examples: z.array(nearPairSchema) }).optional(),
});

/** `corpus.json`: the texts that a run was trained and measured on, in numbers. */
export const corpusReportSchema = z.object({
  /** Characters of a text that fit the context length. */
  maxCharacters: z.int().min(1),
  /** Characters of the alphabet, without `pad` and `cls`. */
  alphabetSize: count,
  /** Texts are nearly the same if their edits are at most this share of the longer one's characters. */
  maxDistance: share,
  splits: z.object({ train: splitReportSchema, val: splitReportSchema, test: splitReportSchema }),
  /**
   * Texts by length, before the context length cuts: bin i counts those of i · width to (i + 1) · width − 1 characters.
   */
  lengthHistogram: z.object({
    width: z.int().min(1),
    train: z.array(count),
    val: z.array(count),
    test: z.array(count),
  }),
});

export type SampleQuality = z.infer<typeof sampleQualitySchema>;
export type MarkedText = NonNullable<SampleQuality['marked']>[number];
export type CorpusReport = z.infer<typeof corpusReportSchema>;
