/**
 * What the analysis files of a run hold: one zod schema a file, from which the types follow. They are written when
 * training ends, so that reports need neither the model nor the texts. Safe for browsers.
 *
 * NLLs are nats per text over the same sequences as the model's: letters, and the end of the text.
 */
import { z } from 'zod';
import { realNumber } from './json.js';
import { RUN_SCHEMA_VERSION } from './schema.js';

const version = z.literal(RUN_SCHEMA_VERSION);
const count = z.int().min(0);
const share = z.number().min(0).max(1);

/** The simple models that a transformer is held against, from the weakest on. */
export const YARDSTICK_IDS = [
  'flat-unigram',
  'unigram',
  'position-unigram',
  'bigram',
  'kneser-ney',
  'gzip',
  'brotli',
  'entropy',
] as const;

/** One yardstick and its figures. */
export const yardstickSchema = z.object({
  id: z.enum(YARDSTICK_IDS),
  /** For tables and figures, e.g. `Kneser–Ney, order 9`. */
  label: z.string(),
  /** Letters that it looks at, the predicted one included, for `kneser-ney`. */
  order: z.int().min(1).optional(),
  /** Whether it predicts each letter without looking at the letters before. */
  contextFree: z.boolean(),
  valNll: realNumber.optional(),
  testNll: realNumber,
  /** Share of positions, per text, as of a model; absent where there is no most probable letter. */
  valTop1: share.optional(),
  testTop1: share.optional(),
});

/** `yardsticks.json`: simple models fitted on the same training texts. */
export const yardsticksSchema = z.object({
  schemaVersion: version,
  texts: z.object({ train: count, val: count, test: count }),
  /** Predicted letters of a text on average, its end included: turns nats per text into nats per letter. */
  lettersPerText: z.object({ val: z.number().positive(), test: z.number().positive() }),
  yardsticks: z.array(yardstickSchema),
  /** Validation NLL of interpolated Kneser–Ney models of each order that was tried. */
  kneserNeyByOrder: z.array(z.object({ order: z.int().min(1), valNll: realNumber })),
});

/** Texts in numbers: what can be said of them without reading them. */
export const sampleQualitySchema = z.object({
  texts: count,
  /** Letters of a text on average. */
  meanLetters: z.number().min(0),
  /** Share of the words that occur in the training texts. */
  knownWords: share,
  /** Share of the texts that are a training text, letter by letter. */
  copied: share,
  /** Letters of the longest span of a text that stands in a training text: on average, and at most. */
  longestCopy: z.object({ mean: z.number().min(0), max: count }),
  /** Edit distance to the nearest training text, over the longer one's letters: on average. */
  nearest: z.number().min(0),
  /** Share of different ones among all words, pairs and triples of words. */
  distinct: z.object({ words: share, pairs: share, triples: share }),
  /** Nats per text under the best Kneser–Ney model of `yardsticks.json`, and per letter. */
  ngramNll: realNumber,
  ngramNllPerLetter: realNumber,
});

/** `samples/quality.json`: the quality of the texts in `samples/`, and of as many test texts. */
export const sampleQualitiesSchema = z.object({
  schemaVersion: version,
  entries: z.array(
    z.object({
      of: z.enum(['epoch', 'final', 'test']),
      /** For `epoch`. */
      epoch: count.optional(),
      quality: sampleQualitySchema,
    }),
  ),
});

/** `temperatures.json`: texts of the best model at several temperatures. */
export const temperaturesSchema = z.object({
  schemaVersion: version,
  seed: z.int(),
  entries: z.array(
    z.object({
      temperature: z.number().positive(),
      texts: z.array(z.string()),
      /** Entropy of the distributions that the letters were drawn from, nats per letter, on average over letters. */
      entropyPerLetter: realNumber,
      /** NLL of the texts under the model itself, at temperature 1: nats per text, and per letter. */
      modelNll: realNumber,
      modelNllPerLetter: realNumber,
      quality: sampleQualitySchema,
    }),
  ),
});

/** `inspection.json`: what the best model does with some texts, and what it made of the letters. */
export const inspectionSchema = z.object({
  schemaVersion: version,
  /** A name for each token value, in order: letters, `pad` and `cls`. */
  tokens: z.array(z.string()),
  /** The letters' embedding, a row of numbers for each token value. */
  embedding: z.array(z.array(z.number())),
  texts: z.array(
    z.object({
      /** From which split, and the text as the model reads it. */
      split: z.enum(['train', 'val', 'test']),
      text: z.string(),
      nll: realNumber,
      /** Probability of each token value at each position: after `cls`, after the first letter, and so on. */
      distributions: z.array(z.array(z.number())),
      /** attention[block][head][query][key]: weights of a query add up to 1 over keys up to itself. */
      attention: z.array(z.array(z.array(z.array(z.number())))),
    }),
  ),
});

/** See {@link yardstickSchema}. */
export type Yardstick = z.infer<typeof yardstickSchema>;
/** See {@link yardsticksSchema}. */
export type Yardsticks = z.infer<typeof yardsticksSchema>;
/** See {@link sampleQualitySchema}. */
export type SampleQuality = z.infer<typeof sampleQualitySchema>;
/** See {@link sampleQualitiesSchema}. */
export type SampleQualities = z.infer<typeof sampleQualitiesSchema>;
/** See {@link temperaturesSchema}. */
export type Temperatures = z.infer<typeof temperaturesSchema>;
/** See {@link inspectionSchema}. */
export type Inspection = z.infer<typeof inspectionSchema>;
