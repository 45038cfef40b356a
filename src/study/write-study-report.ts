import { writeReport, type ReportStep, type WrittenReport } from '../report/write-report.js';
import { readStudy } from './read-study.js';

/**
 * Writes the report of a study into its folder, from the files of its runs.
 *
 * @returns a generator that yields how far it is, and returns where the report lies
 * @throws LetterpressError EXISTS when files of these names are there that are no report's; BAD_RUN when a run is
 *   damaged
 */
export async function* writeStudyReport(folder: string): AsyncGenerator<ReportStep, WrittenReport> {
  const steps: ReportStep[] = [];
  let wake = (): void => undefined;
  const onStep = (step: ReportStep): void => {
    steps.push(step);
    wake();
  };
  const writing = writeReport(readStudy(folder), folder, { onStep });
  // What it throws is thrown at the end.
  const over = writing.then(
    () => true,
    () => true,
  );
  for (let isOver = false; !isOver;) {
    const stepped = new Promise<boolean>((resolve) => (wake = () => resolve(false)));
    if (steps.length === 0) isOver = await Promise.race([stepped, over]);
    for (let step = steps.shift(); step !== undefined; step = steps.shift()) yield step;
  }
  return writing;
}
