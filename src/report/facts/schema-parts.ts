/** Parts of the schema of a report (schema.ts) that occur in several places. */
import * as z from 'zod';
import { BASELINE_IDS, baselineSchema } from '../../baselines/baselines-schema.js';
import { count, realNumber } from '../../number-schemas.js';
import { sampleQualitySchema } from '../../texts/texts-schema.js';

/** The figures of a run that groups are summarised by, and what they are. */
const FIGURES = {
  testNll: "NLL of the best epoch's weights on the test texts, nats per text",
  testTop1: 'top-1 of the same',
  testAccuracy:
    'share of characters and ends of test texts that were the most probable token; with padding `first` only',
  bitsPerCharacter: 'test NLL in bits per predicted character; the end of a text is one',
  perplexityPerCharacter: '2 to the power of that',
  bestValNll: 'lowest validation NLL',
  valTop1: 'top-1 on the validation texts at that epoch',
  bestEpoch: 'that epoch',
  epochsRun: 'epochs that were trained',
  seconds: 'wall-clock time of the run',
  secondsPerEpoch: 'wall-clock time of its fastest epoch',
  gapAtBest: 'validation NLL minus training NLL at the best epoch',
  lastTrainNll: 'training NLL of the last epoch',
  lastValNll: 'validation NLL of the last epoch',
  excess: 'mean NLL above that of the exact distribution on the same texts, where the corpus knows it',
} as const;

export type FigureName = keyof typeof FIGURES;

/** In the order of `results.json`. */
export const FIGURE_NAMES = Object.keys(FIGURES) as readonly FigureName[];

/** An object with a field of the same kind for each figure. */
export function figures<T extends z.ZodType>(schema: T) {
  const shape = Object.fromEntries(FIGURE_NAMES.map((name) => [name, schema.describe(FIGURES[name])]));
  return z.object(shape as Record<FigureName, T>);
}

export const counts = z.array(count);
export const numbers = z.array(realNumber);
export const text = z.string();
export const names = z.array(text);
export const flag = z.boolean();
const sizesOfSplits = z.object({ train: count, val: count, test: count });
export const sampleQuality = sampleQualitySchema
  .omit({ marked: true })
  .meta({ page: 'run-directory.md#samplesqualityjson' });

export const intervalSchema = z.object({ low: realNumber, high: realNumber, level: realNumber });

export const correlationSchema = z
  .object({
    epochs: count.describe('epochs that were used'),
    leftOut: count.describe('epochs with an NLL or top-1 that is not finite'),
    pearson: realNumber.describe("Pearson's correlation; NaN where it is undefined"),
    interval: intervalSchema
      .extend({ resamples: count, undefinedResamples: count })
      .describe("of Pearson's, by a bootstrap over blocks of epochs; NaN where no training has eight"),
    spearman: realNumber.describe("Spearman's correlation"),
  })
  .meta({ title: 'Correlations' });

export const baselineId = z.enum(BASELINE_IDS);

const baselineFactsSchema = baselineSchema
  .extend({
    valNll: realNumber,
    testNll: realNumber,
    valTop1: realNumber,
    testTop1: realNumber,
    testAccuracy: realNumber.describe('share of characters and ends of test texts that were the most probable token'),
    bitsPerCharacter: realNumber.describe('test NLL in bits per predicted character'),
    perplexityPerCharacter: realNumber,
  })
  .describe('from the weakest on, the exact entropy last; NaN where there is no such figure');

export const baselineSetSchema = z
  .object({
    fingerprint: text.describe('of the texts that they were fitted on and measured on'),
    texts: sizesOfSplits,
    charactersPerText: z
      .object({ val: realNumber, test: realNumber })
      .describe('predicted characters of a text on average, its end included'),
    baselines: z.array(baselineFactsSchema),
    strongest: baselineId.optional().describe('of the lowest test NLL, the exact entropy apart'),
  })
  .meta({ title: 'Baselines', intro: 'A set for each set of training texts.' });

export const groupComparisonSchema = z
  .object({
    basis: z
      .enum(['both-spreads', 'one-spread', 'margin', 'nothing'])
      .describe('[what the difference was compared with](diagnosis.md#comparing-models)'),
    difference: realNumber.describe('first minus second'),
    interval: intervalSchema.describe('of the difference; a margin has no level (NaN)'),
    better: z.enum(['first', 'second']).optional().describe('missing if the interval contains 0'),
  })
  .meta({ title: 'Differences', intro: 'Two groups compared by one figure.' });
