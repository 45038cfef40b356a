import type { DiagnosisKind } from '../diagnosis/types.js';
import type { ReportStep, WrittenReport } from '../report/write-report.js';
import type { RunResults } from '../runs/schema.js';
import type { AnalysisProgress } from '../run-analysis/analysed-texts.js';
import type { WorkerEvent } from '../train/worker/messages.js';
import type { BestSize, StudyJob } from './plan-jobs.js';
import type { TimeLeft } from './time-left.js';

/**
 * How a job begins: `new`; `resumed` where it was interrupted; `reused` where its run is there and has ended;
 * `restarted` where it was cut off before its first checkpoint.
 */
export type JobBeginning = 'new' | 'resumed' | 'reused' | 'restarted';

/** A job's place in the study: run `place` of `runs`. */
export interface JobPlace {
  readonly job: StudyJob;
  readonly folder: string;
  readonly place: number;
  readonly runs: number;
  /** For all trainings, as far as it is known. */
  readonly left: TimeLeft | undefined;
}

export type StudyEvent =
  /** First: the folder is there, and all runs in place belong to the study. */
  | { readonly kind: 'study'; readonly folder: string; readonly jobs: readonly StudyJob[]; readonly runs: number }
  | ({ readonly kind: 'job'; readonly begins: JobBeginning } & JobPlace)
  | ({ readonly kind: 'training'; readonly event: WorkerEvent } & JobPlace)
  /** A run gets the analysis files that it lacks. */
  | ({ readonly kind: 'analysis'; readonly progress: AnalysisProgress } & JobPlace)
  | ({
      readonly kind: 'job-done';
      readonly begins: JobBeginning;
      readonly results: RunResults;
      readonly diagnosis: DiagnosisKind;
    } & JobPlace)
  /** All sizes have ended; undefined where all have diverged. */
  | { readonly kind: 'best'; readonly best: BestSize | undefined }
  /** Texts of the best run are sampled at several temperatures. */
  | { readonly kind: 'temperatures'; readonly run: string; readonly progress: AnalysisProgress }
  | { readonly kind: 'report'; readonly step: ReportStep }
  /** Stopped by the signal; the same request resumes it. */
  | { readonly kind: 'paused'; readonly folder: string }
  /** Last: all runs have ended, and the report is written, if one was asked for. */
  | { readonly kind: 'finished'; readonly folder: string; readonly report: WrittenReport | undefined };
