/**
 * What the analysis files of a run hold: one zod schema a file, from which the types follow. They are written when
 * training ends, so that reports need neither the model nor the texts. Safe for browsers.
 *
 * NLLs are nats per text over the same sequences as the model's: characters, and the end of the text.
 */
import * as z from 'zod';
import { SPLITS } from '../corpus/corpus.js';
import { count, realNumber } from '../number-schemas.js';
import { sampleQualitySchema } from '../texts/texts-schema.js';

/** `samples/quality.json`: the quality of the texts in `samples/`, and of as many test texts and unigram samples. */
export const sampleQualitiesSchema = z.object({
  /** Number of training texts searched for `longestCopy` and `nearest`: all, unless there are very many. */
  searched: count.optional(),
  entries: z.array(
    z.object({
      of: z.enum(['epoch', 'final', 'test', 'unigram']),
      /** For `epoch`. */
      epoch: count.optional(),
      quality: sampleQualitySchema,
    }),
  ),
});

/** `temperatures.json`: texts of the best model at several temperatures. */
export const temperaturesSchema = z.object({
  seed: z.int(),
  entries: z.array(
    z.object({
      temperature: z.number().positive(),
      texts: z.array(z.string()),
      entropyPerCharacter: realNumber.describe('mean over the distributions that characters were sampled from, nats'),
      modelNll: realNumber.describe('of the texts under the model itself, at temperature 1: nats per text'),
      modelNllPerCharacter: realNumber.describe('the same, nats per character'),
      quality: sampleQualitySchema,
    }),
  ),
});

/** `inspection.json`: predictions and attention of the best model on some texts, and its embedding. */
export const inspectionSchema = z.object({
  /** A name for each token value, in order: characters, `pad` and `cls`. */
  tokens: z.array(z.string()),
  /** The characters' embedding, a row of numbers for each token value. */
  embedding: z.array(z.array(z.number())),
  texts: z.array(
    z.object({
      split: z.enum(SPLITS),
      /** As the model reads it. */
      text: z.string(),
      nll: realNumber,
      /** Probability of each token value at each position: after `cls`, after the first character, and so on. */
      distributions: z.array(z.array(z.number())),
      /** attention[block][head][query][key]: weights of a query add up to 1 over keys up to itself. */
      attention: z.array(z.array(z.array(z.array(z.number())))),
    }),
  ),
});

/** A line of `surprise.jsonl`: what each character of a few validation texts costs after an epoch. */
export const surpriseLineSchema = z.object({
  epoch: count,
  texts: z.array(
    z.object({
      /** As the model reads it. */
      text: z.string(),
      /** −log p of each character, and of the end where the text is not cut, nats. */
      nll: z.array(realNumber),
    }),
  ),
});

export type SurpriseLine = z.infer<typeof surpriseLineSchema>;
export type SampleQualities = z.infer<typeof sampleQualitiesSchema>;
export type Temperatures = z.infer<typeof temperaturesSchema>;
export type Inspection = z.infer<typeof inspectionSchema>;
