import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compareGroups } from '../../src/statistics/compare-groups.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { falling, fixtureRun, stuckAt, writeFixtureRun, type FixtureRun } from '../report/fixtures/fixture-runs.js';
import { writeFixtureStudy } from '../study/write-fixture-study.js';
import { bad, expectToFit, good } from './workplace.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const temporary = temporaryFolders();

/** Writes made-up runs into one folder, and returns it. */
function folderOf(...wanted: readonly FixtureRun[]): string {
  const folder = temporary();
  for (const each of wanted) writeFixtureRun(folder, fixtureRun(each));
  return folder;
}

/** The cells of the line of a table that begins with a name, the `place`-th such line. */
function cells(output: string, name: string, place = 0): string[] {
  const lines = output.split('\n').filter((line) => line.startsWith(`${name}  `));
  return lines[place]!.trim().split(/ {2,}/);
}

const small = (seed: number, floor: number): FixtureRun => ({ seed, epochs: 60, curve: falling(256, floor) });
const large = (seed: number, floor: number): FixtureRun => ({ ...small(seed, floor), preset: '557k' });

/** What `--json` prints. */
interface Compared {
  readonly runs: readonly { readonly name: string; readonly diagnosis: { readonly kind: string } }[];
  readonly groups: readonly Record<string, unknown>[];
  readonly comparisons: readonly Record<string, unknown>[];
  readonly notes: readonly { readonly kind: string; readonly runs: readonly string[]; readonly sentence: string }[];
}

const compared = async (...paths: string[]): Promise<Compared> =>
  JSON.parse(await good('compare', ...paths, '--json')) as Compared;

/** A text without its line breaks. */
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

