/**
 * The public API of Letterpress, for Node.js. What also runs in a browser is in `letterpress/browser`; this adds
 * files, run directories, cleaning and the native backend.
 */
import { chooseBackend, type BackendChoice, type BackendRequest, type ChosenBackend } from './backend/registry.js';
import { portable } from './backend/portable/index.js';
import type { Backend } from './backend/types.js';
import { openModel } from './model/load-model.js';
import type { LanguageModel } from './model/language-model.js';
import type { ModelSource } from './model/saved-model.js';
import type { Run } from './runs/reader.js';
import { checkNames } from './parse-options.js';
import { trainModelOn, type TrainedModel, type TrainModelOptions } from './train/train-model.js';

export * from './shared.js';

/**
 * Trains a model in memory, by default by the recipe `modern` on the fastest backend, and tests the best one. Nothing
 * is written; for a run directory, see `trainInWorker`. Lets the event loop run some eighty times a second.
 *
 * @throws LetterpressError BAD_OPTION for options that are unknown or do not fit; BAD_INPUT when more than a third of
 *   the characters are outside the alphabet; DIVERGED and ABORTED when no epoch has ended with finite numbers; a later
 *   divergence is an event, and the best model so far is returned
 *
 * @example
 * const { model, history, best, test } = await trainModel({ corpus: titles, epochs: 10 });
 * console.log(test.nll, model.sample({ count: 5 }));
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  return trainModelOn((options as Partial<TrainModelOptions> | undefined)?.backend ?? chooseBackend().backend, options);
}

/**
 * A trained model: from a run directory (its best one), a file or folder that a model was saved to, an address, or
 * bytes.
 *
 * @param options.backend the fastest there is by default
 * @param options.signal aborts a download
 * @throws LetterpressError BAD_RUN for a folder that is no run, or a damaged one, or one without weights yet; BAD_INPUT
 *   for a file that is no model; BAD_OPTION for an unknown option; IO when it cannot be fetched; the signal's reason
 * @example const model = await loadModel('runs/first');
 */
export async function loadModel(
  source: ModelSource | Run,
  options: { readonly backend?: Backend | undefined; readonly signal?: AbortSignal | undefined } = {},
): Promise<LanguageModel> {
  checkNames(options, { backend: true, signal: true }, 'loadModel');
  return openModel(source, options.backend ?? chooseBackend().backend, options.signal);
}

export {
  fitBaselines,
  type EncodedTexts,
  type FittedBaselines,
  type BaselineProgress,
  type BaselineRequest,
} from './baselines/fit-baselines.js';
export { chooseBackend, type BackendChoice, type BackendRequest, type ChosenBackend };
export { portable };
export { cleanHeadline, cleanTexts, createCleaner } from './corpus/cleaning/index.js';
export type { CleaningMode } from './corpus/corpus.js';
export { fingerprint } from './corpus/fingerprint.js';
export type { HubAccess } from './corpus/sources/hub/load-hub.js';
export { loadCorpus, type CorpusSpec } from './corpus/sources/load-corpus.js';
export { readTexts, type FileFormat, type FileOptions, type FileTexts } from './corpus/sources/read-file.js';
export type { ReadingNote } from './corpus/sources/table.js';
export { corpusStatistics, type CorpusStatistics } from './corpus/statistics.js';
export type { HubEvent } from './hub/data-set.js';
export { loadMixture, loadTextModel } from './ensemble/load-mixture.js';
export { mixRuns, type MixRunsRequest } from './ensemble/mix-runs.js';
export type { MixtureFile } from './ensemble/mixture-schema.js';
export { compareRuns, readReportRun } from './report/input/read-runs.js';
export { computeFacts } from './report/facts/compute-facts.js';
export type { ReportFacts, RunRole } from './report/facts/types.js';
export type { ReportInput, ReportMixture, ReportRun } from './report/input/report-input.js';
export { writeReport, type ReportStep, type WriteReportOptions, type WrittenReport } from './report/write-report.js';
export { readRun, type Run } from './runs/reader.js';
export type { MetricsLine, RunConfig, RunResults } from './runs/schema.js';
export { readStudy } from './study/read-study.js';
export { runStudy, type RunStudyOptions } from './study/run-study.js';
export type { JobBeginning, JobPlace, StudyEvent } from './study/study-events.js';
export type { StudyJob } from './study/plan-jobs.js';
export type { StudyOptions, StudyOptionsInput, StudyRequest } from './study/study-options.js';
export type { StudySize } from './study/study-sizes.js';
export type { TimeLeft } from './study/time-left.js';
export { exportModel, type ExportFormat, type ExportOptions } from './model/export/export-model.js';
export { importModel, type ImportedModel, type ImportOptions } from './model/import-weights.js';
export type { RunTexts } from './runs/run-texts.js';
export { describeRun } from './train/describe-run.js';
export type { RunPlan } from './train/run-record.js';
export { TrainingRun, type RunEvent } from './train/training-run.js';
export type {
  RunBegunEvent,
  NewRunRequest,
  ResumeRequest,
  TrainingRequest,
  WorkerEvent,
} from './train/worker/messages.js';
export { trainInWorker, type TrainInWorkerOptions } from './train/worker/train-in-worker.js';
export { letterpressVersion } from './version.js';
