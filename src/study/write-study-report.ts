import { PassThrough } from 'node:stream';
import { writeReport, type ReportStep, type WrittenReport } from '../report/write-report.js';
import { readStudy } from './read-study.js';

/**
 * Writes the report of a study into its folder, from the files of its runs.
 *
 * @returns a generator that yields how far it is, and returns where the report is
 * @throws LetterpressError EXISTS when files of these names are there that are not a report's; BAD_RUN when a run is
 *   damaged
 */
export async function* writeStudyReport(folder: string): AsyncGenerator<ReportStep, WrittenReport> {
  const steps = new PassThrough({ objectMode: true });
  const onStep = (step: ReportStep): void => void steps.write(step);
  const writing = writeReport(readStudy(folder), folder, { onStep }).finally(() => steps.end());
  writing.catch(() => undefined); // what it throws is thrown at the end
  yield* steps as AsyncIterable<ReportStep>;
  return writing;
}
