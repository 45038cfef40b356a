import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { LetterpressError } from '../errors.js';
import { checkPath } from '../parse-options.js';
import { readMixtures, readReportRun, readRuns } from '../report/input/read-runs.js';
import type { ReportInput } from '../report/input/report-input.js';
import { RUN_FILES } from '../runs/layout.js';
import { titleOf } from './plan-jobs.js';
import { isStudy, readStudyFile } from './study-file.js';

/**
 * What the report of a study is made from: those of its runs that there are, finished or not, the names of the groups
 * that have none yet, and mixtures that were put among its runs.
 *
 * @throws LetterpressError BAD_RUN when the folder is no study, has no run yet, or a file in it is damaged
 * @example computeFacts(readStudy('study')).best?.group;
 */
export function readStudy(folder: string): ReportInput {
  checkPath(folder, 'the folder of a study');
  const { jobs, options, corpus } = readStudyFile(folder);
  const there = jobs.filter((job) => existsSync(join(folder, job.folder, RUN_FILES.config)));
  const begun = there.flatMap(({ role, ...job }) => (role === 'ablation' ? [] : [{ ...job, role }]));
  if (begun.length === 0)
    throw new LetterpressError(
      'BAD_RUN',
      `${folder} has no run yet, so there is nothing to report`,
      'Resume it: letterpress study, with the same folder.',
    );
  const groups = new Set(there.map(({ group }) => group));
  const waiting = jobs.flatMap(({ role, group }) => (groups.has(group) ? [] : [{ role, group }]));
  const planned = new Map(waiting.map((job) => [job.group, job]));
  return {
    title: `${options.kind === 'quick' ? 'A quick study' : 'A study'} of ${corpus.name}`,
    kind: options.kind,
    runs: begun.map((job) => ({
      role: job.role,
      group: job.group,
      ...(job.role === 'second-recipe' ? { counterpart: job.size } : {}),
      run: readReportRun(join(folder, job.folder), titleOf(job, options.seeds)),
    })),
    planned: [...planned.values()],
    ablations: there.flatMap(({ ablation, folder: run, group }) =>
      ablation === undefined ? [] : [{ ablation, run: readReportRun(join(folder, run), group) }],
    ),
    mixtures: readMixtures([folder]),
  };
}

/**
 * Reads runs to be compared or reported: those of one study with its names and groups, or any runs.
 *
 * @throws LetterpressError what {@link readStudy} and {@link readRuns} throw
 */
export function readRunsOrStudy(paths: readonly string[]): ReportInput {
  const [only] = paths;
  return only !== undefined && paths.length === 1 && isStudy(only) ? readStudy(only) : readRuns(paths);
}
