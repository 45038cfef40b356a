import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { reportResultsSchema } from '../../src/report/facts/schema.js';
import type { ReportResults } from '../../src/report/facts/types.js';
import { planJobs } from '../../src/study/plan-jobs.js';
import { jobFolder, STUDY_FILES, writeStudyFile } from '../../src/study/study-file.js';
import { SCHEMA_VERSION } from '../../src/runs/schema.js';
import { parseStudyOptions } from '../../src/study/study-options.js';
import { fixtureRun, writeFixtureRun } from '../report/fixtures/fixture-runs.js';
import { letterpress } from './capture.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace();
const train = (out: string, ...options: string[]) =>
  good('train', ...SHAPE, '--data', place.news, '--clean', 'none', '--epochs', '1', ...options, '--out', out, '--json');
const resultsIn = (folder: string): ReportResults =>
  reportResultsSchema.parse(JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')));

// A report is some 20 figures, each as SVG and as PDF: seconds by itself, much more on a machine that does other things.
describe('report', { timeout: 300_000 }, () => {
  const runs = ['small-seed0', 'small-seed1', 'wide'] as const;
  beforeAll(async () => {
    const [first, second, wide] = runs.map((name) => place.at(name)) as [string, string, string];
    await train(first);
    await train(second, '--seed', '1');
    await train(wide, '--d-model', '24');
  });

  it('of real runs has a page, a PDF, figures and numbers, which are those of the runs', async () => {
    const out = place.at('report');
    const stdout = await good('report', ...runs.map((name) => place.at(name)), '--out', out, '--title', 'Mine');
    const figures = readdirSync(join(out, 'figures'));
    expect(stdout).toContain(`report   ${join(out, 'report.html')} (and .pdf)\n`);
    expect(stdout).toContain(`numbers  ${join(out, 'results.json')}\n`);
    expect(stdout).toContain(`(${figures.length / 2}, as .svg and .pdf)`);
    const results = resultsIn(out);
    expect(results).toMatchObject({ title: 'Mine', kind: 'comparison' });
    expect(results.groups.map(({ name, runs: own }) => [name, own.length])).toEqual([
      ['small', 2],
      ['wide', 1],
    ]);
    expect(results.groups[0]!.figures.testNll.values).toEqual(
      runs.slice(0, 2).map((name) => readRun(place.at(name)).results!.testNll),
    );
    expect(results.files.figures.flatMap(({ svg, pdf }) => [svg, pdf]).sort()).toEqual(
      figures.map((name) => `figures/${name}`).sort(),
    );
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).toContain('Mine</h1>');
    expect(page).not.toMatch(/\b(NaN|undefined|\[object Object\])\b/);
    expect(readFileSync(join(out, 'report.pdf'), 'latin1')).toMatch(/^%PDF-/);
  });

  it('shows mixtures that lie among runs, and passes over distillation sets', async () => {
    const folder = place.at('mixing');
    const run = join(folder, 'one');
    await train(run);
    await good('mix', run, '--order', '3');
    await good('distill', `${run}-mixture`, '--texts', '5');
    const out = place.at('report-mixing');
    for (const paths of [[folder], readdirSync(folder).map((name) => join(folder, name))]) {
      await good('report', ...paths, '--out', out);
      const { groups, mixtures } = resultsIn(out);
      expect(groups.map(({ name }) => name)).toEqual(['one']);
      expect(mixtures).toMatchObject([{ name: 'one-mixture', runs: ['../one'], ngramOrder: 3, comparable: true }]);
      expect(mixtures[0]!.members[0]!.label).toBe('one');
    }
    expect(await good('compare', run, `${run}-mixture-distillation-set`)).toMatch(/^one +/m);
    for (const suffix of ['-mixture', '-mixture-distillation-set'])
      expect(await bad('report', `${run}${suffix}`)).toContain('is not a run directory');
  });

  it('goes under reports/ by itself, with --json says where, and writes the same bytes again', async () => {
    const files = ['report.html', 'report.pdf', 'results.json'].map((file) => place.at(join('reports', 'run', file)));
    const bytes = () => files.map((file) => readFileSync(file, 'latin1'));
    const before = process.cwd();
    process.chdir(place.at(''));
    try {
      const written: unknown = JSON.parse(await good('report', 'run', '--json'));
      expect(written).toMatchObject({
        folder: join('reports', 'run'),
        html: join('reports', 'run', 'report.html'),
        missing: [],
      });
      const first = bytes();
      await good('report', 'run');
      expect(bytes().map((file, i) => file === first[i])).toEqual([true, true, true]);
    } finally {
      process.chdir(before);
    }
  });

  it('goes into the folder of a study, and says what that lacks', async () => {
    const folder = place.at('study');
    const options = parseStudyOptions({ sizes: ['87k', '557k'], paddingCheck: false });
    const { config } = fixtureRun();
    writeFixtureRun(join(folder, STUDY_FILES.runs), fixtureRun({ epochs: 6 }));
    writeStudyFile(folder, {
      schemaVersion: SCHEMA_VERSION,
      letterpress: config.letterpress,
      createdAt: config.createdAt,
      options,
      corpus: config.corpus,
      tokenizer: config.tokenizer,
      jobs: planJobs(options).map((job) => ({ ...job, folder: jobFolder(job.name), state: 'waiting' })),
    });
    const stdout = await good('report', folder);
    expect(stdout).toContain(join(folder, 'report.html'));
    expect(stdout).toMatch(/What the report lacks:\n(.*\n)*? {2}557k has not been trained yet\.\n/);
    expect(resultsIn(folder)).toMatchObject({ kind: 'study', title: 'A study of headlines' });
  });

  it('refuses what is no run, and to write over what is not a report', async () => {
    expect(await bad('report')).toContain('run');
    expect(await bad('report', place.news)).toMatch(/not a run directory/);
    expect(await bad('report', place.at('nowhere'))).toContain('no run directory');
    expect(await bad('report', place.run, place.run)).toContain('given twice');
    expect(await bad('report', place.run, '--out', place.run)).toMatch(/is a run directory.*\n.*--out/);
    const mine = place.at('mine');
    writeFileSync(mine, 'mine');
    expect(await bad('report', place.run, '--out', mine)).toContain('found a file');
    const damaged = place.at('wide');
    writeFileSync(join(damaged, RUN_FILES.baselines), '{}');
    expect(await bad('report', damaged, '--out', place.at('no-report'))).toContain(RUN_FILES.baselines);
    expect(existsSync(place.at('no-report'))).toBe(false);
  });

  it('has help with examples', async () => {
    const { code, stdout } = await letterpress(['report', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Examples:\n +\$ letterpress report /);
    for (const option of ['--out', '--title', '--json']) expect(stdout).toContain(option);
  });
});
