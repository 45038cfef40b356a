/**
 * What a run keeps of its baselines. NLLs are nats per text over the same sequences as the model's: characters, and the
 * end.
 */
import * as z from 'zod';
import { count, realNumber, share } from '../number-schemas.js';

/** The models that a transformer is compared with, weakest first. */
export const BASELINE_IDS = [
  'flat-unigram',
  'unigram',
  'position-unigram',
  'bigram',
  'kneser-ney',
  'gzip',
  'brotli',
  'entropy',
] as const;

/** One baseline and its figures. */
export const baselineSchema = z.object({
  id: z.enum(BASELINE_IDS),
  label: z.string().describe('for tables and figures, e.g. `Kneser–Ney, order 9`'),
  order: z.int().min(1).optional().describe('characters of an n-gram, the predicted one included, for `kneser-ney`'),
  contextFree: z.boolean().describe('whether it ignores the context'),
  valNll: realNumber.optional(),
  testNll: realNumber,
  valTop1: share.optional().describe('as of a model; missing where there is no most probable character'),
  testTop1: share.optional(),
});

/** `baselines.json`: simple models fitted on the same training texts. */
export const baselinesSchema = z.object({
  /** Texts that they were fitted on, and measured on: all, unless there are very many. */
  texts: z.object({ train: count, val: count, test: count }),
  /** Predicted characters of a text on average, its end included: turns nats per text into nats per character. */
  charactersPerText: z.object({ val: z.number().positive(), test: z.number().positive() }),
  baselines: z.array(baselineSchema),
  /** Validation NLL of interpolated Kneser–Ney models of each order that was tried. */
  kneserNeyByOrder: z.array(z.object({ order: z.int().min(1), valNll: realNumber })),
});

export type Baseline = z.infer<typeof baselineSchema>;
export type Baselines = z.infer<typeof baselinesSchema>;
