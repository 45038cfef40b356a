/** What is said of models with one part taken away, and where nothing may be said. */
import { describe, expect, it } from 'vitest';
import { explanationsChapter } from '../../../src/report/chapters/explanations.js';
import { buildDocument } from '../../../src/report/build-document.js';
import { computeFacts } from '../../../src/report/facts/compute-facts.js';
import { reportContext } from '../../../src/report/chapters/context.js';
import type { ReportInput } from '../../../src/report/input/report-input.js';
import { ablated, largerIsBetter } from '../fixtures/fixture-studies.js';
import { Said } from './said.js';

describe('the rules of ablations', () => {
  const said = new Said(ablated());

  it('compare each model with the whole one, and give both NLLs of those that see what they predict', () => {
    const [intact] = said.facts.ablations;
    expect(said.idsOf('ablation')).toEqual(['ablation-positions', 'ablation-leaks', 'ablation-size']);
    expect(said.sentences.get('ablation-leaks')).toHaveLength(2);
    expect(said.sentences.get('ablation-size')).toHaveLength(1);
    expect(said.sentences.get('ablation-positions')![0]).toMatch(
      /test NLL is 10\d\.\d\d, \d\.\d\d above the whole model’s/,
    );
    const { testNll } = said.facts.ablations.find(({ ablation }) => ablation === 'no-mask')!;
    for (const number of [testNll, intact!.testNll, 612.5]) {
      expect(said.sentences.get('ablation-leaks')![0]).toContain(number.toFixed(2));
    }
  });

  it('do not say that a model copies what it sees before it has learned to, nor that small differences count', () => {
    const input = ablated();
    const ablations = input.ablations!.map(({ ablation, run }, i) => ({
      ablation,
      run: { ...run, results: run.results && { ...run.results, testNll: 90 + i / 10 } },
    }));
    const { sentences } = new Said({ ...input, ablations });
    for (const sentence of sentences.get('ablation-leaks')!) expect(sentence).toMatch(/not fully learned to copy it/);
    for (const id of ['ablation-positions', 'ablation-size'])
      expect(sentences.get(id)![0]).toMatch(/0\.\d0 above the whole model’s \(less than 2 %\)/);
  });

  it('say nothing without the whole model, and where there are none', () => {
    const input = ablated();
    const without: ReportInput = { ...input, ablations: input.ablations!.slice(1) };
    for (const each of [without, largerIsBetter()]) {
      expect(new Said(each).idsOf('ablation')).toEqual([]);
    }
  });
});

it('the first question shows them as a table and a figure, and cites who measured positions', () => {
  const blocksOf = (input: ReportInput) => explanationsChapter(reportContext(input, new Said(input).facts));
  const blocks = blocksOf(ablated());
  expect(blocks).toContainEqual(expect.objectContaining({ kind: 'figure', id: 'ablations-nll' }));
  const tables = blocks.flatMap((block) => (block.kind === 'table' ? [block] : []));
  const rows = tables.find(({ columns }) => columns.some(({ header }) => header === 'as it samples'))!.rows;
  expect(rows.map(([name]) => name)).toEqual(['intact', 'no positions', 'no mask', 'no shift', 'one head']);
  expect(rows[2]!.at(-1)).toBe('(empty)');
  expect(JSON.stringify(blocks)).toContain('Haviv et al., 2022');
  expect(JSON.stringify(blocksOf(largerIsBetter()))).not.toContain('ablations');
});

it('a report has them, with ids of its own', () => {
  const input = ablated();
  const ids = buildDocument(input, computeFacts(input)).blocks.flatMap((block) => ('id' in block ? [block.id] : []));
  expect(ids.filter((id) => id.startsWith('ablations'))).toEqual(['ablations', 'ablations-nll']);
  expect(new Set(ids).size).toBe(ids.length);
});
