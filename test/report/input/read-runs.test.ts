import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareRuns, readReportRun } from '../../../src/report/input/read-runs.js';
import { RUN_FILES } from '../../../src/runs/layout.js';
import { errorOf } from '../../runs/fixtures.js';
import { divergingAt, fixtureRun, writeFixtureRun } from '../fixtures/fixture-runs.js';
import { temporaryFolders } from '../../support/temporary-folders.js';

const temporary = temporaryFolders();

describe('readReportRun', () => {
  it('reads back everything of a run', () => {
    const run = fixtureRun({ epochs: 4, temperatures: true });
    expect(readReportRun(writeFixtureRun(temporary(), run), run.name)).toEqual(run);
  });

  it('reads runs that have not ended, that diverged, and those of an older Letterpress', () => {
    for (const run of [
      fixtureRun({ epochs: 2, ended: false }),
      fixtureRun({ epochs: 0, ended: false }),
      fixtureRun({ epochs: 3, curve: divergingAt(1) }),
      fixtureRun({
        epochs: 2,
        without: ['samples', 'finalSamples', 'baselines', 'sampleQualities', 'inspection', 'corpusReport'],
      }),
    ])
      expect(readReportRun(writeFixtureRun(temporary(), run), run.name)).toEqual(run);
  });

  it('does not need weights or figures, and says which file is damaged', () => {
    const folder = writeFixtureRun(temporary(), fixtureRun({ epochs: 2 }));
    rmSync(join(folder, 'curves'), { recursive: true });
    expect(readReportRun(folder, 'a').metrics).toHaveLength(2);
    writeFileSync(join(folder, RUN_FILES.baselines), '{');
    expect(errorOf(() => readReportRun(folder, 'a'))).toMatchObject({
      code: 'BAD_RUN',
      message: expect.stringContaining(RUN_FILES.baselines) as string,
    });
  });
});

it.each([
  ['model', { heads: -2 }],
  ['model', { layers: 1e15 }],
  ['training', { learningRate: 'abc' }],
  ['tokenizer', { characters: null }],
] as const)('a run whose %s was edited to what it cannot be, %j, is refused', (part, edit) => {
  const run = fixtureRun({ epochs: 2 });
  const folder = writeFixtureRun(temporary(), run);
  const config = { ...run.config, [part]: { ...run.config[part], ...edit } };
  writeFileSync(join(folder, RUN_FILES.config), JSON.stringify(config));
  expect(errorOf(() => readReportRun(folder, 'a'))).toMatchObject({
    code: 'BAD_RUN',
    message: expect.stringMatching(new RegExp(`config\\.json is damaged: .*${Object.keys(edit)[0]}`)) as string,
  });
});

