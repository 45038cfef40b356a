import { join } from 'node:path';
import { planFewJobs, planJobs } from '../../src/study/plan-jobs.js';
import { jobFolder, STUDY_FILES, writeStudyFile } from '../../src/study/study-file.js';
import type { PresetName } from '../../src/nn/presets.js';
import { SCHEMA_VERSION } from '../../src/runs/schema.js';
import { parseStudyOptions, type StudyOptionsInput } from '../../src/study/study-options.js';
import { fixtureRun, writeFixtureRun } from '../report/fixtures/fixture-runs.js';

/** Writes a study of which the runs with these names were begun, and returns its folder. */
export function writeFixtureStudy(folder: string, wanted: StudyOptionsInput, begun: readonly string[]): string {
  const options = parseStudyOptions(wanted);
  const jobs = [...planJobs(options), ...planFewJobs(options, '87k')];
  const { config } = fixtureRun();
  writeStudyFile(folder, {
    schemaVersion: SCHEMA_VERSION,
    letterpress: config.letterpress,
    createdAt: config.createdAt,
    options,
    corpus: config.corpus,
    tokenizer: config.tokenizer,
    jobs: jobs.map((job) => ({ ...job, folder: jobFolder(job.name), state: 'waiting' })),
  });
  for (const { name, size, seed, padding } of jobs.filter((job) => begun.includes(job.name))) {
    const preset = size as PresetName;
    writeFixtureRun(join(folder, STUDY_FILES.runs), fixtureRun({ name, preset, seed, padding, epochs: 2 }));
  }
  return folder;
}
