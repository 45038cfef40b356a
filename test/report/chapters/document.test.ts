import { describe, expect, it } from 'vitest';
import { buildDocument } from '../../../src/report/build-document.js';
import type { Block, ReportDocument } from '../../../src/render/document.js';
import { computeFacts } from '../../../src/report/facts/compute-facts.js';
import { outlineOf } from '../../../src/render/outline.js';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import { largerIsBetter, fixtureComparison, SCENARIOS } from '../fixtures/fixture-studies.js';
import { blocksUnder, chaptersOf, kindUnder, linesOf } from './text-of.js';

const INPUTS: Readonly<Record<string, () => ReportInput>> = {
  ...SCENARIOS,
  quick: () => ({ ...largerIsBetter(), kind: 'quick' as const }),
};

const build = (input: ReportInput) => buildDocument(input, computeFacts(input));
const built = new Map<string, ReportDocument>();

/** Figures take their time, so each document is made once. */
function documentOf(name: string): ReportDocument {
  const document = built.get(name) ?? build(INPUTS[name]!());
  built.set(name, document);
  return document;
}

const STUDY_CHAPTERS = [...['answer', 'explanations', 'models', 'few-texts', 'temperature', 'appendix', 'references']];

describe('every report', () => {
  it.each([
    ...['allDiverged', 'largestStuck', 'missingAnalysis', 'missingRuns', 'mixed', 'singleRun', 'threeSeeds', 'quick'],
    ...['secondRecipeDiverged', 'secondRecipeMissing', 'secondRecipeQuick', 'secondRecipeSeeds'],
  ])('of “%s” is well-formed and has no number that is none', (name) => {
    const document = documentOf(name);
    expect(() => outlineOf(document)).not.toThrow();
    for (const line of linesOf(document)) expect(line).not.toMatch(/NaN|undefined|Infinity|\[object|\bnull\b/);
    expect(document.blocks.filter((block) => block.kind === 'heading' && block.text === '')).toEqual([]);
    expect(document.blocks.filter(isEmpty)).toEqual([]);
  });

  it('has the chapters of a study in their order, without those that its runs have nothing for', () => {
    expect(chaptersOf(documentOf('threeSeeds'))).toEqual(STUDY_CHAPTERS);
    expect(chaptersOf(documentOf('quick'))).toEqual(STUDY_CHAPTERS);
    const missing = ['few-texts', 'temperature'];
    expect(chaptersOf(documentOf('singleRun'))).toEqual(STUDY_CHAPTERS.filter((id) => !missing.includes(id)));
  });
});

describe('page one', () => {
  it('has a figure and at most six rows, with the best model emphasised, before the contents', () => {
    for (const name of Object.keys(INPUTS)) {
      const { blocks } = documentOf(name);
      const first = blocks.slice(
        0,
        blocks.findIndex(({ kind }) => kind === 'contents'),
      );
      expect(first.filter(({ kind }) => kind === 'figure').length, name).toBeLessThanOrEqual(1);
      for (const block of first) if (block.kind === 'table') expect(block.rows.length, name).toBeLessThanOrEqual(6);
    }
    const [table] = kindUnder(documentOf('largestStuck'), 'answer', 'table');
    expect(table!.rows.map(([name]) => name)).toEqual([
      ...['87k', '557k', '5m', '10m', '5m, first 1,000 texts', 'Kneser–Ney, order 7'],
    ]);
    expect(table!.emphasised).toEqual([2]);
    // 88.50… nats are 88.50 / 43 / ln 2 = 2.97 bits for each of 43 predicted characters.
    expect(table!.rows[2]!.slice(1)).toEqual(['5,097,821', '88.51', '2.970', '7.83', '0.373', '0.8191']);
    expect(table!.rows[5]!.slice(2)).toEqual(['93.00', '3.120', '8.70', '0.335', '0.8080']);
  });

  it('shows models and baselines from the worst to the best', () => {
    const [figure] = kindUnder(documentOf('largestStuck'), 'answer', 'figure');
    const values = figure!.description.match(/\d+\.\d\d/g)!.map(Number);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(values).toHaveLength(7);
  });

  it('has mixtures of the same texts beside the models', () => {
    const document = documentOf('mixed');
    const table = kindUnder(document, 'comparison', 'table').at(-1);
    expect(table!.rows.slice(5).map(([name]) => name)).toEqual(['worse', 'all-mixed', 'Kneser–Ney, order 7']);
    const [short] = kindUnder(document, 'answer', 'table');
    expect(short!.rows.map(([name]) => name)).toEqual(expect.arrayContaining(['10m', 'worse', 'all-mixed']));
    // 88.5 / 43 / ln 2 = 2.969
    expect(table!.rows[6]!.slice(1)).toEqual(['644,208', '88.50', '2.969', '7.83', '0.376', '0.8200']);
    const members = kindUnder(document, 'mixtures', 'table')[0]!.rows.map(([name, , , ...nlls]) => [name, ...nlls]);
    expect(members.slice(2)).toEqual([
      ['untested', '86.50', '86.75', '–', '–'],
      ['elsewhere *', '86.50', '86.75', '88.50', '0.8200'],
    ]);
    expect(blocksUnder(documentOf('largestStuck'), 'mixtures')).toEqual([]);
  });

  it('has the original notebook’s figures beside those of a study, with the right top-1', () => {
    const [table] = kindUnder(documentOf('largestStuck'), 'reference', 'table');
    // 0.8041 − 1/1084
    expect(table!.rows[0]!.slice(2)).toEqual(['98.32', 'about 2.6', '0.8032', '−0.981', '95.48 (100)', '111']);
    expect(table!.rows[5]!.at(-1)).toBe('40');
    expect(table!.rows[4]!.at(-1)).toMatch(/ 40$/);
    for (const other of ['singleRun', 'quick']) expect(kindUnder(documentOf(other), 'reference', 'table')).toEqual([]);
  });

  it('answers a quick study too, and says that its trainings are short', () => {
    const quick = documentOf('quick');
    expect(kindUnder(quick, 'answer', 'note')).toHaveLength(1);
    expect(kindUnder(quick, 'answer', 'list')).toEqual(kindUnder(documentOf('largerIsBetter'), 'answer', 'list'));
  });

  it('says what is missing', () => {
    for (const name of ['missingAnalysis', 'missingRuns'])
      expect(kindUnder(documentOf(name), 'missing', 'list')[0]!.items).toEqual(
        computeFacts(INPUTS[name]!()).missing.map(({ sentence }) => sentence),
      );
    expect(blocksUnder(documentOf('threeSeeds'), 'missing')).toEqual([]);
  });
});

describe('the models', () => {
  it('have curves together and alone', () => {
    const figures = kindUnder(documentOf('largestStuck'), 'models', 'figure').map(({ id }) => id);
    for (const id of ['val-nll', 'val-accuracy', 'nll-top1']) expect(figures).toContain(id);
    const alone = kindUnder(documentOf('largestStuck'), 'curves-alone', 'figure').map(({ id }) => id);
    expect(alone).toEqual(['nll-87k', 'nll-557k', 'nll-5m', 'nll-10m']);
    const measured = kindUnder(documentOf('largestStuck'), 'samples-measured', 'figure').map(({ id }) => id);
    expect(measured).toEqual(['samples-known-words']);
  });

  it('show the last samples of a training as its final ones only, and those beside what they are compared with', () => {
    const study = SCENARIOS['largestStuck']!();
    const runs = study.runs.map(({ run, ...job }) => {
      const { finalSamples = [], samples, temperatures } = run;
      const last = Math.max(...samples.keys());
      const entries = temperatures?.entries.map((each) =>
        each.temperature === 1 ? { ...each, texts: [...finalSamples] } : each,
      );
      const changed = {
        samples: new Map(samples).set(last, finalSamples),
        temperatures: temperatures && { ...temperatures, entries: entries! },
      };
      return { ...job, run: { ...run, ...changed } };
    });
    const columns = build({ ...study, runs }).blocks.flatMap((block) =>
      block.kind === 'samples' ? block.columns : [],
    );
    // Final samples of four sizes; of few texts and all; three epochs of either, five temperatures.
    expect(columns).toHaveLength(4 + 2 + 3 + 3 + 5);
  });

  it('are shown as far as they got where no run has ended or all diverged', () => {
    for (const name of ['allDiverged', 'missingRuns'])
      expect(blocksUnder(documentOf(name), 'models').length).toBeGreaterThan(1);
    expect(kindUnder(documentOf('allDiverged'), 'comparison', 'figure')).toEqual([]);
  });
});

describe('the chapter of a second recipe', () => {
  const figuresOf = (name: string) => kindUnder(documentOf(name), 'second-recipe-figures', 'table')[0]!;

  it('is there only where there are runs with one', () => {
    expect(chaptersOf(documentOf('secondRecipeBetter'))).toContain('second-recipe');
    const given = fixtureComparison(SCENARIOS['secondRecipeBetter']!().runs.map(({ run }) => run));
    expect(chaptersOf(build(given))).not.toContain('second-recipe');
  });

  it('has a row for each size and recipe', () => {
    const figures = figuresOf('secondRecipeBetter');
    expect(figures.rows.map(([name]) => name)).toEqual(['87k', 'modern 87k', '557k', 'modern 557k']);
    expect(figures.rows[1]!.slice(0, 4)).toEqual(['modern 87k', '86,501', '92.00', '93.50']);
    expect(figures.rows[1]!.at(-1)).toBe('2 min 0 s');
  });

  it('shows NLL against minutes, a curve for each size and recipe', () => {
    const [time] = kindUnder(documentOf('secondRecipeBetter'), 'second-recipe', 'figure');
    for (const name of ['87k', 'modern 87k', '557k', 'modern 557k', 'bigram']) expect(time!.svg).toContain(`>${name}<`);
    expect(time!.svg).not.toContain('>unigram<');
  });

  it('is compared in words', () => {
    for (const name of ['secondRecipeBetter', 'secondRecipeQuick'])
      expect(kindUnder(documentOf(name), 'second-recipe-figures', 'paragraph'), name).toHaveLength(1);
  });

  it('shows what there is of runs that diverged or are missing', () => {
    expect(figuresOf('secondRecipeDiverged').rows[1]!.slice(2, 4)).toEqual(['not finite', 'not finite']);
    const names = figuresOf('secondRecipeMissing').rows.map(([name]) => name);
    expect(names.slice(0, 2)).toEqual(['87k', 'modern 87k']);
    expect(names).not.toContain('557k');
  });

  it('leaves the chapters about the study’s own recipe as they are', () => {
    const study = SCENARIOS['secondRecipeBetter']!();
    const own = build({ ...study, runs: study.runs.filter(({ role }) => role !== 'second-recipe') });
    for (const id of ['explanations', 'models', 'few-texts', 'temperature', 'data', 'padding'])
      expect(blocksUnder(documentOf('secondRecipeBetter'), id), id).toEqual(blocksUnder(own, id));
  });
});

/** A table without rows, or a column of samples without a title. */
function isEmpty(block: Block): boolean {
  if (block.kind === 'table') return block.rows.length === 0;
  return block.kind === 'samples' && block.columns.some(({ title }) => title === '');
}
