import { isWritten } from '../runs/folder-lock.js';
import { LOCK_FILE, RUN_FILES } from '../runs/layout.js';
import { checkEpochs } from '../runs/reader.js';
import { missing } from '../runs/run-file.js';
import {
  runConfigSchema,
  runResultsSchema,
  type MetricsLine,
  type RunConfig,
  type RunResults,
} from '../runs/schema.js';
import { figuresOfRow } from './details.js';
import { isAppended, readLines, type Place } from './increments.js';
import { jsonOf, metricsOf, problemOf } from './run-files.js';
import { statOf, type FoundFolder } from './scan.js';
import type { RunRow, RunState } from './api.js';

const WATCHED = [RUN_FILES.config, RUN_FILES.metrics, RUN_FILES.results, LOCK_FILE] as const;

interface KnownRun {
  /** Of the files that the row was read from. */
  readonly key: string;
  readonly row: RunRow;
  readonly metrics: KnownMetrics;
  /** What runs on the same texts have in common; undefined for a run that is damaged. */
  readonly fingerprint: string | undefined;
}

interface KnownMetrics {
  readonly place: Place;
  readonly lines: readonly MetricsLine[];
}

const NO_METRICS: KnownMetrics = { place: { offset: 0, check: '' }, lines: [] };

/** The rows of runs, read again when a file has changed, of which the metrics as far as they are new. */
export class Rows {
  private readonly known = new Map<string, KnownRun>();

  of(found: FoundFolder): KnownRun {
    const stats = WATCHED.map((name) => statOf(found.path, name));
    const isLocked = stats.at(-1) !== undefined && isWritten(found.path);
    // The lock is refreshed without anything new.
    const key = JSON.stringify([...stats.slice(0, -1), isLocked]);
    const before = this.known.get(found.id);
    if (before?.key === key) return before;
    const changedAt = Math.max(0, ...stats.slice(0, -1).map((stat) => stat?.time ?? 0));
    const { fingerprint, metrics, ...read } = readRow(found.path, isLocked, before?.metrics);
    const known = { key, row: { id: found.id, changedAt, ...read }, metrics, fingerprint };
    this.known.set(found.id, known);
    return known;
  }

  /** Forgets runs that are gone. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.known.keys()) if (!ids.has(id)) this.known.delete(id);
  }
}

function readRow(
  folder: string,
  isLocked: boolean,
  before: KnownMetrics = NO_METRICS,
): Omit<RunRow, 'id' | 'changedAt'> & Pick<KnownRun, 'metrics' | 'fingerprint'> {
  try {
    const config = jsonOf(folder, RUN_FILES.config, runConfigSchema);
    if (config === undefined) throw missing(RUN_FILES.config, 'the settings of the run');
    const metrics = readMetrics(folder, before);
    const results = jsonOf(folder, RUN_FILES.results, runResultsSchema);
    if (results !== undefined && !isLocked) checkEpochs('', metrics.lines, results);
    return {
      state: stateOf(config, results, isLocked),
      metrics,
      fingerprint: JSON.stringify([config.corpus.fingerprint, config.tokenizer, config.model['contextLength']]),
      ...figuresOfRow(config, metrics.lines, results),
    };
  } catch (error) {
    return { state: 'damaged', problem: problemOf(error), metrics: NO_METRICS, fingerprint: undefined };
  }
}

function readMetrics(folder: string, before: KnownMetrics): KnownMetrics {
  let { place, lines } = isAppended(folder, RUN_FILES.metrics, before.place) ? before : NO_METRICS;
  for (let hasMore = true; hasMore;) {
    const read = readLines(folder, RUN_FILES.metrics, place.offset);
    lines = [...lines, ...metricsOf(read.text)];
    ({ place, hasMore } = read);
  }
  return { place, lines };
}

function stateOf(config: RunConfig, results: RunResults | undefined, isLocked: boolean): RunState {
  if (isLocked) return 'training';
  if (config.imported !== undefined) return 'imported';
  if (results === undefined) return 'interrupted';
  return results.stoppedBecause === 'diverged' ? 'diverged' : 'finished';
}
