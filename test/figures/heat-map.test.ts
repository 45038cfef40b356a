import { describe, expect, it } from 'vitest';
import { heatMapFigure } from '../../src/figures/index.js';
import type { HeatMapFigureOptions } from '../../src/figures/index.js';
import { COLD, HEAT, INK, ON_DATA } from '../../src/figures/palette.js';
import { boxes, drawnTexts, expectLegible, lines } from '../support/svg.js';
import type { DrawnBox } from '../support/svg.js';

const alphabet = [...Array.from('abcdefghijklmnopqrstuvwxyz '), 'cls', 'pad'];

function draw(options: Partial<HeatMapFigureOptions>): Promise<string> {
  return heatMapFigure({
    title: 'Heat',
    rows: ['a', 'b'],
    columns: ['c', 'd', 'e'],
    values: [
      [0, 1, 2],
      [4, NaN, 3],
    ],
    xTitle: 'next character',
    yTitle: 'after',
    legendTitle: 'probability',
    ...options,
  });
}

describe('heatMapFigure', () => {
  it('has a cell for each number, as opaque as it is large, in the place of its row and column', async () => {
    const svg = await draw({});
    const cells = boxes(svg, 'cells');
    expect(cells.map(({ opacity }) => opacity)).toEqual([0, 0.25, 0.5, 1, 0.75]);
    expect(new Set(cells.map(({ fill }) => fill))).toEqual(new Set([HEAT]));
    const [a, b, c, d, e] = cells as [DrawnBox, DrawnBox, DrawnBox, DrawnBox, DrawnBox];
    expect([a.top, b.top, c.top]).toEqual([a.top, a.top, a.top]);
    expect(d.top).toBeGreaterThan(a.top + a.height);
    expect([d.left, e.left]).toEqual([a.left, c.left]);
    expect(b.left - a.left).toBeCloseTo(c.left - b.left, 1);
    expectLegible(svg);
  });

  it('has two colours about zero if it is diverging, each as opaque as its numbers are far from it', async () => {
    const svg = await draw({
      diverging: true,
      values: [
        [-4, 2, 0],
        [1, -1, NaN],
      ],
    });
    expect(boxes(svg, 'negative').map(({ opacity, fill }) => [opacity, fill])).toEqual([
      [1, COLD],
      [0.25, COLD],
    ]);
    expect(boxes(svg, 'cells').map(({ opacity, fill }) => [opacity, fill])).toEqual([
      [0.5, HEAT],
      [0, HEAT],
      [0.25, HEAT],
    ]);
    // The bar beside it: from the colour of what is below zero, by nothing, to the other.
    const [below, above] = [boxes(svg, 'bar-negative'), boxes(svg, 'bar')];
    expect(below.length).toBe(above.length);
    expect([below[0]!.opacity, above.at(-1)!.opacity]).toEqual([1, 1]);
  });

  it('begins at the lowest number if all are below zero', async () => {
    const cells = boxes(await draw({ values: [[-4, -2, -1]], rows: ['a'] }), 'cells');
    expect(cells.map(({ opacity }) => opacity)).toEqual([0, 0.5, 0.75]);
  });

  it('writes the numbers into the cells of small tables, so that they can be read on any opacity', async () => {
    const texts = drawnTexts(await draw({ values: [[0.1, 0.5, 1]], rows: ['a'] }));
    expect(texts.filter(({ layer }) => layer === 'numbers').map(({ text, fill }) => [text, fill])).toEqual([
      ['0.10', INK],
      ['0.50', INK],
    ]);
    expect(texts.filter(({ layer }) => layer === 'numbers_on_dark')).toMatchObject([{ text: '1.00', fill: ON_DATA }]);
  });

  it('draws no edges about cells without a number', async () => {
    const causal = await draw({
      rows: ['a', 'b'],
      columns: ['a', 'b'],
      values: [
        [1, NaN],
        [0.5, 0.5],
      ],
    });
    const length = ({ x, y, x2, y2 }: { x: number; y: number; x2: number; y2: number }): number => x2 - x + y2 - y;
    const total = lines(causal, 'lines').reduce((sum, line) => sum + length(line), 0);
    const [cell] = boxes(causal, 'cells');
    // Three cells have twelve edges, two of them shared: ten, half of them upright. (A pixel is between cells.)
    expect(total).toBeCloseTo(5 * (cell!.width + 1) + 5 * (cell!.height + 1), 1);
  });

  it('is legible with all characters on both sides, spaces visible', async () => {
    const values = alphabet.map((_, i) => alphabet.map((_, j) => Math.cos(i * j)));
    const svg = await draw({ rows: alphabet, columns: alphabet, values, diverging: true });
    const names = alphabet.map((character) => (character === ' ' ? '_' : character));
    const texts = drawnTexts(svg);
    const of = (...layers: string[]): string[] =>
      texts.filter(({ layer }) => layers.includes(layer)).map(({ text }) => text);
    expect(of('rows')).toEqual(names);
    expect(of('columns', 'columns_upright').sort()).toEqual([...names].sort());
    expect(boxes(svg, 'cells').length + boxes(svg, 'negative').length).toBe(29 * 29);
    expectLegible(svg);
  });

  it('is legible with long names, many columns, huge or no numbers', async () => {
    const long = Array.from({ length: 12 }, (_, i) => `${i} ${'long name '.repeat(8)}`);
    const huge = long.map((_, i) => long.map((_, j) => 10 ** (i + j)));
    expectLegible(
      await draw({
        rows: long,
        columns: long,
        values: huge,
        xTitle: long[0]!,
        yTitle: long[1]!,
        legendTitle: long[2]!,
      }),
    );
    const columns = Array.from({ length: 149 }, (_, i) => alphabet[i % 26]!);
    expectLegible(await draw({ rows: alphabet, columns, values: alphabet.map(() => columns.map((_, i) => i)) }));
    expectLegible(await draw({ values: [[NaN, NaN, NaN]] }));
    expectLegible(await draw({ values: [], rows: [], columns: [] }));
  });
});
