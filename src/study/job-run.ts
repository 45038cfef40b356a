import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendRequest } from '../backend/registry.js';
import type { ComputePrecision } from '../backend/types.js';
import { fingerprint } from '../corpus/fingerprint.js';
import { limitTrain } from '../corpus/corpus.js';
import { LetterpressError } from '../errors.js';
import { firstDifference } from '../runs/compare-configs.js';
import { RUN_FILES } from '../runs/layout.js';
import { readConfig, readRun } from '../runs/reader.js';
import type { RunTexts } from '../runs/run-texts.js';
import type { RunConfig } from '../runs/schema.js';
import type { TrainingPlan } from '../train/plan.js';
import { completeConfig } from '../train/settings.js';
import type { RunPlan } from '../train/run-record.js';
import type { TrainingRequest } from '../train/worker/messages.js';
import { ABLATIONS, ablationEpochs } from './ablations.js';
import { recipeOf, type StudyJob } from './plan-jobs.js';
import type { JobBeginning } from './study-events.js';
import type { StudyOptions } from './study-options.js';
import { planSize } from './study-sizes.js';

/** A job with all that its training needs. */
export interface JobRun {
  readonly job: StudyJob;
  readonly folder: string;
  readonly plan: TrainingPlan;
  readonly texts: RunTexts;
  readonly expected: ReturnType<typeof expectedRun>;
}

/** Plans the training of a job, and takes its texts from those of the study. */
export function makeJobRun(job: StudyJob, folder: string, options: StudyOptions, study: RunTexts): JobRun {
  const { size, padding, seed, few, ablation } = job;
  const planned = options.epochs[size];
  const changes =
    ablation === undefined ? { epochs: planned } : { epochs: ablationEpochs(planned), set: ABLATIONS[ablation] };
  const recipe = recipeOf(job, options);
  const plan = planSize(size, { recipe, padding, ...changes }, study.tokenizer.vocabularySize);
  const texts = few === undefined ? study : firstTexts(study, few);
  return { job, folder, plan, texts, expected: expectedRun(plan, texts, seed, options.precision) };
}

/** What decides the bits of a run, but for the processor: a part of its config.json. */
function expectedRun(
  { recipe: { name, version }, model, training }: RunPlan,
  texts: Pick<RunTexts, 'splits' | 'tokenizer'>,
  seed: number,
  precision: ComputePrecision,
) {
  return {
    corpus: { fingerprint: fingerprint(texts) },
    recipe: { name, version },
    model,
    training,
    tokenizer: texts.tokenizer.toJSON(),
    seed,
    backend: { precision },
  };
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

/**
 * Checks that a run in place is the one that a study would make. When and where it was made, the number of threads and
 * the instruction set do not matter.
 *
 * @throws LetterpressError BAD_OPTION that names the first field that differs, what was expected and what is there
 */
export function checkRunMatches(folder: string, config: RunConfig, expected: object): void {
  const difference = firstDifference(expected, completeConfig(config));
  if (difference === undefined) return;
  const { path } = difference;
  const [wanted, found] = [difference.expected, difference.found].map(show);
  throw new LetterpressError(
    'BAD_OPTION',
    `${folder} holds another run than this study would make: expected ${path} ${wanted}, found ${found}`,
    `${adviceFor(path)} Or choose another folder, or move that run away to have it trained again.`,
  );
}

function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 20)}…${text.slice(-1)}` : text;
}

function adviceFor(path: string): string {
  if (path === 'corpus.fingerprint') return 'It was trained on other texts: give the same ones (data, clean, limit).';
  if (path === 'training.epochs') return 'Give the epochs of that run (epochs).';
  if (path === 'backend.precision') return 'Give the precision of that run (precision).';
  if (path.startsWith('tokenizer')) return 'Give the alphabet of that run (alphabet).';
  return 'Give the options that it was trained with (recipe).';
}

/** @param reuse runs whose measures of the same texts may be taken */
export function trainingRequest(
  { job, folder, plan, texts, expected }: JobRun,
  begins: JobBeginning,
  backend: BackendRequest,
  reuse: readonly string[],
  summary: string | undefined,
  changeBackend: boolean | undefined,
): TrainingRequest {
  const common = { folder, texts, reuse, summary, backend: { ...backend, ...expected.backend } };
  if (begins !== 'new') return { ...common, resume: true, changeBackend };
  return { ...common, plan, seed: job.seed };
}
