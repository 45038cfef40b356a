import type { StudyEvent } from './study-events.js';
import { checkNames } from '../parse-options.js';
import type { StudyRequest } from './study-options.js';

export interface RunStudyOptions {
  /** Aborting stops the study after the step in progress, with a checkpoint. */
  readonly signal?: AbortSignal;
}

const REQUEST_OPTIONS = {
  ...{ folder: true, texts: true, options: true, backend: true, changeBackend: true, report: true, summarize: true },
} as const;

/**
 * Runs the study of docs/notebook.md, section 9, or resumes it: all sizes on all texts, the smallest also with all
 * padding, all sizes with a second recipe where one is asked for, the best size of the first recipe on few texts, texts
 * of the best run at several temperatures, and the report. Runs that are in place and match are reused when they have
 * ended, resumed when they have not; nothing that is done is done again. Trainings run in a worker thread.
 *
 * When `signal` is aborted, the events end with `paused`; the same request resumes the study. Leaving the loop stops it
 * too.
 *
 * @throws LetterpressError BAD_OPTION for invalid options, or such as differ from those of a run in place;
 *   BAD_RUN when something in the folder is damaged; EXISTS when it holds other things; what training throws
 * @example
 * for await (const event of runStudy({ folder: 'studies/news', texts }, { signal }))
 *   if (event.kind === 'job-done') console.log(event.job.name, event.results.testNll);
 */
export async function* runStudy(
  request: StudyRequest,
  options: RunStudyOptions = {},
): AsyncGenerator<StudyEvent, void> {
  checkNames(request, REQUEST_OPTIONS, 'runStudy');
  checkNames(options, { signal: true }, 'runStudy');
  const { RunningStudy } = await import('./running-study.js');
  const study = new RunningStudy(request, options.signal);
  try {
    yield* study.events();
  } finally {
    study.lock.release();
  }
}
