import { describe, expect, it } from 'vitest';
import { buildDocument } from '../../../src/report/build-document.js';
import type { Block, ReportDocument } from '../../../src/render/document.js';
import { computeFacts } from '../../../src/report/facts/compute-facts.js';
import { outlineOf } from '../../../src/render/outline.js';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import { fixtureRun } from '../fixtures/fixture-runs.js';
import {
  allDiverged,
  secondRecipeDiverged,
  secondRecipeMissing,
  secondRecipeQuick,
  secondRecipeSeeds,
  largerIsBetter,
  largestStuck,
  fixtureComparison,
  missingAnalysis,
  missingRuns,
  mixed,
  singleRun,
  threeSeeds,
} from '../fixtures/fixture-studies.js';
import { blocksUnder, chaptersOf, linesOf, linesOfBlock } from './text-of.js';

const INPUTS = {
  allDiverged,
  secondRecipeDiverged,
  secondRecipeMissing,
  secondRecipeQuick,
  secondRecipeSeeds,
  largestStuck,
  missingAnalysis,
  missingRuns,
  mixed,
  singleRun,
  threeSeeds,
  quick: () => ({ ...largerIsBetter(), kind: 'quick' as const }),
};

const built = new Map<string, ReportDocument>();

/** Figures take their time, so each document is made once. */
function documentOf(name: keyof typeof INPUTS): ReportDocument {
  let document = built.get(name);
  if (document === undefined) built.set(name, (document = build(INPUTS[name]())));
  return document;
}

function build(input: ReportInput): ReportDocument {
  return buildDocument(input, computeFacts(input));
}

const STUDY_CHAPTERS = [
  'summary',
  'data',
  'explanations',
  'models',
  'few-texts',
  'temperature',
  'padding',
  'measuring',
  'all-samples',
];

