/** The folder of a study, and `study.json`: what was asked for, and how far it is. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { makeFolder } from '../make-folder.js';
import { count, realNumber } from '../number-schemas.js';
import { checkArtifactFolder, readArtifact } from '../runs/artifact-folder.js';
import { lockChecked, type FolderLock } from '../runs/folder-lock.js';
import { ioError } from '../io-error.js';
import { RUNS_FOLDER } from '../runs/layout.js';
import { writeJson } from '../runs/run-file.js';
import { artifactFields, runConfigSchema } from '../runs/schema.js';
import { ABLATION_NAMES } from './ablations.js';
import { studyOptionsSchema } from './study-options.js';

export const STUDY_FILES = { study: 'study.json', runs: RUNS_FOLDER } as const;

const jobSchema = z.object({
  /** Also the name of its folder in `runs/`. */
  name: z.string(),
  role: z.enum(['size', 'padding', 'few-texts', 'second-recipe', 'ablation']),
  /** Jobs of one group differ by their seeds alone. */
  group: z.string(),
  size: z.string(),
  seed: count,
  padding: z.enum(['all', 'first']),
  /** Only the first so many training texts. */
  few: count.optional(),
  /** What is taken away from the model. */
  ablation: z.enum(ABLATION_NAMES).optional(),
  /** The run directory, relative to the study. */
  folder: z.string(),
  /** `running` is also what an interruption leaves. */
  state: z.enum(['waiting', 'running', 'finished']),
});

/** Schema of `study.json`; docs/study.md says the same in words. */
export const studySchema = z.object({
  ...artifactFields,
  options: studyOptionsSchema,
  /** The texts, as in config.json of the runs on all of them. */
  corpus: runConfigSchema.shape.corpus,
  /** Owned by the tokenizer. */
  tokenizer: z.record(z.string(), z.unknown()),
  jobs: z.array(jobSchema),
  /**
   * Once all sizes have ended: the best by mean validation NLL over its runs whose NLL is finite, and the name of its
   * best run; null when all diverged.
   */
  best: z.object({ size: z.string(), meanValNll: realNumber, run: z.string() }).nullable().optional(),
});

export type Study = z.infer<typeof studySchema>;

export type RecordedJob = Study['jobs'][number];

/** Relative to the study. */
export function jobFolder(name: string): string {
  return `${STUDY_FILES.runs}/${name}`;
}

export function isStudy(folder: string): boolean {
  return existsSync(join(folder, STUDY_FILES.study));
}

/**
 * Locks a folder and makes it ready for a study: a new or empty one, one that holds a study, or one with `runs/`, whose
 * runs are taken over where they match.
 *
 * @throws LetterpressError EXISTS when the folder is a file or holds other things; IN_USE when another process writes
 *   it; IO when the file system refuses
 */
export function lockStudyFolder(folder: string): FolderLock {
  const runs = join(folder, STUDY_FILES.runs);
  const kind = { name: 'study', isThere: () => isStudy(folder) || existsSync(runs) };
  const lock = lockChecked(folder, () => checkArtifactFolder(folder, kind, true));
  try {
    makeFolder(runs);
    return lock;
  } catch (cause) {
    lock.release();
    throw ioError('make the study', folder, cause);
  }
}

/** @throws LetterpressError BAD_RUN when `study.json` is missing, damaged or of another version */
export function readStudyFile(folder: string): Study {
  const fix = 'Restore it from a copy, or remove it: the same command makes it again from the runs.';
  return readArtifact(folder, STUDY_FILES.study, studySchema, { name: 'study', command: 'study', fix });
}

export function writeStudyFile(folder: string, study: Study): void {
  writeJson(folder, STUDY_FILES.study, study);
}
