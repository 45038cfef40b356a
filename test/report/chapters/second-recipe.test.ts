import { describe, expect, it } from 'vitest';
import { buildDocument } from '../../../src/report/build-document.js';
import { differentSettings } from '../../../src/report/chapters/second-recipe/settings.js';
import { computeFacts } from '../../../src/report/facts/compute-facts.js';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import { fixtureConfig } from '../fixtures/fixture-runs.js';
import {
  secondRecipeBetter,
  secondRecipeDiverged,
  secondRecipeMissing,
  secondRecipeQuick,
  secondRecipeSeeds,
  largerIsBetter,
  fixtureComparison,
} from '../fixtures/fixture-studies.js';
import { blocksUnder, chaptersOf, linesOfBlock } from './text-of.js';

const build = (input: ReportInput) => buildDocument(input, computeFacts(input));

function chapterOf(input: ReportInput) {
  const blocks = blocksUnder(build(input), 'second-recipe');
  return {
    blocks,
    lines: blocks.flatMap(linesOfBlock),
    tables: blocks.filter((block) => block.kind === 'table'),
    figures: blocks.filter((block) => block.kind === 'figure'),
  };
}

describe('the settings in which two recipes differ', () => {
  const notebook = [fixtureConfig({ preset: '87k' }), fixtureConfig({ preset: '557k' })];
  const modern = (['87k', '557k'] as const).map((size) => fixtureConfig({ plan: { recipe: 'modern', size } }));

  it('are told with words, by size where sizes differ, and no others are', () => {
    const found = differentSettings(notebook, modern);
    expect(found.slice(0, 5)).toEqual([
      { name: 'width', first: '20 / 30', second: '48 / 104' },
      { name: 'blocks', first: '5', second: '3 / 4' },
      { name: 'heads', first: '5', second: '4' },
      { name: 'width of a head', first: 'that of the model', second: 'its share of the model’s' },
      { name: 'MLP width, in widths of the model', first: '10 / 50', second: '4' },
    ]);
    expect(found).toContainEqual({ name: 'learning rate', first: '0.001', second: '0.01' });
    expect(found).toContainEqual({
      name: 'its schedule',
      first: 'constant',
      second: '100 steps of warm-up, then down along a cosine',
    });
    expect(found).toContainEqual({ name: 'patience (epochs)', first: '10', second: 'none' });
    expect(found).toContainEqual({ name: 'smoothing of targets', first: 'none', second: 'none / 3 %' });
    expect(found).toContainEqual({ name: 'dropout on the embedding', first: '10 %', second: 'none / 7 %' });
    const names = found.map(({ name }) => name);
    expect(found).toContainEqual({ name: 'positions', first: 'learned', second: 'rotary' });
    for (const same of ['pads are predicted', 'texts of a teacher', 'tied embeddings'])
      expect(names).not.toContain(same);
    // Every one has a name.
    for (const name of names) expect(name).not.toContain('.');
    expect(differentSettings(notebook, notebook)).toEqual([]);
  });

  it('are told by their path where they have no name yet', () => {
    const [config] = notebook;
    const newer = { ...config!, training: { ...config!.training, novelty: { strength: 0.25 } } };
    expect(differentSettings([config!], [newer])).toEqual([
      { name: 'training.novelty.strength', first: '–', second: '0.25' },
    ]);
  });
});