describe('compare', () => {
  it('shows what runs are and what they reach, the mean over seeds, and baselines of the same texts', async () => {
    const folder = folderOf(small(0, 96), small(1, 97), large(0, 91));
    const output = await good('compare', folder);
    expectToFit(output);
    const run = fixtureRun(small(1, 97));
    const { bestValNll, testNll, testTop1 } = run.results!;
    expect(output).toMatch(/^all: recipe notebook, texts 8,664, padding first, precision f32$/m);
    expect(cells(output, '87k-seed1')).toEqual(['87k-seed1', '20 × 5, 5', '87,289', '1', '60', '12 min 0 s']);
    const { test: characters } = run.baselines!.charactersPerText;
    const accuracy = (149 * testTop1 - (149 - characters)) / characters;
    const figures = [bestValNll.toFixed(2), testNll.toFixed(2)];
    expect(cells(output, '87k-seed1', 1).slice(0, 3)).toEqual(['87k-seed1', ...figures]);
    expect(cells(output, '87k-seed1', 1).slice(-3)).toEqual([accuracy.toFixed(3), testTop1.toFixed(4), '60']);
    const mean = (testNll + fixtureRun(small(0, 96)).results!.testNll) / 2;
    expect(cells(output, '87k, mean of 2')[2]).toBe(mean.toFixed(2));
    expect(output).not.toContain('557k-seed0, mean');
    for (const { label, testNll: nll } of run.baselines!.baselines)
      expect(cells(output, label)[2]).toBe(nll.toFixed(2));
    // All of the same texts: once.
    expect(output.split('\n').filter((line) => line.startsWith('gzip'))).toHaveLength(1);
  });

  it('says what each curve shows, and which differences are beyond seed-to-seed variation', async () => {
    const folder = folderOf(small(0, 96), small(1, 96.5), { ...large(0, 0), curve: stuckAt(165) });
    const values = [small(0, 96), small(1, 96.5)].map((each) => fixtureRun(each).results!.testNll);
    const other = [fixtureRun({ ...large(0, 0), curve: stuckAt(165) }).results!.testNll];
    const expected = compareGroups({ name: '87k', values }, { name: '557k-seed0', values: other });
    const { runs, comparisons } = await compared(folder);
    expect(runs.map(({ diagnosis }) => diagnosis.kind)).toEqual(['converged', 'converged', 'failed']);
    const { low, high } = expected.interval;
    expect(comparisons).toMatchObject([
      {
        first: '87k',
        second: '557k-seed0',
        differs: ['size'],
        better: '87k',
        difference: expected.difference,
        low,
        high,
      },
    ]);
    const output = await good('compare', folder);
    expectToFit(output);
    expect(unwrapped(output).split(unwrapped(String(comparisons[0]!['sentence'])))).toHaveLength(2);
  });

  it('shows what there is of runs that are unfinished, diverged, or of an older Letterpress', async () => {
    const analysis = ['baselines', 'sampleQualities', 'inspection', 'corpusReport'] as const;
    const folder = folderOf(
      { name: 'unfinished', ended: false, epochs: 3 },
      { name: 'begun', ended: false, epochs: 0, seed: 1 },
      { name: 'older', preset: '557k', without: analysis },
      { name: 'broken', preset: '5m', curve: () => ({ trainNll: NaN, valNll: NaN, valTop1: 0 }) },
    );
    const output = await good('compare', folder);
    expectToFit(output);
    expect(cells(output, 'unfinished').slice(-2)).toEqual(['3 of 1,000', '36 s']);
    expect(cells(output, 'unfinished', 1).slice(2, 5)).toEqual(['-', '-', '-']);
    expect(cells(output, 'begun', 1)[1]).toBe('-');
    expect(cells(output, 'broken', 1).slice(1, 3)).toEqual(['-', '-']);
    const { runs, notes } = await compared(folder);
    const kindOf = (name: string) => runs.find((run) => run.name === name)?.diagnosis.kind;
    expect([kindOf('begun'), kindOf('broken')]).toEqual(['too-short', 'diverged']);
    expect(notes).toContainEqual(expect.objectContaining({ kind: 'unfinished', runs: ['unfinished'] }));
    for (const { sentence } of notes) expect(unwrapped(output)).toContain(unwrapped(sentence));
    // Other runs have baselines of the same texts; alone it has none.
    expect(notes.map(({ kind }) => kind)).not.toContain('no-baselines');
    expect((await compared(join(folder, 'older'))).notes).toMatchObject([{ kind: 'no-baselines', runs: ['older'] }]);
    const none = (await compared(join(folder, 'begun'))).notes;
    expect(none.map(({ kind }) => kind)).toContain('no-epochs');
  });

  it('names the settings that differ, with their values, and says where none does', async () => {
    const residual = (run: FixtureRun, rate: number) => {
      const { config, ...rest } = fixtureRun(run);
      const dropout = { ...(config.model['dropout'] as object), residual: rate };
      return { ...rest, config: { ...config, model: { ...config.model, dropout } } };
    };
    const folder = temporary();
    const base = residual(small(0, 96), 0);
    for (const [name, run] of [
      ['base', base],
      ['copy', base],
      ['dropout', residual(small(0, 96), 0.3)],
      [
        'teacher',
        { ...base, config: { ...base.config, distillationSet: { path: '/set', fingerprint: 'f'.repeat(64) } } },
      ],
    ] as const)
      writeFixtureRun(folder, run, name);
    const { comparisons } = await compared(folder);
    const between = (a: string, b: string) => comparisons.find(({ first, second }) => first === a && second === b)!;
    expect(between('base', 'copy')).toMatchObject({ differs: [], settings: [], basis: 'margin', difference: 0 });
    const nll = base.results!.testNll.toFixed(2);
    expect(between('base', 'copy')['sentence']).toBe(
      `base and copy have the same test NLL: ${nll} nats per text. One seed each: no spread is known. ` +
        '(Their settings are the same.)',
    );
    expect(between('copy', 'dropout')).toMatchObject({
      differs: ['settings'],
      settings: [{ path: 'model.dropout.residual', first: 0, second: 0.3 }],
    });
    expect(between('copy', 'dropout')['sentence']).toMatch(
      / \(They differ in other settings \(model\.dropout\.residual: 0 and 0\.3\)\.\)$/,
    );
    // In the order in which the sentence names them.
    writeFixtureRun(folder, { ...residual(small(0, 80), 0.5) }, 'even-better');
    const [turned] = (await compared(folder)).comparisons.filter(({ second }) => second === 'even-better');
    expect(turned).toMatchObject({ first: 'dropout', better: 'even-better' });
    expect(turned!['sentence']).toMatch(/^even-better has a better .* than dropout: .*\.residual: 0\.5 and 0\.3\)/);
    expect(between('base', 'teacher')).toMatchObject({
      differs: ['settings'],
      settings: [{ path: 'distillationSet.fingerprint', first: null, second: 'f'.repeat(64) }],
    });
  });

  it('does not compare what was measured on different texts, and shows each with its own baselines', async () => {
    const folder = folderOf({ name: 'here' }, { name: 'there', corpus: 'characters' }, { name: 'few', limit: 1000 });
    const output = await good('compare', folder);
    expectToFit(output);
    expect(output.split('\n').filter((line) => line.startsWith('gzip'))).toHaveLength(3);
    for (const title of ['headlines, 8,664', 'headlines, 1,000', 'characters, 8,664'])
      expect(output).toContain(`\n${title} / 1,084 / 1,084 texts\n`);
    const { comparisons, notes } = await compared(folder);
    expect(notes).toContainEqual(expect.objectContaining({ kind: 'other-texts', runs: ['there'] }));
    expect(comparisons.map(({ first, second }) => [first, second].sort())).toEqual([['few', 'here']]);
  });

  it('tells texts apart that have the same name and numbers', async () => {
    const folder = temporary();
    writeFixtureRun(folder, fixtureRun({ name: 'here' }));
    const raw = fixtureRun({ name: 'raw', corpus: 'raw' });
    const corpus = { ...raw.config.corpus, name: 'headlines', cleaning: 'none' as const };
    writeFixtureRun(folder, { ...raw, config: { ...raw.config, corpus } });
    const output = await good('compare', folder);
    expectToFit(output);
    const titles = ['(cleaning headlines, fingerprint headline)', '(cleaning none, fingerprint raw-all)'];
    for (const title of titles) expect(unwrapped(output)).toContain(`headlines, 8,664 / 1,084 / 1,084 texts ${title} `);
  });

  it('takes studies with their own names, and folders with runs in them', async () => {
    const study = writeFixtureStudy(temporary(), { sizes: ['87k', '557k'] }, ['87k-seed0', '557k-seed0']);
    const ofStudy = await compared(study);
    expect(ofStudy.groups).toContainEqual(expect.objectContaining({ name: '557k', parameters: 556_919 }));
    expect(ofStudy.notes.map(({ kind }) => kind)).toContain('not-begun');
    const names = async (...paths: string[]) => (await compared(...paths)).runs.map(({ name }) => name).sort();
    // With another run, or without study.json, they are runs like any others.
    const mine = folderOf({ name: 'mine', seed: 3 });
    expect(await names(study, mine)).toEqual(['557k-seed0', '87k-seed0', 'mine']);
    const plain = temporary();
    writeFixtureRun(join(plain, 'runs'), fixtureRun({ name: 'inside' }));
    writeFileSync(join(plain, 'runs', 'notes.txt'), 'not a run');
    expect(await names(plain)).toEqual(['inside']);
    const trained = ['87k-seed0', '557k-seed0'];
    const quick = writeFixtureStudy(temporary(), { kind: 'quick', sizes: ['87k', '557k'] }, trained);
    expect((await compared(quick)).comparisons).not.toEqual([]);
  });

  it('with --json writes one document with the same figures', async () => {
    const folder = folderOf(small(0, 96), small(1, 96.2), large(0, 91), { name: 'open', preset: '5m', ended: false });
    const { runs, groups, comparisons, notes } = await compared(folder);
    const { results } = fixtureRun(small(1, 96.2));
    expect(runs[1]).toMatchObject({
      name: '87k-seed1',
      group: '87k',
      seed: 1,
      ended: true,
      testNll: results!.testNll,
      diagnosis: { kind: 'converged' },
    });
    expect(runs.find(({ name }) => name === 'open')).not.toHaveProperty('testNll');
    expect(groups.map(({ name, runs: names }) => [name, names])).toEqual([
      ['87k', ['87k-seed0', '87k-seed1']],
      ['557k-seed0', ['557k-seed0']],
      ['open', ['open']],
    ]);
    expect(groups[0]).toMatchObject({ parameters: 87_289, figures: { testNll: { count: 2 } } });
    expect(comparisons[0]).toMatchObject({
      first: '87k',
      second: '557k-seed0',
      figure: 'testNll',
      better: '557k-seed0',
    });
    expect(comparisons[1]).toMatchObject({ second: 'open', figure: 'bestValNll', differs: ['size'] });
    expect(notes).toHaveLength(1);
  });

  it('refuses what is no run, one that is given twice, and a damaged one', async () => {
    const folder = folderOf({ name: 'one' });
    expect(await bad('compare', join(folder, 'two'))).toContain('no run directory at');
    const empty = temporary();
    mkdirSync(join(empty, 'runs', 'nothing'), { recursive: true });
    expect(await bad('compare', empty)).toContain('is not a run directory');
    expect(await bad('compare', join(folder, 'one', RUN_FILES.config))).toContain('found a file');
    expect(await bad('compare', folder, join(folder, 'one'))).toContain('was given twice');
    expect(await bad('compare')).toContain("missing required argument 'run'");
    writeFileSync(join(folder, 'one', RUN_FILES.results), '{}');
    expect(await bad('compare', folder)).toContain('results.json');
  });
});