describe('compareRuns', () => {
  const write = (folder: string, name: string, wanted = {}) =>
    writeFixtureRun(folder, fixtureRun({ epochs: 2, ...wanted }), name);
  const named = (folders: readonly string[]) =>
    compareRuns(folders).runs.map(({ role, group, run }) => [role, group, run.name]);

  it('groups runs that differ by seed alone, and calls a group by what its runs have in common', () => {
    const folder = temporary();
    const folders = [
      write(folder, '87k-seed0', { seed: 0 }),
      write(folder, '557k', { preset: '557k' }),
      write(folder, '87k-seed1', { seed: 1 }),
      write(folder, '87k-bf16-seed0', { seed: 0, precision: 'bf16' }),
    ];
    expect(named(folders)).toEqual([
      ['given', '87k', '87k-seed0'],
      ['given', '87k', '87k-seed1'],
      ['given', '557k', '557k'],
      ['given', '87k-bf16-seed0', '87k-bf16-seed0'],
    ]);
    expect(compareRuns(folders).title).toBe('4 runs compared');
    expect(compareRuns(folders.slice(0, 1)).title).toBe('The run 87k-seed0');
    expect(compareRuns(folders, 'Mine')).toMatchObject({ title: 'Mine', kind: 'comparison' });
  });

  it('gives groups names that no other group or run has', () => {
    const folder = temporary();
    const folders = [
      write(folder, '87k', { padding: 'all' }),
      write(folder, '87k-seed0', { seed: 0 }),
      write(folder, '87k-seed1', { seed: 1 }),
      write(folder, 'again', { seed: 1 }),
    ];
    expect(named(folders)).toEqual([
      ['given', '87k', '87k'],
      ['given', '87k-seed0 over 2 seeds', '87k-seed0'],
      ['given', '87k-seed0 over 2 seeds', '87k-seed1'],
      ['given', 'again', 'again'], // the same seed again is no other seed
    ]);
  });

  it.each([
    ['87k-s0', '87k-s1', '87k'],
    ['87k-9', '87k-10', '87k'],
    ['lr.seed_07', 'lr.seed_8', 'lr'],
    ['class0', 'class1', 'class'],
    // Not the seed of the run: a part of its name.
    ['width-16', 'width-16b', 'width-16 over 2 seeds'],
    ['seed0', 'seed1', 'seed0 over 2 seeds'],
  ])('calls the group of %s and %s %s', (first, second, expected) => {
    const folder = temporary();
    const seedOf = (name: string, otherwise: number) =>
      expected.endsWith('seeds') ? otherwise : Number(/\d+$/.exec(name)![0]);
    const folders = [first, second].map((name, i) => write(folder, name, { seed: seedOf(name, i) }));
    expect(named(folders).map(([, group]) => group)).toEqual([expected, expected]);
  });

  it('keeps repeated runs of one name together, in whatever order they are given', () => {
    const folder = temporary();
    const folders = ['again', 'base-s0', 'base-s1', 'base-s2', 'lr-s0', 'lr-s1', 'more-s3'].map((name) =>
      write(folder, name, { seed: name === 'again' ? 0 : Number(name.at(-1)) }),
    );
    const expected = {
      again: 'again',
      'base-s0': 'base-s0 over 4 seeds', // with more-s3, which is one more seed
      'base-s1': 'base-s0 over 4 seeds',
      'base-s2': 'base-s0 over 4 seeds',
      'lr-s0': 'lr',
      'lr-s1': 'lr',
      'more-s3': 'base-s0 over 4 seeds',
    };
    for (const order of [folders, [...folders].reverse(), [...folders.slice(3), ...folders.slice(0, 3)]])
      expect(Object.fromEntries(named(order).map(([, group, name]) => [name, group]))).toEqual(expected);
  });

  it('does not call students of different teachers seeds of one another', () => {
    const folder = temporary();
    const [first, second, moved] = ['a', 'b', 'a'].map((fingerprint, seed) => {
      const run = fixtureRun({ epochs: 2, seed });
      const config = { ...run.config, distillationSet: { path: `/sets/${seed}`, fingerprint } };
      return writeFixtureRun(folder, { ...run, config }, `student-seed${seed}`);
    });
    expect(named([first!, second!, moved!]).map(([, group, name]) => [group, name])).toEqual([
      ['student', 'student-seed0'],
      ['student', 'student-seed2'],
      ['student-seed1', 'student-seed1'],
    ]);
  });

  it('tells runs of one name apart by where they lie', () => {
    const folder = temporary();
    const folders = [write(join(folder, 'old'), 'run'), write(join(folder, 'new'), 'run', { preset: '557k' })];
    expect(named(folders).map(([, , name]) => name)).toEqual(['old/run', 'new/run']);
  });

  it('refuses no runs, one that is given twice, and what is no run', () => {
    const folder = temporary();
    const run = write(folder, 'run');
    expect(errorOf(() => compareRuns([]))).toMatchObject({ code: 'BAD_OPTION' });
    expect(errorOf(() => compareRuns([run, `${run}/../run`]))).toMatchObject({
      code: 'BAD_OPTION',
      message: expect.stringContaining('given twice') as string,
    });
    expect(errorOf(() => compareRuns([folder]))).toMatchObject({ code: 'BAD_RUN' });
    expect(errorOf(() => compareRuns([join(folder, 'absent')]))).toMatchObject({ code: 'BAD_RUN' });
  });
});
