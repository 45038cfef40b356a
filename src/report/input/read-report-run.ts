import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { RUN_FILES } from '../../runs/layout.js';
import { readRun } from '../../runs/reader.js';
import type { ReportRun } from './report-input.js';

/**
 * Reads everything of a run that a report may use, and never its weights. Files that a run may lack, since it has not ended or is of
 * an older Letterpress, are left out.
 *
 * @param name for tables and legends, unique within a report
 * @throws LetterpressError BAD_RUN when the folder is no run, or a file in it is damaged
 * @example readReportRun('runs/557k-seed0', '557k').results?.testNll;
 */
export function readReportRun(folder: string, name: string): ReportRun {
  const run = readRun(folder);
  const { config, metrics, results, sampleEpochs } = run;
  return {
    name,
    config,
    metrics,
    results,
    samples: new Map(sampleEpochs.map((epoch) => [epoch, run.readSamples(epoch)])),
    finalSamples: existsSync(join(folder, RUN_FILES.finalSamples)) ? run.readSamples('final') : undefined,
    ...run.readAnalysis(),
  };
}
