import { baselinesSchema } from '../baselines/baselines-schema.js';
import { modelConfigSchema } from '../nn/config.js';
import { countParameters } from '../nn/decoder-transformer.js';
import { isWritten } from '../runs/folder-lock.js';
import { LOCK_FILE, RUN_FILES } from '../runs/layout.js';
import {
  runConfigSchema,
  runResultsSchema,
  type MetricsLine,
  type RunConfig,
  type RunResults,
} from '../runs/schema.js';
import { accuracyOf, predictedOf } from '../report/facts/figures.js';
import { jsonOf, metricsOf, problemOf, textOf } from './run-files.js';
import { statOf, type FoundFolder } from './scan.js';
import type { RunRow, RunState } from './api.js';

/** More are not counted: a file may say anything. */
const MAX_LAYERS = 1000;

const WATCHED = [RUN_FILES.config, RUN_FILES.metrics, RUN_FILES.results, RUN_FILES.baselines, LOCK_FILE] as const;

/** The rows of runs, read again when a file has changed. */
export class Rows {
  private readonly known = new Map<
    string,
    { readonly key: string; readonly row: RunRow; readonly fingerprint: string | undefined }
  >();

  of(found: FoundFolder): RunRow {
    const stats = WATCHED.map((name) => statOf(found.path, name));
    const isLocked = stats.at(-1) !== undefined && isWritten(found.path);
    // The lock is refreshed without anything new.
    const key = JSON.stringify([...stats.slice(0, -1), isLocked]);
    const before = this.known.get(found.id);
    if (before?.key === key) return before.row;
    const changedAt = Math.max(0, ...stats.slice(0, -1).map((stat) => stat?.time ?? 0));
    const { fingerprint, ...read } = readRow(found.path, isLocked);
    const row = { id: found.id, changedAt, ...read };
    this.known.set(found.id, { key, row, fingerprint });
    return row;
  }

  /** What runs on the same texts have in common; undefined for a run that is damaged. */
  fingerprintOf(found: FoundFolder): string | undefined {
    this.of(found);
    return this.known.get(found.id)?.fingerprint;
  }

  /** Forgets runs that are gone. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.known.keys()) if (!ids.has(id)) this.known.delete(id);
  }
}

function readRow(
  folder: string,
  isLocked: boolean,
): Omit<RunRow, 'id' | 'changedAt'> & { readonly fingerprint?: string } {
  try {
    const config = jsonOf(folder, RUN_FILES.config, runConfigSchema);
    if (config === undefined) return { state: 'damaged', problem: `${RUN_FILES.config} is missing` };
    const metrics = metricsOf(textOf(folder, RUN_FILES.metrics) ?? '');
    const results = jsonOf(folder, RUN_FILES.results, runResultsSchema);
    const characters = jsonOf(folder, RUN_FILES.baselines, baselinesSchema)?.charactersPerText.test;
    const fingerprint = JSON.stringify([config.corpus.fingerprint, config.tokenizer, predictedOf(config)]);
    return {
      state: stateOf(config, results, isLocked),
      fingerprint,
      ...figuresOfRow(config, metrics, results, characters),
    };
  } catch (error) {
    return { state: 'damaged', problem: problemOf(error) };
  }
}

function stateOf(config: RunConfig, results: RunResults | undefined, isLocked: boolean): RunState {
  if (isLocked) return 'training';
  if (config.imported !== undefined) return 'imported';
  if (results === undefined) return 'interrupted';
  return results.stoppedBecause === 'diverged' ? 'diverged' : 'finished';
}

function figuresOfRow(
  config: RunConfig,
  metrics: readonly MetricsLine[],
  results: RunResults | undefined,
  characters: number | undefined,
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
    accuracy: accuracyOf(results?.testTop1, characters, predictedOf(config)),
    bitsPerCharacter: results?.bitsPerCharacter,
    parameters: results?.parameters ?? (model && model.layers <= MAX_LAYERS ? countParameters(model) : undefined),
    speed: last && last.tokens / last.seconds,
    seconds: results?.seconds ?? metrics.reduce((sum, line) => sum + line.seconds, 0),
  };
}
