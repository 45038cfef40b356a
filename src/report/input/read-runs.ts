import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isMixture } from '../../ensemble/mixture-folder.js';
import { compareRuns } from './compare-runs.js';
import type { ReportInput } from './report-input.js';
import { foldersIn } from '../../runs/artifact-folder.js';
import { RUN_FILES, RUNS_FOLDER } from '../../runs/layout.js';
import { isDistillationSet } from '../../train/distillation/distillation-set-folder.js';
import { readMixtures } from './read-mixtures.js';

/**
 * Reads runs to be compared, and mixtures beside them: a folder stands for the runs in it, or in its `runs/`. Distillation sets, which lie among runs too, are passed over.
 *
 * @param paths run directories, mixtures, studies, or folders with run directories in them
 * @throws LetterpressError BAD_OPTION for none, or a run that is given twice; BAD_RUN for a folder without a run, or a damaged file
 * @example readRuns(['runs']); // every run and every mixture in the folder
 */
export function readRuns(paths: readonly string[]): ReportInput {
  const mayHoldRuns = paths.filter((path) => !isMixture(path) && !isDistillationSet(path));
  // Nothing but mixtures and distillation sets: reading the first as a run says what is wrong.
  const runs = compareRuns((mayHoldRuns.length > 0 ? mayHoldRuns : paths).flatMap(runsAt));
  return { ...runs, mixtures: readMixtures(paths) };
}

/** The run directories that a path stands for; itself where there are none, so that reading it says what is wrong. */
function runsAt(path: string): string[] {
  if (isRun(path)) return [path];
  const places = [join(path, RUNS_FOLDER), path];
  const found = places.map((folder) => foldersIn(folder, isRun)).find(({ length }) => length > 0);
  return found ?? [path];
}

function isRun(folder: string): boolean {
  return existsSync(join(folder, RUN_FILES.config));
}
