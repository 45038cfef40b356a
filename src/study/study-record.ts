import type { Backend } from '../backend/types.js';
import { newArtifact } from '../runs/artifact-folder.js';
import { isSame } from '../runs/compare-configs.js';
import { describeRun } from '../train/describe-run.js';
import type { BestSize } from './plan-jobs.js';
import { beginningOf, type JobRun } from './job-run.js';
import { isStudy, jobFolder, readStudyFile, writeStudyFile, type RecordedJob, type Study } from './study-file.js';
import type { StudyOptions } from './study-options.js';

/** Keeps study.json up to date: every change is written at once, as a whole. */
export class StudyRecord {
  private constructor(
    private readonly folder: string,
    private study: Study,
  ) {
    writeStudyFile(folder, study);
  }

  /**
   * Begins study.json, or updates the one that is there: what is asked for now counts, which may be more than before.
   *
   * @param runs those known from the start, at least one
   * @throws LetterpressError BAD_RUN when the one that is there is damaged
   */
  static begin(
    folder: string,
    options: StudyOptions,
    runs: readonly JobRun[],
    backend: Pick<Backend, 'info'>,
  ): StudyRecord {
    const { plan, texts } = runs[0]!;
    const before = isStudy(folder) ? readStudyFile(folder) : undefined;
    const { schemaVersion, letterpress, createdAt } = before ?? newArtifact();
    const { corpus, tokenizer } = describeRun(plan, texts, backend, 0);
    const jobs = runs.map(recorded);
    const study = { schemaVersion, letterpress, createdAt, options, corpus, tokenizer, jobs };
    if (before?.best === undefined || !isSame(before.options, options)) return new StudyRecord(folder, study);
    // The same study again: it will come to the same best size, and is not without it meanwhile.
    return new StudyRecord(folder, { ...study, jobs: withJobs(before.jobs, jobs), best: before.best });
  }

  setState(name: string, state: RecordedJob['state']): void {
    const jobs = this.study.jobs.map((job) => (job.name === name ? { ...job, state } : job));
    this.write({ ...this.study, jobs });
  }

  /** Records the best size, and adds the runs that follow from it. */
  setBest(best: BestSize | undefined, runs: readonly JobRun[]): void {
    this.write({ ...this.study, jobs: withJobs(this.study.jobs, runs.map(recorded)), best: best ?? null });
  }

  private write(study: Study): void {
    this.study = study;
    writeStudyFile(this.folder, study);
  }
}

/** Jobs with others, which take the place of those of their names. */
function withJobs(jobs: readonly RecordedJob[], others: readonly RecordedJob[]): RecordedJob[] {
  const byName = new Map([...jobs, ...others].map((job) => [job.name, job]));
  return [...byName.values()];
}

/** A job as study.json has it, in the state that its folder shows. */
function recorded(run: JobRun): RecordedJob {
  const begins = beginningOf(run);
  const state = begins === 'reused' ? 'finished' : begins === 'resumed' ? 'running' : 'waiting';
  return { ...run.job, folder: jobFolder(run.job.name), state };
}
