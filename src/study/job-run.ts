import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { diagnose } from '../diagnosis/diagnose.js';
import type { DiagnosisKind } from '../diagnosis/types.js';
import type { BackendRequest } from '../backend/registry.js';
import { fingerprint } from '../corpus/fingerprint.js';
import { limitTrain } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { RUN_FILES } from '../runs/layout.js';
import { readConfig, readRun, type Run } from '../runs/reader.js';
import { asRunError } from '../model/load-model.js';
import { planTraining, type TrainingPlan } from '../train/plan.js';
import { parseTrainingSettings } from '../train/settings.js';
import type { RunTexts } from '../runs/run-texts.js';
import type { TrainingRequest } from '../train/worker/messages.js';
import { checkRunMatches, type ExpectedRun } from './match-run.js';
import { recipeOf, type StudyJob } from './plan-jobs.js';
import type { JobBeginning } from './study-events.js';
import type { StudyOptions } from './study-options.js';
import { planOptionsOf } from './study-sizes.js';

/** A job with all that its training needs. */
export interface JobRun {
  readonly job: StudyJob;
  /** The run directory. */
  readonly folder: string;
  readonly plan: TrainingPlan;
  readonly texts: RunTexts;
  readonly expected: ExpectedRun;
}

/** Makes a job ready: its plan, and its texts out of those of the study. */
export function jobRun(job: StudyJob, folder: string, options: StudyOptions, study: RunTexts): JobRun {
  const { epochs, precision } = options;
  const { tokenizer } = study;
  const plan = planTraining(
    planOptionsOf(recipeOf(job, options), job.size, job.padding, epochs[job.size]),
    tokenizer.vocabularySize,
  );
  const texts = job.few === undefined ? study : firstTexts(study, job.few);
  const expected: ExpectedRun = {
    plan,
    seed: job.seed,
    precision,
    fingerprint: fingerprint(texts),
    tokenizer: { ...tokenizer.toJSON() },
  };
  return { job, folder, plan, texts, expected };
}

/** The texts with only the first n to train on. */
function firstTexts(texts: RunTexts, n: number): RunTexts {
  const { corpus, splits } = texts;
  return {
    ...texts,
    limit: n,
    corpus: limitTrain(corpus, n),
    splits: { ...splits, train: splits.train.slice(0, n) },
  };
}

/**
 * How a job is to begin, by what is in its folder.
 *
 * @throws LetterpressError BAD_OPTION when another run is there, BAD_RUN when it is damaged
 */
export function beginningOf({ folder, expected }: JobRun): JobBeginning {
  if (!existsSync(join(folder, RUN_FILES.config))) return 'new';
  try {
    checkRunMatches(folder, readConfig(folder), expected);
    if (readRun(folder).results !== undefined) return 'reused';
    return existsSync(join(folder, RUN_FILES.checkpoint)) ? 'resumed' : 'restarted';
  } catch (error) {
    if (!(error instanceof LetterpressError) || error.code !== 'BAD_RUN') throw error;
    const fix = `Restore it from a copy, or move ${folder} away: the study then trains that run again.`;
    throw new LetterpressError('BAD_RUN', error.message, fix, { cause: error });
  }
}

/** What the worker is asked for. */
export function trainingRequest(
  { job, folder, plan, texts, expected }: JobRun,
  begins: JobBeginning,
  backend: BackendRequest,
  reuse: readonly string[],
  summary: string | undefined,
): TrainingRequest {
  const common = { folder, texts, reuse, backend: { ...backend, precision: expected.precision } };
  if (begins !== 'new') return { ...common, resume: true };
  return {
    ...common,
    plan,
    seed: job.seed,
    ...(summary === undefined ? {} : { summary }),
  };
}

/** What the curve of an ended run shows. */
export function diagnosisOf(run: Run): DiagnosisKind {
  const { config, metrics, results } = run;
  const { patience } = asRunError(() => parseTrainingSettings(config.training));
  const baselines = run.readAnalysis().baselines?.baselines;
  return diagnose(metrics, { baselines, stoppedBecause: results?.stoppedBecause, patience }).kind;
}
