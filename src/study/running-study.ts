import { join } from 'node:path';
import { chooseBackend } from '../backend/registry.js';
import { diagnose } from '../diagnosis/diagnose.js';
import type { DiagnosisKind } from '../diagnosis/types.js';
import { assertInternal } from '../errors.js';
import { checkMemory, meanTokens } from '../profile/memory.js';
import { checkReportFolder } from '../report/report-folder.js';
import type { WrittenReport } from '../report/write-report.js';
import type { FolderLock } from '../runs/folder-lock.js';
import { readMetrics, readRun, type Run } from '../runs/reader.js';
import { encodeTexts, type EncodedRunTexts } from '../runs/run-texts.js';
import { trainInWorker } from '../train/worker/train-in-worker.js';
import { completeRun, hasTemperatures, lacksAnalysis } from './complete-run.js';
import { beginningOf, makeJobRun, trainingRequest, type JobRun } from './job-run.js';
import { chooseBest, planFewJobs, planJobs, type BestSize, type StudyJob } from './plan-jobs.js';
import type { JobBeginning, JobPlace, StudyEvent } from './study-events.js';
import { jobFolder, lockStudyFolder } from './study-file.js';
import { checkFew, parseStudyOptions, type StudyOptions, type StudyRequest } from './study-options.js';
import { NOTEBOOK_BEST, type StudySize } from './study-sizes.js';
import { StudyRecord } from './study-record.js';
import { TimeEstimator } from './time-left.js';
import { writeStudyReport } from './write-study-report.js';

/** See {@link runStudy}. */
export class RunningStudy {
  readonly lock: FolderLock;
  private readonly options: StudyOptions;
  /** Those known so far, in order. */
  private readonly jobs: JobRun[];
  /** The runs on few texts of every size, any of which may become the best. */
  private readonly fewRuns: ReadonlyMap<StudySize, readonly JobRun[]>;
  private readonly encoded: EncodedRunTexts;
  private readonly time = new TimeEstimator();
  private readonly record: StudyRecord;
  /** The size that is expected to be trained on few texts. */
  private fewSize: StudySize | undefined;

  /** Checks everything that can be wrong before it writes anything. */
  constructor(
    private readonly request: StudyRequest,
    private readonly signal: AbortSignal | undefined,
  ) {
    const { folder, texts } = request;
    this.options = parseStudyOptions(request.options ?? {});
    checkFew(this.options.few, texts.splits.train.length);
    this.jobs = planJobs(this.options).map((job) => this.jobRun(job));
    const fewRuns = (size: StudySize) => planFewJobs(this.options, size).map((job) => this.jobRun(job));
    this.fewRuns = new Map(this.options.sizes.map((size) => [size, fewRuns(size)]));
    // A run that does not match, or fit the memory, should show now, and not after an hour.
    const tokens = meanTokens(texts.splits.train);
    for (const run of [...this.jobs, ...this.fewRuns.values()].flat()) {
      checkMemory(run.plan, tokens);
      beginningOf(run);
    }
    const { backend } = chooseBackend({ ...request.backend, precision: this.options.precision });
    this.lock = lockStudyFolder(folder);
    try {
      if (request.report !== false) checkReportFolder(folder);
      this.record = StudyRecord.begin(folder, this.options, this.jobs, backend);
      this.encoded = encodeTexts(texts, this.jobs[0]!.plan.model.contextLength);
      for (const run of this.jobs) this.expect(run);
      this.expectFewTexts();
    } catch (error) {
      this.lock.release();
      throw error;
    }
  }

  async *events(): AsyncGenerator<StudyEvent, void> {
    const { folder } = this.request;
    yield { kind: 'study', folder, jobs: this.jobs.map(({ job }) => job), runs: this.runs };
    const isDone = yield* this.stages();
    if (isDone && this.signal?.aborted !== true) yield* this.finish();
    else yield { kind: 'paused', folder };
  }

  /** This and its parts return false when the study was stopped. */
  private async *stages(): AsyncGenerator<StudyEvent, boolean> {
    if (!(yield* this.trainAll([...this.jobs]))) return false;
    const best = this.bestSoFar();
    const few = (best && this.fewRuns.get(best.size)) ?? [];
    this.record.setBest(best, few);
    yield { kind: 'best', best };
    this.jobs.push(...few);
    if (!(yield* this.trainAll(few))) return false;
    return best === undefined || (yield* this.sampleTexts(best.run));
  }

  private async *trainAll(runs: readonly JobRun[]): AsyncGenerator<StudyEvent, boolean> {
    for (const run of runs) {
      if (this.signal?.aborted === true || !(yield* this.train(run))) return false;
    }
    return true;
  }

  private async *train(run: JobRun): AsyncGenerator<StudyEvent, boolean> {
    const { job, folder } = run;
    const begins = beginningOf(run);
    yield { kind: 'job', begins, ...this.placeOf(run) };
    const isDone = begins === 'reused' ? yield* this.complete(run) : yield* this.trainNow(run, begins);
    if (!isDone) return false;
    this.record.setState(job.name, 'finished');
    if (job.role === 'size') this.expectFewTexts();
    const ended = readRun(folder);
    assertInternal(ended.results !== undefined, `${folder} has ended`);
    const diagnosis = diagnosisOf(ended);
    yield { kind: 'job-done', begins, results: ended.results, diagnosis, ...this.placeOf(run) };
    return true;
  }

