/** What the page is told of a run, from what its files say. Safe for browsers. */
import * as z from 'zod';
import type { Baselines } from '../baselines/baselines-schema.js';
import { diagnose } from '../diagnosis/diagnose.js';
import { modelConfigSchema } from '../nn/config.js';
import { countParameters } from '../nn/decoder-transformer.js';
import type { MetricsLine, RunConfig, RunResults } from '../runs/schema.js';
import type { RunDetails, RunRow } from './api.js';

/** More are not counted: a file may say anything. */
const MAX_LAYERS = 1000;

export function figuresOfRow(
  config: RunConfig,
  metrics: readonly MetricsLine[],
  results: RunResults | undefined,
): Partial<RunRow> {
  const best = Math.min(...metrics.map(({ valNll }) => valNll).filter(Number.isFinite));
  const last = metrics.at(-1);
  const model = modelConfigSchema.safeParse(config.model).data;
  const { corpus, recipe, seed, training, createdAt } = config;
  return {
    createdAt,
    corpus: corpus.name,
    texts: corpus.sizes.train,
    recipe: recipe.name,
    shape: model && `${model.dModel} × ${model.layers}`,
    seed,
    plannedEpochs: training.epochs,
    epochs: metrics.length,
    bestValNll: results?.bestValNll ?? (metrics.length === 0 ? undefined : best),
    testNll: results?.testNll,
    accuracy: results?.testAccuracy,
    bitsPerCharacter: results?.bitsPerCharacter,
    parameters: results?.parameters ?? (model && model.layers <= MAX_LAYERS ? countParameters(model) : undefined),
    speed: last && last.tokens / last.seconds,
    seconds: results?.seconds ?? (last && metrics.reduce((sum, line) => sum + line.seconds, 0)),
    seesTargets: model && !(model.causal && model.shift),
  };
}

const decays = z.looseObject({ schedule: z.looseObject({ kind: z.literal('warmup-cosine') }) });

type Findings = Pick<RunDetails, 'config' | 'results' | 'diagnosis' | 'baselines' | 'stepsPerEpoch'>;

export function findingsOf(
  config: RunConfig | undefined,
  metrics: readonly MetricsLine[],
  results: RunResults | undefined,
  baselines?: Baselines,
): Findings {
  const context = {
    baselines: baselines?.baselines,
    stoppedBecause: results?.stoppedBecause,
    schedule: decays.safeParse(config?.training).success ? ('warmup-cosine' as const) : undefined,
  };
  return {
    config,
    results,
    diagnosis: metrics.length === 0 ? [] : diagnose(metrics, context).sentences,
    baselines: baselines?.baselines,
    // The texts of a teacher are more steps: an epoch that has ended says how many.
    stepsPerEpoch: metrics[0]?.step ?? (config && Math.ceil(config.corpus.sizes.train / config.training.batch)),
  };
}
