import fs, { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync, rmSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { LetterpressError } from '../../src/errors.js';
import type { Block } from '../../src/render/document.js';
import { reportResultsSchema } from '../../src/report/facts/schema.js';
import {
  writeReportWith,
  type ReportMakers,
  type ReportStep,
  type WriteReportOptions,
} from '../../src/report/write-report.js';
import { fixtureRun, writeFixtureRun } from './fixtures/fixture-runs.js';
import { fixtureComparison } from './fixtures/fixture-studies.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const temporary = temporaryFolders();
const input = fixtureComparison([fixtureRun({ epochs: 3 })]);
const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="9" height="9"/></svg>';

/** A report with these figures and hardly anything else. */
const makers = (...ids: readonly string[]): ReportMakers => ({
  build: ({ title }, { origin, groups }) => ({
    title,
    subtitle: groups[0]!.name,
    date: origin.lastBegun,
    blocks: ids.map((id): Block => ({ kind: 'figure', id, svg, caption: id, description: `About ${id}` })),
  }),
  html: ({ subtitle }) => Promise.resolve(`<p>${subtitle}</p>`),
  pdf: () => Promise.resolve(Buffer.from('%PDF-')),
  markdown: ({ title }) => `# ${title}`,
  latex: ({ title }) => `\\title{${title}}`,
  missing: () => ['漢'],
});

const write = (ids: readonly string[], folder: string, options: WriteReportOptions = {}) =>
  writeReportWith(() => Promise.resolve(makers(...ids)), input, folder, options);

/** The files of a report with these figures, and others that lie there. */
const filesOf = (figures: readonly string[], ...others: readonly string[]) =>
  [
    ...['figures', 'report-latex.tex', 'report.html', 'report.md', 'report.pdf', 'results.json', ...others],
    ...figures.flatMap((id) => [`figures/${id}.pdf`, `figures/${id}.svg`]),
  ].sort();
const list = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const text = (folder: string, file: string) => readFileSync(join(folder, file), 'utf8');

async function refused(promise: Promise<unknown>): Promise<LetterpressError> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(LetterpressError);
  return error as LetterpressError;
}

describe('writeReport', () => {
  it('writes page, PDF, results and each figure twice, and says where', async () => {
    const folder = join(temporary(), 'new', 'report');
    const steps: ReportStep[] = [];
    const written = await write(['nll', 'top-1'], folder, {
      onStep: (step) => void steps.push(step),
    });
    expect(list(folder)).toEqual(filesOf(['nll', 'top-1']));
    expect(text(folder, 'report.html')).toBe('<p>87k-seed0</p>');
    expect(text(folder, 'figures/nll.svg')).toBe(svg);
    expect(text(folder, 'figures/nll.pdf')).toMatch(/^%PDF-[^]*%%EOF\s*$/);
    expect(written.figures.map(({ id }) => id)).toEqual(['nll', 'top-1']);
    const figures = written.figures.flatMap(({ svg: a, pdf }) => [a, pdf]);
    for (const path of [written.html, written.pdf, written.results, ...figures])
      expect(existsSync(path), path).toBe(true);
    const results = reportResultsSchema.parse(JSON.parse(text(folder, 'results.json')));
    expect(results.groups[0]!.figures.testNll.mean).toBe(written.facts.groups[0]!.figures.testNll.mean);
    const parts = ['numbers', 'text and figures', 'page', 'PDF', 'figures as PDF', 'files'];
    expect([...new Set(steps.map(({ part }) => part))]).toEqual(parts);
    expect(steps.every(({ done, total }) => done <= total)).toBe(true);
  });

  it('replaces an earlier report, with the figures that are no longer in it, and leaves everything else', async () => {
    const folder = temporary();
    await write(['nll', 'old'], folder);
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    writeFileSync(join(folder, 'figures', 'mine.svg'), 'mine');
    await write(['nll', 'new'], folder);
    expect(list(folder)).toEqual(filesOf(['new', 'nll'], 'figures/mine.svg', 'notes.txt'));
    expect(text(folder, 'figures/mine.svg') + text(folder, 'notes.txt')).toBe('minemine');
  });

  it('leaves an earlier report as it was when the new one cannot be made', async () => {
    const folder = temporary();
    await write(['nll'], folder);
    const before = text(folder, 'results.json');
    const broken = { ...makers('other'), pdf: () => Promise.reject(new Error('no PDF')) };
    await expect(writeReportWith(() => Promise.resolve(broken), input, folder)).rejects.toThrow('no PDF');
    expect(text(folder, 'results.json')).toBe(before);
    expect(existsSync(join(folder, 'figures', 'nll.svg'))).toBe(true);
  });

  it('leaves an earlier report as it was when the disk is full', async () => {
    const folder = temporary();
    await write(['nll', 'old'], folder);
    const before = list(folder).map((file) => [file, file === 'figures' || text(folder, file)]);
    vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    });
    syncBuiltinESMExports();
    const error = await refused(write(['new', 'nll'], folder)).finally(() => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    });
    expect(error.message).toContain('the disk is full');
    expect(list(folder).map((file) => [file, file === 'figures' || text(folder, file)])).toEqual(before);
  });

  it('replaces a report that was cut off when results.json, the first, and some others had their names', async () => {
    const folder = temporary();
    await write(['other', 'third'], folder);
    for (const file of filesOf(['third']).slice(1)) if (file !== 'results.json') rmSync(join(folder, file));
    await write(['third'], folder);
    expect(list(folder)).toEqual(filesOf(['third']));
  });

  it('never writes over what is not a report', async () => {
    for (const file of ['results.json', 'report.html', 'report-latex.tex', 'figures/nll.svg']) {
      for (const content of ['mine', '{"format":"another"}']) {
        const folder = temporary();
        mkdirSync(join(folder, 'figures'));
        writeFileSync(join(folder, file), content);
        const error = await refused(write(['nll'], folder));
        expect(error).toMatchObject({ code: 'EXISTS', exitCode: 2 });
        expect(error.message).toContain(join(folder, file));
        expect(list(folder).filter((name) => name !== 'figures')).toEqual([file]);
        expect(text(folder, file)).toBe(content);
      }
    }
  });

  it('never writes into a run, nor over a file', async () => {
    const run = writeFixtureRun(temporary(), fixtureRun({ epochs: 1, ended: false }));
    expect((await refused(write([], run))).message).toContain('run directory');
    const file = join(temporary(), 'file');
    writeFileSync(file, 'mine');
    expect(await refused(write([], file))).toMatchObject({ code: 'EXISTS' });
  });
});