describe('the chapter of a second recipe', () => {
  it('is there only where there are runs with one', () => {
    expect(chaptersOf(build(secondRecipeBetter()))).toContain('second-recipe');
    expect(chaptersOf(build(largerIsBetter()))).not.toContain('second-recipe');
    const given = fixtureComparison(secondRecipeBetter().runs.map(({ run }) => run));
    expect(chaptersOf(build(given))).not.toContain('second-recipe');
  });

  it('has a row for each size and recipe, then the baselines, with the better ones emphasised', () => {
    const { blocks, tables, lines } = chapterOf(secondRecipeBetter());
    expect(linesOfBlock(blocks[0]!)).toEqual(['Another recipe: modern']);
    const figures = tables.find(({ columns }) => columns[0]!.header === 'model')!;
    expect(figures.rows.slice(0, 5).map(([name]) => name)).toEqual([
      '87k',
      'modern 87k',
      '557k',
      'modern 557k',
      'flat character unigram',
    ]);
    expect(figures.rows[1]!.slice(0, 4)).toEqual(['modern 87k', '86,501', '92.00', '93.50']);
    expect(figures.rows[1]!.slice(-2)).toEqual(['20', '2 min 0 s']);
    expect(figures.emphasised).toEqual([1, 3]);
    const steps = tables.find(({ columns }) => columns[0]!.header === 'size')!;
    expect(steps.rows).toEqual([
      ['87k', '−4.09', 'better', '× 0.50'],
      ['557k', '−5.09', 'better', '× 0.50'],
    ]);
    expect(lines.join('\n')).toContain('Times are those of the machine');
    expect(lines).toContain('What the numbers say');
  });

  it('gives means, spreads and intervals of several seeds', () => {
    const { tables } = chapterOf(secondRecipeSeeds());
    const figures = tables.find(({ columns }) => columns[0]!.header === 'model')!;
    expect(figures.rows[1]![3]).toBe('93.80 ± 0.30');
    const costs = tables.find(({ columns }) => columns.at(-1)!.header === 'time')!;
    // 20 epochs of 6, 7 and 8 seconds.
    expect(costs.rows[1]).toEqual(['modern 87k', '20.0 ± 0.0', '2 min 20 s ± 20 s']);
    const steps = tables.find(({ columns }) => columns[0]!.header === 'size')!;
    expect(steps.rows[0]![2]).toMatch(/^−\d\.\d\d to −\d\.\d\d$/);
  });

  it('draws NLL against minutes, a curve for each size and recipe', () => {
    const { figures } = chapterOf(secondRecipeBetter());
    const [time] = figures;
    expect(time!.id).toBe('beside-time');
    expect(time!.svg).toContain('minutes of training (log scale)');
    for (const name of ['87k', 'modern 87k', '557k', 'modern 557k', 'bigram']) expect(time!.svg).toContain(`>${name}<`);
    expect(time!.svg).not.toContain('unigram');
    expect(linesOfBlock(time!)[0]).toContain('of its load');
  });

  it('has neither verdicts nor conclusions in a quick study', () => {
    const { lines, tables } = chapterOf(secondRecipeQuick());
    expect(lines).not.toContain('What the numbers say');
    expect(lines.join('\n')).not.toMatch(/better|worse|significantly different/);
    for (const { emphasised } of tables) expect(emphasised ?? []).toEqual([]);
  });

  it('shows what there is of runs that diverged or are missing', () => {
    const diverged = chapterOf(secondRecipeDiverged());
    const rows = diverged.tables.find(({ columns }) => columns[0]!.header === 'model')!.rows;
    expect(rows[1]!.slice(2, 4)).toEqual(['not finite', 'not finite']);
    expect(diverged.tables.some(({ columns }) => columns[0]!.header === 'size')).toBe(false);
    const missing = chapterOf(secondRecipeMissing());
    const names = missing.tables.find(({ columns }) => columns[0]!.header === 'model')!.rows.map(([name]) => name);
    expect(names.slice(0, 2)).toEqual(['87k', 'modern 87k']);
    expect(names).not.toContain('557k');
  });

  it('leaves every other chapter but the summary’s introduction, the method and the samples as it is', () => {
    const study = secondRecipeBetter();
    const own = { ...study, runs: study.runs.filter(({ role }) => role !== 'second-recipe') };
    const [both, alone] = [build(study), build(own)];
    for (const id of ['data', 'explanations', 'models', 'few-texts', 'temperature', 'padding'])
      expect(blocksUnder(both, id), id).toEqual(blocksUnder(alone, id));
  });
});
