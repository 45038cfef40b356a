import { join } from 'node:path';
import type { ReportInput, ReportRun } from '../../src/report/input/report-input.js';
import { RunWriter } from '../../src/runs/writer.js';

/** Writes a made-up run as the run directory `parent`/`name`, and returns its path. */
export function writeMadeUpRun(parent: string, run: ReportRun, name = run.name): string {
  const folder = join(parent, name);
  const writer = RunWriter.create(folder, run.config);
  for (const line of run.metrics) writer.appendEpoch(line);
  for (const [epoch, texts] of run.samples) writer.writeSamples(epoch, texts);
  if (run.finalSamples !== undefined) writer.writeFinalSamples(run.finalSamples);
  const { baselines, sampleQualities, temperatures, inspection, corpusReport } = run;
  writer.writeAnalysis({ baselines, sampleQualities, temperatures, inspection, corpusReport });
  if (run.results !== undefined) writer.writeResults(run.results);
  return folder;
}

/** Writes all runs of a report, and returns their paths. */
export function writeMadeUpRuns(parent: string, { runs }: Pick<ReportInput, 'runs'>): string[] {
  return runs.map(({ run }) => writeMadeUpRun(parent, run));
}
