import { setImmediate } from 'node:timers/promises';
import { chooseBackend, type BackendRequest } from '../backend/registry.js';
import { readRun, type Run } from '../runs/reader.js';
import { analysing, type AnalysisProgress } from '../train/analysis-phase.js';
import { loadModel } from '../train/load-model.js';
import type { RunTexts } from '../train/run-texts.js';

/** Whether an ended run lacks analysis files, since an older Letterpress made it. */
export function lacksAnalysis(run: Run): boolean {
  const { inspection } = run.readAnalysis();
  // A model that has diverged is not inspected.
  return inspection === undefined && Number.isFinite(run.results?.testNll);
}

/**
 * Writes the analysis files of an ended run, in the precision in which it was trained. Other work of the process gets its
 * turn between two parts.
 */
export async function* completeRun(
  folder: string,
  texts: RunTexts,
  request: BackendRequest,
): AsyncGenerator<AnalysisProgress, void> {
  const run = readRun(folder);
  const { precision } = run.config.backend;
  const { backend } = chooseBackend({ ...request, precision });
  for (const progress of analysing(folder, texts, loadModel(run, backend))) {
    yield progress;
    await setImmediate();
  }
}
