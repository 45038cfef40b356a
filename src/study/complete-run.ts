import { setImmediate } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { chooseBackend, type BackendRequest } from '../backend/registry.js';
import { FolderLock } from '../runs/folder-lock.js';
import { readRun, type Run } from '../runs/reader.js';
import type { AnalysisProgress } from '../run-analysis/analysed-texts.js';
import { analyseRunSteps, type AnalysisOptions } from '../run-analysis/analyse-run.js';
import { modelOfRun } from '../model/load-model.js';
import type { RunTexts } from '../runs/run-texts.js';

/** Whether an ended run lacks analysis files that it could have. */
export function lacksAnalysis(run: Run): boolean {
  const { baselines, corpusReport, sampleQualities, inspection } = run.readAnalysis();
  const { train, val, test } = run.config.corpus.sizes;
  // Nothing is fitted where a split is empty, and a model that has diverged is not inspected.
  const hasNone = train * val * test === 0;
  const hasDiverged = !Number.isFinite(run.results?.testNll);
  if (run.results?.bestEpoch === -1) return false;
  return (
    corpusReport === undefined ||
    (!hasNone && (baselines === undefined || sampleQualities === undefined)) ||
    (!hasDiverged && inspection === undefined)
  );
}

export function hasTemperatures(run: Run, temperatures: readonly number[]): boolean {
  const entries = run.readAnalysis().temperatures?.entries ?? [];
  return isDeepStrictEqual(
    entries.map(({ temperature }) => temperature),
    temperatures,
  );
}

/**
 * Writes the analysis files of an ended run, in the precision in which it was trained, when all is measured. Other work
 * of the process gets its turn between two parts.
 */
export async function* completeRun(
  folder: string,
  texts: RunTexts,
  request: BackendRequest,
  options: AnalysisOptions,
): AsyncGenerator<AnalysisProgress, void> {
  const run = readRun(folder);
  const { precision } = run.config.backend;
  const { backend } = chooseBackend({ ...request, precision });
  const lock = FolderLock.acquire(folder);
  try {
    for (const progress of analyseRunSteps(folder, texts, modelOfRun(run, backend), undefined, options)) {
      yield progress;
      await setImmediate();
    }
  } finally {
    lock.release();
  }
}
