/**
 * What a report knows in numbers, and what its `results.json` holds: one schema, from which the types (types.ts),
 * the check of the file and docs/results-json.md follow. A `title` gives an object a section of that page, `intro` its
 * first paragraph, `page` the page that describes it instead.
 *
 * Version rule: fields may be added within a version, and readers ignore those that they do not know; a field that is
 * removed or changes its meaning raises {@link REPORT_SCHEMA_VERSION}.
 */
import * as z from 'zod';
import { count, realNumber } from '../../number-schemas.js';
import { temperaturesSchema } from '../../runs/analysis-schema.js';
import { runConfigSchema } from '../../runs/schema.js';
import { corpusReportSchema } from '../../texts/texts-schema.js';
import { REPORT_FORMAT } from '../report-folder.js';
import { groupSchema } from './schema-groups.js';
import {
  baselineSetSchema,
  correlationSchema,
  flag,
  groupComparisonSchema,
  names,
  sampleQuality,
  text,
} from './schema-parts.js';

export const REPORT_SCHEMA_VERSION = 3;

const kindSchema = z
  .enum(['study', 'quick', 'comparison'])
  .describe('`quick` has short trainings on few texts; `comparison` is of runs that a user named');

/** Null where there is none. */
const settingValue = z.union([realNumber, z.boolean(), text, z.null()]);

const comparisonSchema = z
  .object({
    kind: z
      .enum(['next-size', 'best', 'few-texts', 'padding', 'second-recipe', 'neighbours'])
      .describe(
        '`next-size`: first and the next larger size; `best`: the best group and each other; `few-texts`: first has ' +
          'fewer training texts; `padding`: first has `--padding all`; `second-recipe`: first has the second recipe, ' +
          "second is the same size with the report's own; `neighbours`: given runs that differ in something else",
      ),
    first: text.describe('name of a group'),
    second: text,
    differs: z
      .array(z.enum(['size', 'texts', 'padding', 'recipe', 'precision', 'epochs', 'settings']))
      .describe('in what: `epochs` is how many were planned, `settings` any other setting of model and training'),
    settings: z
      .array(z.object({ path: text, first: settingValue, second: settingValue }))
      .describe('which settings these are: their paths in `config.json`, and both values'),
    testNll: groupComparisonSchema,
    bestValNll: groupComparisonSchema,
    testTop1: groupComparisonSchema,
    timeRatio: realNumber.describe("mean seconds of the fastest epoch, the first's over the second's"),
  })
  .meta({ title: 'Comparisons', intro: 'Pairs of groups on the same validation and test texts.' });

const secondRecipeSchema = z
  .object({
    recipe: text.describe('the second recipe'),
    ownRecipe: text.optional().describe("the report's own, which `best`, `sizes` and all other parts are about"),
    best: text.optional().describe('group with the second recipe of the lowest mean best validation NLL'),
  })
  .meta({ title: 'Second recipe', intro: 'Of a study with `--compare-recipe`.' });

const mixtureSchema = z
  .object({
    name: text.describe('of its folder'),
    members: z
      .array(z.object({ label: text, testNll: realNumber.optional() }))
      .describe('its transformers in the order of the weights, then the n-gram model; with the test NLL of each alone'),
    runs: names.describe('folders of its transformers, relative to its own'),
    ngramOrder: count.optional().describe('of the n-gram model, in characters'),
    kind: z.enum(['linear', 'geometric']),
    parameters: count.describe('of its transformers together'),
    valNll: realNumber.describe('on the texts that its weights were learned on'),
    crossValidatedNll: realNumber.describe('each validation text scored with weights that were learned on others'),
    testNll: realNumber.optional(),
    testTop1: realNumber.optional(),
    testAccuracy: realNumber.optional().describe('as of a group'),
    bitsPerCharacter: realNumber.optional().describe('as of a group; missing if the number of characters is unknown'),
    perplexityPerCharacter: realNumber.optional(),
    comparable: flag.describe('whether it was made of the texts of a group that is comparable'),
  })
  .meta({ title: 'Mixtures', intro: 'See [mixture.md](mixture.md). Without test texts, nothing of them is there.' });

const ablationSchema = z
  .object({
    ablation: text.describe('what was taken away, or `intact`'),
    name: text.describe('of the group'),
    parameters: count,
    epochs: count.describe('trained'),
    testNll: realNumber.describe('of its predictions, nats per text'),
    testNllAsSampled: realNumber.describe('of the distributions that its samples are drawn from, nats per text'),
    knownWords: realNumber.describe('share of known words of its samples; NaN where there is no word'),
    sample: text.describe('the first of its final samples'),
  })
  .meta({ title: 'Ablations', intro: 'Of a study with `--ablations`.' });

