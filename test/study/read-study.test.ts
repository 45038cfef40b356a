import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readStudy } from '../../src/study/read-study.js';
import { STUDY_FILES } from '../../src/study/study-file.js';
import type { StudyOptionsInput } from '../../src/study/study-options.js';
import { errorOf } from '../runs/fixtures.js';
import { writeFixtureStudy } from './write-fixture-study.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const temporary = temporaryFolders();

const study = (wanted: StudyOptionsInput, begun: readonly string[]) => writeFixtureStudy(temporary(), wanted, begun);

describe('readStudy', () => {
  it('reads the runs that exist, with their roles and groups, and names the groups without any', () => {
    const folder = study({ sizes: ['87k', '557k'] }, ['87k-seed0', '87k-padding-all-seed0']);
    const { title, kind, runs, planned } = readStudy(folder);
    expect({ title, kind }).toEqual({ title: 'A study of headlines', kind: 'study' });
    expect(runs.map(({ role, group, run }) => [role, group, run.name])).toEqual([
      ['size', '87k', '87k'],
      ['padding', '87k, all pads', '87k, all pads'],
    ]);
    expect(runs[1]!.run.config.training.padding).toBe('all');
    expect(runs[0]!.run.metrics).toHaveLength(2);
    expect(planned).toEqual([
      { role: 'size', group: '557k' },
      { role: 'few-texts', group: '87k, first 1,000 texts' },
    ]);
  });

  it('names runs with their seeds, and does not plan a group of which one has begun', () => {
    const wanted: StudyOptionsInput = { kind: 'quick', sizes: ['87k'], seeds: 2, paddingCheck: false };
    const { title, kind, runs, planned } = readStudy(study(wanted, ['87k-seed1']));
    expect({ title, kind }).toEqual({ title: 'A quick study of headlines', kind: 'quick' });
    expect(runs.map(({ run }) => [run.name, run.config.seed])).toEqual([['87k, seed 1', 1]]);
    expect(planned).toEqual([{ role: 'few-texts', group: '87k, first 1,000 texts' }]);
  });

  it('names the size that a run with a second recipe is compared with', () => {
    const wanted: StudyOptionsInput = { sizes: ['87k', '557k'], seeds: 2, secondRecipe: 'modern', paddingCheck: false };
    const { runs, planned } = readStudy(study(wanted, ['557k-seed0', 'modern-87k-seed1']));
    expect(runs.map(({ role, group, counterpart, run }) => [role, group, counterpart, run.name])).toEqual([
      ['size', '557k', undefined, '557k, seed 0'],
      ['second-recipe', 'modern 87k', '87k', 'modern 87k, seed 1'],
    ]);
    expect(planned).toContainEqual({ role: 'second-recipe', group: 'modern 557k' });
  });

  it('refuses a study without a run, and other folders', () => {
    const folder = study({}, []);
    mkdirSync(join(folder, STUDY_FILES.runs, '87k-seed0'), { recursive: true }); // made, and nothing written yet
    expect(errorOf(() => readStudy(folder))).toMatchObject({
      code: 'BAD_RUN',
      message: expect.stringContaining('no run yet') as string,
    });
    expect(errorOf(() => readStudy(temporary()))).toMatchObject({ code: 'BAD_RUN' });
  });
});
