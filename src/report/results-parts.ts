/** Parts of a report's `results.json` that occur in several places; docs/results-json.md says the same in words. */
import { z } from 'zod';
import { sampleQualitySchema } from '../texts/texts-schema.js';
import { BASELINE_IDS } from '../baselines/baselines-schema.js';
import { realNumber } from '../json.js';
import { FIGURE_NAMES } from './facts/types.js';

export const count = z.int().min(0);

/** A value in every run that has it, and their mean with a confidence interval. */
export const figureSchema = z.object({
  mean: realNumber,
  low: realNumber,
  high: realNumber,
  level: realNumber,
  standardDeviation: realNumber,
  standardError: realNumber,
  count,
  values: z.array(realNumber),
  leftOut: count,
  missing: count,
});

/** One object with an entry for each of {@link FIGURE_NAMES}. */
export const figuresSchema = z.record(z.enum(FIGURE_NAMES), figureSchema);
/** The figures that a single run has. */
export const runFiguresSchema = z.partialRecord(z.enum(FIGURE_NAMES), realNumber);

export const qualityFiguresSchema = z.object({
  texts: count,
  meanCharacters: figureSchema,
  knownWords: figureSchema,
  copied: figureSchema,
  longestCopyMean: figureSchema,
  longestCopyMax: figureSchema,
  nearest: figureSchema,
  distinctWords: figureSchema,
  distinctPairs: figureSchema,
  distinctTriples: figureSchema,
  ngramNll: figureSchema,
  ngramNllPerCharacter: figureSchema,
});

export const meanCurveSchema = z.object({
  epochs: z.array(count),
  mean: z.array(realNumber),
  low: z.array(realNumber),
  high: z.array(realNumber),
  seconds: z.array(realNumber),
  runs: count,
  leftOut: count,
  longest: count,
});

/** An interval and its level, NaN for one that is no confidence interval. */
export const intervalSchema = z.object({ low: realNumber, high: realNumber, level: realNumber });

const bootstrapSchema = intervalSchema.extend({ resamples: count, undefinedResamples: count });

export const correlationSchema = z.object({
  epochs: count,
  leftOut: count,
  pearson: realNumber,
  interval: bootstrapSchema,
  spearman: realNumber,
});

const baselineId = z.enum(BASELINE_IDS);
const baselineBrief = z.object({
  id: baselineId,
  label: z.string(),
  contextFree: z.boolean(),
  valNll: realNumber.optional(),
});

export const diagnosisSchema = z.object({
  kind: z.enum(['improving', 'converged', 'overfitting', 'failed', 'diverged', 'too-short']),
  flags: z.array(
    z.enum([
      'good-best',
      'not-better-than-context-free',
      'no-baseline',
      'learned-training-texts',
      'validation-rises',
      'training-rises',
      'best-is-last',
      'ended-by-patience',
      'interrupted',
    ]),
  ),
  stuckAt: baselineId.optional(),
  bestEpoch: count.optional(),
  reasons: z.object({
    epochs: count,
    nonFinite: count,
    firstNonFinite: count.optional(),
    bestValNll: realNumber,
    firstValNll: realNumber,
    endValNll: realNumber,
    valRise: realNumber,
    trainNllAtBest: realNumber,
    endTrainNll: realNumber,
    trainRise: realNumber,
    valNoise: realNumber,
    trainNoise: realNumber,
    trendEpochs: count,
    trend: realNumber,
    trendError: realNumber,
    contextFree: baselineBrief.optional(),
    oneCharacter: baselineBrief.optional(),
    stuckAt: baselineBrief.optional(),
  }),
  sentences: z.array(z.string()),
});

const baselineFactsSchema = baselineBrief.extend({
  order: z.int().min(1).optional(),
  valNll: realNumber,
  testNll: realNumber,
  valTop1: realNumber,
  testTop1: realNumber,
  bitsPerCharacter: realNumber,
  perplexityPerCharacter: realNumber,
});

export const baselineSetSchema = z.object({
  fingerprint: z.string(),
  texts: z.object({ train: count, val: count, test: count }),
  charactersPerText: z.object({ val: realNumber, test: realNumber }),
  baselines: z.array(baselineFactsSchema),
  /** Ids within `baselines`. */
  strongest: baselineId.optional(),
  strongestContextFree: baselineId.optional(),
  kneserNeyByOrder: z.array(z.object({ order: z.int().min(1), valNll: realNumber })),
});

export const againstBaselineSchema = z.object({
  id: baselineId,
  label: z.string(),
  contextFree: z.boolean(),
  baselineNll: realNumber,
  difference: realNumber,
  share: realNumber,
  interval: intervalSchema,
  verdict: z.enum(['better', 'worse', 'undecided', 'unknown']),
});

/** A comparison of two groups by one figure. */
export const groupComparisonSchema = z.object({
  basis: z.enum(['both-spreads', 'one-spread', 'margin', 'nothing']),
  difference: realNumber,
  interval: intervalSchema,
  better: z.enum(['first', 'second']).optional(),
});

export const temperatureEntrySchema = z.object({
  temperature: z.number().positive(),
  texts: z.array(z.string()),
  differentTexts: count,
  mostFrequent: z.object({ text: z.string(), times: count }).optional(),
  entropyPerCharacter: realNumber,
  effectiveCharacters: realNumber,
  modelNll: realNumber,
  modelNllPerCharacter: realNumber,
  quality: sampleQualitySchema,
});
