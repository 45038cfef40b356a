/**
 * `results.json` of a report: every figure that it gives, so that others can go on from them without reading them off a page. The field
 * tables in docs/results-json.md say the same in words.
 *
 * Version rule: fields may be added within a version, and readers ignore those that they do not know; a field that is removed or changes its
 * meaning raises {@link REPORT_SCHEMA_VERSION}.
 */
import { z } from 'zod';
import { corpusReportSchema, sampleQualitySchema } from '../texts/texts-schema.js';
import { realNumber } from '../json.js';
import {
  againstBaselineSchema,
  correlationSchema,
  count,
  diagnosisSchema,
  figuresSchema,
  groupComparisonSchema,
  meanCurveSchema,
  qualityFiguresSchema,
  runFiguresSchema,
  temperatureEntrySchema,
  baselineSetSchema,
} from './results-parts.js';

/** The version that this Letterpress writes. */
export const REPORT_SCHEMA_VERSION = 1;

/** By which a file is known to be a report's. */
export const REPORT_FORMAT = 'letterpress-report';

const sizesSchema = z.object({
  groups: z.array(z.string()),
  better: count,
  worse: count,
  undecided: count,
  alwaysFalls: z.boolean(),
  alwaysRises: z.boolean(),
});

const preset = z.enum(['87k', '557k', '5m', '10m']);
const sizesOfSplits = z.object({ train: count, val: count, test: count });

const runSchema = z.object({
  name: z.string(),
  seed: z.int(),
  ended: z.boolean(),
  stoppedBecause: z.enum(['patience', 'epochs', 'interrupted']).optional(),
  figures: runFiguresSchema,
  diagnosis: diagnosisSchema,
  correlation: correlationSchema,
  samplesAlong: z.array(z.object({ epoch: count, quality: sampleQualitySchema })),
  finalSamples: sampleQualitySchema.optional(),
  curve: z.object({
    epochs: z.array(count),
    trainNll: z.array(realNumber),
    valNll: z.array(realNumber),
    valTop1: z.array(realNumber),
    seconds: z.array(realNumber),
  }),
});

const groupSchema = z.object({
  name: z.string(),
  role: z.enum(['size', 'padding', 'few-texts', 'second-recipe', 'given']),
  /** Of the role `second-recipe`: the group that it stands beside. */
  secondRecipe: z.string().optional(),
  parameters: count.optional(),
  shape: z.object({ dModel: count, heads: count, layers: count, mlpRatio: count }).optional(),
  recipe: z.string(),
  padding: z.enum(['all', 'first']),
  precision: z.enum(['f32', 'bf16']),
  trainTexts: count,
  limit: count.optional(),
  comparable: z.boolean(),
  ended: count,
  figures: figuresSchema,
  diagnosis: diagnosisSchema.shape.kind.optional(),
  diagnoses: z.array(z.object({ kind: diagnosisSchema.shape.kind, runs: count })),
  /** Place in the report's `baselines`, from 0. */
  baselines: count.optional(),
  againstBaselines: z.array(againstBaselineSchema),
  samples: qualityFiguresSchema.optional(),
  testTexts: sampleQualitySchema.optional(),
  reference: z
    .object({
      preset,
      testNll: realNumber,
      testTop1: realNumber,
      bestValNll: realNumber,
      pearson: realNumber,
      measuredPearson: realNumber,
    })
    .optional(),
  runs: z.array(runSchema),
  curves: z.object({ trainNll: meanCurveSchema, valNll: meanCurveSchema, valTop1: meanCurveSchema }),
});

const comparisonSchema = z.object({
  kind: z.enum(['next-size', 'best', 'few-texts', 'padding', 'second-recipe', 'neighbours']),
  first: z.string(),
  second: z.string(),
  differs: z.array(z.enum(['size', 'texts', 'padding', 'recipe', 'precision', 'epochs', 'settings'])),
  testNll: groupComparisonSchema,
  bestValNll: groupComparisonSchema,
  testTop1: groupComparisonSchema,
  timeRatio: realNumber,
});

