import { describe, expect, it } from 'vitest';
import type { Block, BlockOf, ReportDocument } from '../../src/render/document.js';
import { outlineOf } from '../../src/render/outline.js';
import { sampleReport } from './sample-report.js';

const report = (...blocks: Block[]): ReportDocument => ({ title: '', subtitle: '', date: '2020-03-07', blocks });
const heading = (level: 1 | 2 | 3, id: string): Block => ({ kind: 'heading', level, id, text: id });
const figure = (id: string): Block => ({ kind: 'figure', id, svg: '', caption: '', description: '' });
const table = (...rows: string[][]): BlockOf<'table'> => ({
  kind: 'table',
  caption: '',
  columns: [{ header: 'a', align: 'left' }],
  rows,
});

describe('outlineOf', () => {
  it('numbers figures and tables each in their order', () => {
    const { labels } = outlineOf(report(heading(1, 'a'), figure('b'), table(), figure('c'), table(), table()));
    expect(labels).toEqual(['', 'Figure 1', 'Table 1', 'Figure 2', 'Table 2', 'Table 3']);
  });

  it('gives the headings in order', () => {
    const { headings } = outlineOf(sampleReport());
    expect(headings.map(({ level, id }) => `${level} ${id}`)).toEqual([
      '1 summary',
      '2 curves-all',
      '3 details',
      '1 tables',
      '1 samples',
      '2 samples-compared',
      '1 figures',
      '2 end',
    ]);
  });

  it.each<[string, Block[], RegExp]>([
    ['an id that is used twice', [heading(1, 'a'), figure('a')], /"a" is the id of two/],
    ['an id with a capital', [heading(1, 'Abc')], /"Abc" is not a kebab-case word/],
    ['a first heading of level 2', [heading(2, 'a')], /level 2, after level 0/],
    ['a skipped level', [heading(1, 'a'), heading(3, 'b')], /level 3, after level 1/],
    ['a link to nowhere', [{ kind: 'paragraph', text: [{ link: '#b', text: '' }] }], /#b leads nowhere/],
    [
      'a link that would run something',
      [{ kind: 'list', ordered: true, items: [[{ link: 'javascript:alert(1)', text: '' }]] }],
      /not a link that a report may have/,
    ],
    ['a row with a cell too many', [table(['1', '2'])], /1 columns has a row of 2 cells: 1, 2/],
    ['an emphasised row that is not there', [{ ...table(['1']), emphasised: [1] }], /row 1 .* the table has 1 rows/],
  ])('refuses %s', (_name, blocks, message) => {
    expect(() => outlineOf(report(...blocks))).toThrow(
      expect.objectContaining({ code: 'INTERNAL', message: expect.stringMatching(message) as string }),
    );
  });

  it('refuses a date that is not one', () => {
    expect(() => outlineOf({ ...report(), date: 'soon' })).toThrow('"soon" is not a date');
  });

  it('takes links within the report, to pages and to addresses', () => {
    const link = (to: string): Block => ({ kind: 'paragraph', text: [{ link: to, text: 'x' }] });
    const blocks = [link('#a'), heading(1, 'a'), link('https://example.org/'), link('mailto:a@example.org')];
    expect(outlineOf(report(...blocks)).headings.length).toBe(1);
  });
});
