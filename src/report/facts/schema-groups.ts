/** Schemas of single runs and of groups of them; see schema.ts. */
import * as z from 'zod';
import { diagnosisSchema } from '../../diagnosis/types.js';
import { count, realNumber } from '../../number-schemas.js';
import { PRESETS, type PresetName } from '../../nn/presets.js';
import { runConfigSchema, runResultsSchema } from '../../runs/schema.js';
import {
  baselineId,
  correlationSchema,
  counts,
  figures,
  flag,
  intervalSchema,
  numbers,
  sampleQuality,
  text,
} from './schema-parts.js';

const figureSchema = z
  .object({
    mean: realNumber.describe('of the finite values'),
    low: realNumber.describe("lower end of the confidence interval of the mean (Student's t); NaN for one value"),
    high: realNumber.describe('upper end'),
    level: realNumber.describe('of the interval, e.g. 0.95'),
    standardDeviation: realNumber.describe('of the values; NaN for one'),
    standardError: realNumber.describe('of the mean; NaN for one value'),
    count: count.describe('finite values'),
    values: numbers.describe('one for each run that has it, in the order of the runs'),
    leftOut: count.describe('values that are not finite, because the training diverged'),
    missing: count.describe('runs without the figure, or unfinished while others have ended'),
  })
  .meta({
    title: 'Figures of a group',
    intro: 'From the runs that have ended, or from all as far as they are if none has.',
  });

const figuresSchema = figures(figureSchema).meta({
  title: 'Figures',
  intro:
    'In a group each is an object, as follows; in a run (`runs[].figures`) it is a number, and missing where the run ' +
    'has none. In a run that has not ended it is of the epochs so far.',
});

const groupQualitySchema = z
  .object({
    texts: count.describe('texts that each run sampled'),
    meanCharacters: realNumber,
    knownWords: realNumber.describe(
      'share of words of at least four characters that occur in the training texts; NaN without any',
    ),
    copied: realNumber,
    copiedVal: realNumber.optional(),
    copiedTest: realNumber.optional(),
    longestCopy: z.object({ mean: realNumber, max: count }),
    nearest: realNumber,
    distinctPairs: realNumber,
    ngramNllPerCharacter: realNumber,
  })
  .meta({
    title: 'Sample quality',
    intro: 'Means over the runs of what [`samples/quality.json`](run-directory.md#samplesqualityjson) has.',
  });

const meanCurveSchema = z
  .object({
    epochs: counts.describe('those that all its runs reached: beyond, the mean would jump'),
    mean: numbers.describe('over the runs, for each epoch'),
    low: numbers.describe('lowest of the runs'),
    high: numbers.describe('highest of the runs'),
    seconds: numbers.describe('mean wall-clock seconds from the beginning to the end of each epoch'),
    runs: count.describe('runs in the mean'),
    leftOut: count.describe('runs with a value that is not finite (unless all have one), or that have not ended'),
    longest: count.describe('epochs of the longest of its runs'),
  })
  .meta({ title: 'Mean curves' });

const againstBaselineSchema = z
  .object({
    id: baselineId,
    label: text,
    contextFree: flag,
    baselineNll: realNumber.describe('test NLL of the baseline'),
    difference: realNumber.describe('mean test NLL of the group minus that'),
    share: realNumber.describe('the difference as a share of the baseline NLL'),
    interval: intervalSchema.describe(
      'a confidence interval with several runs; ± 2 % of the lower NLL with one (level NaN)',
    ),
    verdict: z
      .enum(['better', 'worse', 'undecided', 'unknown'])
      .describe('`undecided` if the interval contains 0; `unknown` if a figure is not finite'),
  })
  .meta({ title: 'Against baselines', intro: 'One entry for each baseline but the exact entropy.' });

const { padding } = runConfigSchema.shape.training.shape;
const { precision } = runConfigSchema.shape.backend.shape;

const curveSchema = z.object({
  epochs: counts,
  trainNll: numbers,
  valNll: numbers,
  valTop1: numbers,
  valAccuracy: numbers.describe('share of characters and ends; NaN where it was not measured'),
  seconds: numbers.describe('from the beginning of the training to the end of the epoch, without pauses'),
});

const runSchema = z
  .object({
    name: text,
    seed: z.int(),
    ended: flag,
    stoppedBecause: runResultsSchema.shape.stoppedBecause.optional(),
    figures: figures(realNumber).partial().meta({ page: '#figures', description: 'those that it has' }),
    diagnosis: diagnosisSchema,
    correlation: correlationSchema.describe('of validation NLL and top-1 over its epochs'),
    samplesAlong: z
      .array(z.object({ epoch: count, quality: sampleQuality }))
      .describe('quality of the texts sampled after some epochs'),
    finalSamples: sampleQuality.optional().describe('quality of the final samples'),
    curve: curveSchema.describe('an entry an epoch'),
  })
  .meta({ title: 'Runs' });

const preset = z.enum(Object.keys(PRESETS) as [PresetName, ...PresetName[]]);

const roleSchema = z
  .enum(['size', 'padding', 'few-texts', 'second-recipe', 'given'])
  .describe(
    'trained as one of the sizes; as the smallest with `--padding all`; as the best on few texts; as a size with a ' +
      'second recipe; or named by the user',
  );

export const groupSchema = z
  .object({
    name: text.describe('unique'),
    role: roleSchema,
    secondRecipe: text
      .optional()
      .describe("of the role `second-recipe`: the group of that size with the report's own recipe"),
    parameters: count.optional().describe('missing for a model of another Letterpress before its first run has ended'),
    shape: z.object({ dModel: count, heads: count, layers: count, mlpRatio: count }).optional(),
    recipe: text.describe('e.g. `notebook`'),
    padding: padding.describe('whether the loss counts all positions, or ends at the first padding'),
    precision: precision.unwrap().describe('of the operands of large matrix products'),
    trainTexts: count.describe('training texts'),
    limit: count.optional().describe('only the first so many training texts were asked for'),
    comparable: flag.describe("whether its NLLs compare with the report's: same validation and test texts and tokens"),
    ended: count.describe('runs that have ended'),
    figures: figuresSchema.describe('over its runs'),
    diagnosis: diagnosisSchema.shape.kind.optional().describe('the kind, if all runs show the same'),
    diagnoses: z
      .array(z.object({ kind: diagnosisSchema.shape.kind, runs: count }))
      .describe('how many runs show what, most frequent first'),
    baselines: count.optional().describe("place in the report's `baselines`: those fitted on its own training texts"),
    againstBaselines: z.array(againstBaselineSchema).describe('from the weakest on'),
    samples: groupQualitySchema.optional().describe('of the final samples'),
    testTexts: sampleQuality.optional().describe('quality of as many real test texts'),
    unigramTexts: sampleQuality.optional().describe('quality of as many texts sampled from the character unigram'),
    reference: preset.optional().describe('which of the notebook’s models it is, if it is one, on all texts'),
    runs: z.array(runSchema).describe('by seed, then by name'),
    curves: z.object({
      trainNll: meanCurveSchema,
      valNll: meanCurveSchema,
      valTop1: meanCurveSchema,
      valAccuracy: meanCurveSchema,
    }),
  })
  .meta({
    title: 'Groups',
    intro:
      'Runs that differ by their seeds alone. Sizes and given runs come first, then those of the roles `padding`, ' +
      '`few-texts` and `second-recipe`; within a role by parameters, then by name.',
  });