const mixtureSchema = z.object({
  name: z.string(),
  members: z.array(z.object({ label: z.string(), testNll: realNumber.optional() })),
  runs: z.array(z.string()),
  ngramOrder: count.optional(),
  kind: z.enum(['linear', 'geometric']),
  parameters: count,
  valNll: realNumber,
  crossValidatedNll: realNumber,
  testNll: realNumber.optional(),
  testTop1: realNumber.optional(),
  bitsPerCharacter: realNumber.optional(),
  perplexityPerCharacter: realNumber.optional(),
  comparable: z.boolean(),
});

/** Schema of a report's `results.json`. */
export const reportResultsSchema = z.object({
  format: z.literal(REPORT_FORMAT),
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION),
  /** Version of Letterpress that wrote the report. */
  letterpress: z.string(),
  title: z.string(),
  kind: z.enum(['study', 'quick', 'comparison']),
  /** When the latest run was begun, ISO 8601: also the report's date. */
  date: z.string(),
  files: z.object({
    html: z.string(),
    pdf: z.string(),
    figures: z.array(z.object({ id: z.string(), svg: z.string(), pdf: z.string(), description: z.string() })),
  }),
  best: z
    .object({
      group: z.string(),
      run: z.string(),
      next: z.string().optional(),
      againstNext: groupComparisonSchema.optional(),
      clear: z.boolean(),
    })
    .optional(),
  sizes: sizesSchema,
  groups: z.array(groupSchema),
  comparisons: z.array(comparisonSchema),
  pooledCorrelation: correlationSchema.extend({ withinModels: realNumber }),
  secondRecipe: z
    .object({
      recipe: z.string(),
      ownRecipe: z.string().optional(),
      sizes: sizesSchema,
      best: z.object({ first: z.string(), second: z.string(), testNll: groupComparisonSchema }).optional(),
      passing: z.array(
        z.object({
          first: z.string(),
          second: z.string(),
          sameMachine: z.boolean(),
          valNll: realNumber,
          ownSeconds: realNumber,
          seconds: z.array(realNumber),
        }),
      ),
    })
    .optional(),
  mixtures: z.array(mixtureSchema),
  baselines: z.array(baselineSetSchema),
  temperatures: z
    .object({
      group: z.string(),
      run: z.string(),
      seed: z.int(),
      evenEntropy: realNumber,
      entries: z.array(temperatureEntrySchema),
      testTexts: sampleQualitySchema.optional(),
    })
    .optional(),
  data: z.object({
    name: z.string(),
    kind: z.string(),
    fingerprint: z.string(),
    sizes: sizesOfSplits,
    limit: count.optional(),
    cleaning: z.enum(['headlines', 'none']),
    entropy: realNumber.optional(),
    /** As for a group. */
    baselines: count.optional(),
    report: corpusReportSchema.optional(),
  }),
  origin: z.object({
    begun: z.string(),
    lastBegun: z.string(),
    seconds: realNumber,
    letterpress: z.array(z.string()),
    node: z.array(z.string()),
    platforms: z.array(z.string()),
    backends: z.array(z.string()),
    precisions: z.array(z.string()),
    recipes: z.array(z.string()),
    seeds: z.array(z.int()),
  }),
  missing: z.array(
    z.object({
      kind: z.string(),
      group: z.string().optional(),
      runs: z.array(z.string()),
      sentence: z.string(),
    }),
  ),
  reference: z.object({
    notes: z.array(z.string()),
    sizes: z.array(
      z.object({
        preset,
        parameters: count,
        testNll: z.number(),
        testTop1: z.number(),
        correctedTop1: z.number(),
        pearson: z.number(),
        bestValNll: z.number(),
        bestEpoch: count,
        epochsRun: count,
        epochsRunAtLeast: z.boolean(),
        notes: z.array(z.string()),
      }),
    ),
  }),
});

/** See {@link reportResultsSchema}. */
export type ReportResults = DeepReadonly<z.infer<typeof reportResultsSchema>>;

type DeepReadonly<T> = T extends object ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> } : T;
