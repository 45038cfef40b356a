import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { reportResultsSchema } from '../../src/report/facts/schema.js';
import type { ReportResults } from '../../src/report/facts/types.js';
import { writeFixtureStudy } from '../study/write-fixture-study.js';
import { bad, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace('run');
const train = (out: string, ...options: string[]) =>
  good('train', ...SHAPE, ...place.texts, '--epochs', '1', ...options, '--out', out, '--json');
const resultsIn = (folder: string): ReportResults =>
  reportResultsSchema.parse(JSON.parse(readFileSync(join(folder, 'results.json'), 'utf8')));

// A report is some 20 figures, each as SVG and as PDF: it takes seconds, many of them on a busy machine.
describe('report', { timeout: 300_000 }, () => {
  const at = (name: string) => place.at(join('runs', name));
  beforeAll(async () => {
    await train(at('small-seed0'));
    await train(at('small-seed1'), '--seed', '1');
    await train(at('wide'), '--d-model', '24');
    await good('mix', at('wide'), '--order', '3');
    await good('distill', at('wide-mixture'), '--texts', '5');
  });

  it('counts one text, head, character, position and step in the singular', async () => {
    mkdirSync(place.at('one'), { recursive: true });
    for (const [split, text] of Object.entries({ train: 'a', val: 'aa', test: 'a' }))
      place.file(`one/${split}.txt`, `${text}\n`);
    const texts = ['--data', place.at('one'), '--clean', 'none', '--alphabet', 'auto'];
    const shape = ['--d-model', '2', '--layers', '1', '--heads', '1', '--batch', '1', '--context-length', '4'];
    const steps = ['--set', 'training.schedule.warmupSteps=1', '--epochs', '1'];
    const run = place.at('run of one');
    await good('train', ...texts, ...shape, ...steps, '--out', run);
    await good('report', run, '--out', place.at('report of one'));
    const page = readFileSync(join(place.at('report of one'), 'report.md'), 'utf8');
    const said = page + (await good('data', 'stats', ...texts)) + (await good('novelty', run));
    expect(said).not.toMatch(/\b1 (training )?(texts|heads|characters|positions|pads|steps|epochs)\b/);
    expect(said).toContain('the other position is padding');
    expect(said).toContain('batches of 1 text');
    expect(said).toContain('an alphabet of 1 character and at most 3 characters');
  });

  it('of a folder has a page, a PDF, figures and the numbers of its runs and mixtures', async () => {
    const out = place.at('report');
    const stdout = await good('report', at(''), '--out', out, '--title', 'Mine');
    const figures = readdirSync(join(out, 'figures'));
    expect(stdout).toContain(join(out, 'report.html'));
    expect(stdout).toContain(join(out, 'results.json'));
    expect(stdout).toContain(`(${figures.length / 2}, `);
    const { title, kind, groups, mixtures, files } = resultsIn(out);
    expect({ title, kind }).toEqual({ title: 'Mine', kind: 'comparison' });
    expect(groups.map(({ name, runs }) => [name, runs.length])).toEqual([
      ['small', 2],
      ['wide', 1],
    ]);
    expect(groups[0]!.figures.testNll.values).toEqual(
      ['small-seed0', 'small-seed1'].map((name) => readRun(at(name)).results!.testNll),
    );
    expect(mixtures).toMatchObject([{ name: 'wide-mixture', runs: ['../wide'], ngramOrder: 3, comparable: true }]);
    expect(mixtures[0]!.members[0]!.label).toBe('wide');
    expect(files.figures.flatMap(({ svg, pdf }) => [svg, pdf]).sort()).toEqual(
      figures.map((name) => `figures/${name}`).sort(),
    );
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).toContain('Mine</h1>');
    expect(page).not.toMatch(/\b(NaN|undefined|\[object Object\])\b/);
    expect(readFileSync(join(out, 'report.pdf'), 'latin1')).toMatch(/^%PDF-/);
  });

  it('passes over distillation sets among runs, and refuses mixtures and sets alone', async () => {
    const named = await good('compare', at('wide'), at('wide-mixture'), at('wide-mixture-distillation-set'), '--json');
    expect(JSON.parse(named)).toMatchObject({ runs: [{ name: 'wide' }], mixtures: [{ name: 'wide-mixture' }] });
    for (const name of ['wide-mixture', 'wide-mixture-distillation-set'])
      expect(await bad('report', at(name))).toContain(at(name));
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
    const wanted = { sizes: ['87k', '557k'], paddingCheck: false };
    const folder = writeFixtureStudy(place.at('study'), wanted, ['87k-seed0']);
    const stdout = await good('report', folder);
    expect(stdout).toContain(join(folder, 'report.html'));
    expect(stdout).toMatch(/lacks:\n[^]*557k/);
    expect(resultsIn(folder)).toMatchObject({ kind: 'study', title: 'A study of headlines' });
  });

  it('refuses what is no run, and to write over what is not a report', async () => {
    expect(await bad('report')).toContain('run');
    expect(await bad('report', place.news)).toContain(place.news);
    expect(await bad('report', place.at('nowhere'))).toContain(place.at('nowhere'));
    expect(await bad('report', place.run, place.run)).toContain(place.run);
    expect(await bad('report', place.run, '--out', place.run)).toContain('--out');
    const mine = place.at('mine');
    writeFileSync(mine, 'mine');
    expect(await bad('report', place.run, '--out', mine)).toContain(mine);
    const damaged = at('wide');
    writeFileSync(join(damaged, RUN_FILES.baselines), '{}');
    expect(await bad('report', damaged, '--out', place.at('no-report'))).toContain(RUN_FILES.baselines);
    expect(existsSync(place.at('no-report'))).toBe(false);
  });
});