  private async *trainNow(run: JobRun, begins: JobBeginning): AsyncGenerator<StudyEvent, boolean> {
    const { name } = run.job;
    const { backend = {}, summarize, changeBackend } = this.request;
    this.record.setState(name, 'running');
    this.time.start(name);
    const request = trainingRequest(run, begins, backend, this.folders, summarize?.(run.plan), changeBackend);
    let last: string | undefined;
    const options = this.signal === undefined ? {} : { signal: this.signal };
    for await (const event of trainInWorker(request, options)) {
      this.time.observe(name, event);
      yield { kind: 'training', event, ...this.placeOf(run) };
      last = event.kind;
    }
    return last === 'finished';
  }

  /** Gives a run the analysis files that it lacks. */
  private async *complete(run: JobRun): AsyncGenerator<StudyEvent, boolean> {
    if (!lacksAnalysis(readRun(run.folder))) return true;
    const options = { reuse: this.folders };
    for await (const progress of completeRun(run.folder, run.texts, this.request.backend ?? {}, options)) {
      yield { kind: 'analysis', progress, ...this.placeOf(run) };
      if (this.signal?.aborted === true) return false;
    }
    return true;
  }

  /** Samples texts of the best run at all temperatures, unless it has them. */
  private async *sampleTexts(name: string): AsyncGenerator<StudyEvent, boolean> {
    const { temperatures } = this.options;
    const { folder, texts } = this.jobs.find(({ job }) => job.name === name)!;
    if (hasTemperatures(readRun(folder), temperatures)) return true;
    const options = { temperatures, reuse: [folder, ...this.folders] };
    for await (const progress of completeRun(folder, texts, this.request.backend ?? {}, options)) {
      yield { kind: 'temperatures', run: name, progress };
      if (this.signal?.aborted === true) return false;
    }
    return true;
  }

  private async *finish(): AsyncGenerator<StudyEvent, void> {
    const { folder, report = true } = this.request;
    let written: WrittenReport | undefined;
    if (report) {
      const writing = writeStudyReport(folder);
      let step = await writing.next();
      for (; step.done !== true; step = await writing.next()) yield { kind: 'report', step: step.value };
      written = step.value;
    }
    yield { kind: 'finished', folder, report: written };
  }

  private placeOf(run: JobRun): JobPlace {
    const { job, folder } = run;
    const place = this.jobs.indexOf(run) + 1;
    return { job, folder, place, runs: this.runs, left: this.time.timeLeft() };
  }

  /** How many trainings there are in all, those on few texts included unless all sizes have diverged. */
  private get runs(): number {
    return planJobs(this.options).length + (this.fewSize === undefined ? 0 : this.options.seeds);
  }

  /** The run directories of the study, which measure the same texts but for few. */
  private get folders(): string[] {
    return this.jobs.map(({ folder }) => folder);
  }

  private jobRun(job: StudyJob): JobRun {
    const { folder, texts } = this.request;
    return makeJobRun(job, join(folder, jobFolder(job.name)), this.options, texts);
  }

  /** The best of the sizes that have ended so far. */
  private bestSoFar(): BestSize | undefined {
    const ended = this.sizeRuns.filter((run) => beginningOf(run) === 'reused');
    return chooseBest(
      ended.map(({ job: { name, size }, folder }) => ({
        name,
        size,
        valNll: readRun(folder).results?.bestValNll ?? NaN,
      })),
    );
  }

  private get sizeRuns(): JobRun[] {
    return this.jobs.filter(({ job }) => job.role === 'size');
  }

  private expect(run: JobRun): void {
    const begins = beginningOf(run);
    const metrics = begins === 'reused' || begins === 'resumed' ? readMetrics(run.folder) : [];
    this.time.add(run.job, run.plan, this.encoded, metrics, begins === 'reused');
  }

  /** Counts the time of the trainings on few texts of the size that is the best so far, or was in the notebook. */
  private expectFewTexts(): void {
    for (const { job } of [...this.fewRuns.values()].flat()) this.time.remove(job.name);
    const { sizes } = this.options;
    const usual = sizes.includes(NOTEBOOK_BEST) ? NOTEBOOK_BEST : sizes.at(-1)!;
    const haveAllEnded = this.sizeRuns.every((run) => beginningOf(run) === 'reused');
    this.fewSize = this.bestSoFar()?.size ?? (haveAllEnded ? undefined : usual);
    if (this.fewSize !== undefined) this.fewRuns.get(this.fewSize)?.forEach((run) => this.expect(run));
  }
}

function diagnosisOf(run: Run): DiagnosisKind {
  const { metrics, results } = run;
  const baselines = run.readAnalysis().baselines?.baselines;
  return diagnose(metrics, { baselines, stoppedBecause: results?.stoppedBecause }).kind;
}