const temperatureEntrySchema = temperaturesSchema.shape.entries.element
  .extend({
    quality: sampleQuality,
    differentTexts: count.describe('how many of the texts are different'),
    mostFrequent: z
      .object({ text: text, times: count })
      .optional()
      .describe('the most frequent text, the first one sampled of several; missing without texts'),
  })
  .describe('by temperature, ascending');

const temperatureFactsSchema = z
  .object({
    group: text,
    run: text.describe('whose model was sampled'),
    seed: z.int().describe('of the samples'),
    uniformEntropy: realNumber.describe(
      'of the uniform distribution over all token values, nats; NaN for a model of unknown form',
    ),
    entries: z.array(temperatureEntrySchema),
    testTexts: sampleQuality.optional().describe('quality of as many real test texts'),
  })
  .meta({ title: 'Temperatures' });

const { corpus } = runConfigSchema.shape;

const dataSchema = corpus
  .pick({ name: true, kind: true, fingerprint: true, sizes: true, limit: true, cleaning: true, entropy: true })
  .extend({
    path: text.optional().describe('of a data set of the Hub: its address, with the commit'),
    config: text.optional().describe('its configuration'),
    baselines: count.optional().describe("place in the report's `baselines`"),
    report: corpusReportSchema.meta({ page: 'run-directory.md#corpusjson' }).optional(),
  })
  .meta({
    title: 'Data',
    intro: 'The texts of most sizes or given runs; fields of `config.json` and `corpus.json` of a run.',
  });

const originSchema = z
  .object({
    begun: text.describe('when the earliest run was begun, ISO 8601'),
    lastBegun: text.describe('when the latest was'),
    seconds: realNumber.describe('of all runs together'),
    letterpress: names.describe('versions'),
    node: names.describe('versions'),
    platforms: names,
    backends: names.describe('e.g. `native (avx512), 2 threads, bf16`'),
    precisions: names,
    recipes: names,
    seeds: z.array(z.int()),
  })
  .meta({ title: 'Origin', intro: 'Programs and machines; each value once, in ascending order.' });

const missingSchema = z
  .object({
    kind: z.enum([
      'not-begun',
      'unfinished',
      'no-epochs',
      'other-texts',
      'sees-targets',
      'no-baselines',
      'no-corpus-report',
      'no-sample-quality',
      'no-final-samples',
      'no-inspection',
      'no-temperatures',
    ]),
    group: text.optional().describe('missing for what several groups lack, or the report as a whole'),
    runs: names.describe('runs concerned'),
    sentence: text.describe('the same in words, with what follows from it'),
  })
  .meta({ title: 'Missing', intro: 'What a reader may look for and not find.' });

export const reportResultsSchema = z.object({
  format: z.literal(REPORT_FORMAT).describe('by which the file is known'),
  schemaVersion: z.literal(REPORT_SCHEMA_VERSION).describe('of this page'),
  letterpress: text.describe('version that wrote the report'),
  title: text,
  kind: kindSchema,
  date: text.describe('when the latest run was begun, ISO 8601'),
  files: z.object({
    html: text.describe('the report, relative to this file'),
    pdf: text,
    markdown: text.optional().describe('the same for editing, as are the next'),
    latex: text.optional(),
    figures: z
      .array(z.object({ id: text, svg: text, pdf: text, description: text }))
      .describe('in the order of the report'),
  }),
  best: z
    .object({
      group: text.describe('of the lowest mean best validation NLL, among comparable sizes and given runs'),
      run: text.describe('its run with the lowest'),
      next: text.optional().describe('the group that comes next'),
      againstNext: groupComparisonSchema.optional().describe('the two compared by best validation NLL'),
    })
    .meta({ title: 'Best' })
    .optional()
    .describe('missing when no NLL is finite'),
  sizes: names.describe('from few to many parameters: sizes, or runs that differ by size and planned epochs alone'),
  groups: z.array(groupSchema),
  comparisons: z.array(comparisonSchema),
  pooledCorrelation: correlationSchema.extend({ withinModels: realNumber }).meta({
    page: '#correlations',
    description:
      "over all epochs of comparable sizes and given runs; `withinModels`: Pearson's, each model's mean subtracted",
  }),
  secondRecipe: secondRecipeSchema.optional().describe("a second recipe against the report's own"),
  mixtures: z.array(mixtureSchema).describe('those among the runs, in the order in which they were given'),
  ablations: z.array(ablationSchema),
  baselines: z.array(baselineSetSchema).describe("simple models; those of the report's own texts come first"),
  temperatures: temperatureFactsSchema.optional().describe('texts sampled at several temperatures'),
  data: dataSchema,
  origin: originSchema,
  missing: z.array(missingSchema),
});