describe('every report', () => {
  it.each(Object.keys(INPUTS) as (keyof typeof INPUTS)[])(
    'of “%s” is well-formed and has no number that is none',
    (name) => {
      const document = documentOf(name);
      expect(() => outlineOf(document)).not.toThrow();
      for (const line of linesOf(document)) expect(line).not.toMatch(/NaN|undefined|Infinity|\[object|\bnull\b/);
      const headings = document.blocks.filter((block) => block.kind === 'heading');
      for (const { text } of headings) expect(text).not.toBe('');
      for (const block of document.blocks)
        if (block.kind === 'table' || block.kind === 'samples') expect(emptyPartOf(block)).toBeUndefined();
    },
  );

  it('is the same of the same runs', () => {
    expect(build(INPUTS.singleRun())).toEqual(documentOf('singleRun'));
  });

  it('answers the questions of the study in their order', () => {
    expect(chaptersOf(documentOf('threeSeeds'))).toEqual(STUDY_CHAPTERS);
    expect(chaptersOf(documentOf('quick'))).toEqual(STUDY_CHAPTERS);
  });

  it('leaves out what its runs have nothing for', () => {
    expect(chaptersOf(documentOf('singleRun'))).toEqual([
      'summary',
      'data',
      'explanations',
      'models',
      'measuring',
      'all-samples',
    ]);
  });
});

describe('the summary', () => {
  it('has models and baselines in one table, with the best model emphasised', () => {
    const summary = blocksUnder(documentOf('largestStuck'), 'summary');
    const table = summary.find((block) => block.kind === 'table')!;
    expect(table.rows.map(([name]) => name)).toEqual([
      ...['87k', '557k', '5m', '10m'],
      ...[
        'flat character unigram',
        'unigram that knows the end',
        'unigram by position',
        'bigram',
        'Kneser–Ney, order 7',
        'gzip',
        'brotli',
      ],
    ]);
    expect(table.emphasised).toEqual([2]);
    // 88.50… nats are 88.50 / 43 / ln 2 = 2.97 bits for each of 43 predicted characters.
    expect(table.rows[2]!.slice(1)).toEqual(['5,097,821', '88.51', '2.970', '7.83', '0.8191']);
    expect(table.rows[8]!.slice(2)).toEqual(['93.00', '3.120', '8.70', '0.8080']);
  });

  it('gives the spread of several seeds, and says so', () => {
    const table = blocksUnder(documentOf('threeSeeds'), 'summary').find((block) => block.kind === 'table')!;
    expect(table.rows[3]![2]).toMatch(/^85\.54 ± 0\.46$/);
    expect(linesOfBlock(table)[0]).toContain('mean ± standard deviation');
  });

  it('shows models and baselines from the worst to the best', () => {
    const figure = blocksUnder(documentOf('largestStuck'), 'summary').find((block) => block.kind === 'figure')!;
    expect(figure.description).toMatch(
      /: flat character unigram 257\.00, unigram that knows the end 166\.00, 10m 165\.\d\d, .* and 5m 88\.51\.$/,
    );
  });

  it('has mixtures of the same texts beside the models', () => {
    const document = documentOf('mixed');
    const summary = blocksUnder(document, 'summary');
    const table = summary.find((block) => block.kind === 'table')!;
    expect(table.rows.slice(4, 7).map(([name]) => name)).toEqual(['worse', 'all-mixed', 'flat character unigram']);
    // 88.5 / 43 / ln 2 = 2.969
    expect(table.rows[5]!.slice(1)).toEqual(['644,208', '88.50', '2.969', '7.83', '0.8200']);
    expect(summary.find((block) => block.kind === 'figure')!.description).toContain('worse 93.00');
    const [, , all] = blocksUnder(document, 'mixtures');
    expect(all?.kind === 'table' && all.rows).toEqual([
      ['worse', '87k-seed0, 557k-seed0', 'linear', '92.00', '92.10', '93.00', '0.8100'],
      ['all-mixed', '87k-seed0, 557k-seed0, Kneser–Ney, order 7', 'geometric', '86.50', '86.75', '88.50', '0.8200'],
      ['untested', '87k-seed0, 557k-seed0, Kneser–Ney, order 7', 'geometric', '86.50', '86.75', '–', '–'],
      ['elsewhere *', '87k-seed0, 557k-seed0, Kneser–Ney, order 7', 'geometric', '86.50', '86.75', '88.50', '0.8200'],
    ]);
    expect(blocksUnder(documentOf('largestStuck'), 'mixtures')).toEqual([]);
  });

  it('has the source’s figures beside those of a study, with the right top-1', () => {
    const section = blocksUnder(documentOf('largestStuck'), 'reference');
    const table = section.find((block) => block.kind === 'table')!;
    // 0.8041 − 1/1084
    expect(table.rows[0]).toEqual(['87k', 'source', '98.32', 'about 2.6', '0.8032', '−0.981', '95.48 (99)', '111']);
    expect(table.rows[5]!.at(-1)).toBe('40');
    expect(table.rows[4]!.at(-1)).toBe('at least 40');
    for (const other of ['singleRun', 'quick'] as const)
      expect(blocksUnder(documentOf(other), 'reference')).toEqual([]);
  });

  it('draws no conclusions from a quick study', () => {
    const quick = documentOf('quick');
    const summary = blocksUnder(quick, 'summary');
    expect(summary.find((block) => block.kind === 'note')?.text).toContain('No conclusions are drawn');
    expect(summary.some((block) => block.kind === 'list')).toBe(false);
    for (const id of ['capacity', 'convergence', 'overfitting', 'temperature-findings', 'few-texts-findings'])
      expect(blocksUnder(quick, id)).toEqual([]);
    const lines = linesOf(quick).join('\n');
    for (const verdict of ['the second is', 'sets of five characters', 'best model is'])
      expect(lines).not.toContain(verdict);
  });

  it('says what is missing, with runs that lack the same in one sentence', () => {
    const missing = blocksUnder(documentOf('missingAnalysis'), 'missing').flatMap(linesOfBlock);
    expect(missing.filter((line) => line.includes('baselines.json'))).toEqual([
      expect.stringMatching(/^87k-seed0, 557k-seed0, 5m-seed0 and 10m-seed0: /),
    ]);
    expect(blocksUnder(documentOf('missingRuns'), 'missing').flatMap(linesOfBlock)).toContain(
      '10m has not been trained yet.',
    );
    expect(blocksUnder(documentOf('threeSeeds'), 'missing')).toEqual([]);
  });
});

describe('the models', () => {
  it('have curves together and alone, and a diagnosis each', () => {
    const document = documentOf('largestStuck');
    const figures = document.blocks.flatMap((block) => (block.kind === 'figure' ? [block.id] : []));
    for (const id of ['val-nll', 'train-nll', 'val-top1', 'nll-10m', 'top1-10m', 'nll-top1', 'samples-along-quality'])
      expect(figures).toContain(id);
    const alone = blocksUnder(document, 'model-10m');
    expect(linesOfBlock(alone[0]!)).toEqual(['10m: failed optimisation']);
    expect(linesOfBlock(alone[1]!)[0]).toContain('This is not overfitting');
  });

  it('have the steps from each to the next with their verdicts', () => {
    const section = blocksUnder(documentOf('threeSeeds'), 'comparison');
    const steps = section.find((block) => block.kind === 'table' && block.columns[0]!.header === 'from, to');
    expect(steps?.kind === 'table' && steps.rows[0]).toEqual([
      '87k, 557k',
      '× 6.4',
      '−5.00',
      '−6.04 to −3.96',
      'better',
      '× 1.0',
    ]);
    const stuck = blocksUnder(documentOf('largestStuck'), 'comparison');
    const last = stuck.flatMap((block) => (block.kind === 'table' ? block.rows : [])).at(-1)!;
    expect(last).toEqual(['5m, 10m', '× 2.0', expect.stringMatching(/^\+7\d\.\d\d$/), '–', 'worse', '× 1.0']);
  });

  it('have parameters that add up', () => {
    const tables = blocksUnder(documentOf('largestStuck'), 'architecture').filter((block) => block.kind === 'table');
    for (const row of tables.at(-1)!.rows) {
      const numbers = row.slice(1).map((cell) => Number(cell.replaceAll(',', '')));
      expect(numbers.slice(0, -1).reduce((sum, each) => sum + each, 0)).toBe(numbers.at(-1));
    }
  });

  it('are drawn as far as they got where no run has ended or all diverged', () => {
    for (const name of ['allDiverged', 'missingRuns'] as const)
      expect(blocksUnder(documentOf(name), 'models').length).toBeGreaterThan(1);
    expect(blocksUnder(documentOf('allDiverged'), 'curves')).toEqual([]);
  });
});

describe('few texts, temperature and padding', () => {
  it('show the saved epochs that are nearest to the source’s', () => {
    const chapter = blocksUnder(documentOf('largestStuck'), 'few-texts');
    const samples = chapter.find((block) => block.kind === 'samples')!;
    // The lowest validation NLL of that run is in epoch 8, so nothing was saved later.
    expect(samples.columns.map(({ title }) => title)).toEqual(['epoch 0', 'epoch 5', 'epoch 8']);
  });

  it('hold few texts against the baseline of the same few texts', () => {
    const table = blocksUnder(documentOf('largestStuck'), 'few-texts').find((block) => block.kind === 'table')!;
    expect(table.rows.map((row) => row.at(-1))).toEqual([
      'Kneser–Ney, order 7 (105.00)',
      'Kneser–Ney, order 7 (93.00)',
    ]);
  });

  it('have a column of texts for each temperature', () => {
    const chapter = blocksUnder(documentOf('largestStuck'), 'temperature');
    const samples = chapter.find((block) => block.kind === 'samples')!;
    expect(samples.columns.map(({ title }) => title)).toEqual(['τ = 0.01', 'τ = 0.1', 'τ = 0.5', 'τ = 0.8', 'τ = 1']);
    // The most probable character of the fixture distribution has probability 0.44, and all of it near 0.
    const one = chapter.find((block) => block.kind === 'figure')!;
    expect(one.description).toMatch(/has 100 % at 0\.01, .* and 44\.0 % at 1\.$/);
  });

  it('have both ways of padding in one table', () => {
    const table = blocksUnder(documentOf('largestStuck'), 'padding').find((block) => block.kind === 'table')!;
    expect(table.rows.map(([name, padding]) => [name, padding])).toEqual([
      ['87k', 'first'],
      ['87k, all pads', 'all'],
    ]);
  });
});

describe('a comparison of given runs', () => {
  it('says in what neighbours differ, and nothing of the source', () => {
    const runs = [fixtureRun({ name: 'first' }), fixtureRun({ name: 'second', plan: { recipe: 'modern' } })];
    const document = build(fixtureComparison(runs));
    const steps = blocksUnder(document, 'comparison').flatMap((block) =>
      block.kind === 'table' && block.columns[1]!.header === 'they differ in' ? block.rows : [],
    );
    expect(steps).toHaveLength(1);
    expect(steps[0]![1]).toContain('recipe');
    for (const id of ['reference', 'corrections', 'few-texts', 'padding'])
      expect(blocksUnder(document, id)).toEqual([]);
  });
});

/** A table without rows, or a column of samples without a title. */
function emptyPartOf(block: Block): Block | undefined {
  if (block.kind === 'table') return block.rows.length === 0 ? block : undefined;
  return block.kind === 'samples' && block.columns.some(({ title }) => title === '') ? block : undefined;
}
