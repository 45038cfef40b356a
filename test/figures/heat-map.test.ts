import { describe, expect, it } from 'vitest';
import { heatMapFigure } from '../../src/figures/index.js';
import type { HeatMapFigureOptions } from '../../src/figures/index.js';
import { COLD, GRID, HEAT, INK, ON_DATA } from '../../src/figures/style.js';
import { boxes, drawnTexts, expectLegible, shared, textsOf } from '../support/svg.js';
import type { DrawnBox } from '../support/svg.js';

const alphabet = [...Array.from('abcdefghijklmnopqrstuvwxyz '), 'cls', 'pad'];

function draw(options: Partial<HeatMapFigureOptions>): string {
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
  it('has a cell for each number, as opaque as it is large, in the place of its row and column', () => {
    const svg = draw({});
    const cells = boxes(svg, 'cells');
    expect(cells.map(({ opacity }) => opacity)).toEqual([0, 0.25, 0.5, 1, 0.75]);
    expect(shared(svg, 'cells', 'fill')).toBe(HEAT);
    const [a, b, c, d, e] = cells as [DrawnBox, DrawnBox, DrawnBox, DrawnBox, DrawnBox];
    expect([a.top, b.top, c.top]).toEqual([a.top, a.top, a.top]);
    expect(d.top).toBeGreaterThanOrEqual(a.top + a.height);
    expect([d.left, e.left]).toEqual([a.left, c.left]);
    expect(b.left - a.left).toBeCloseTo(c.left - b.left, 1);
    expectLegible(svg);
  });

  it('has two colours about zero if it is diverging, each as opaque as its numbers are far from it', () => {
    const svg = draw({
      diverging: true,
      values: [
        [-4, 2, 0],
        [1, -1, NaN],
      ],
    });
    expect(boxes(svg, 'cells-negative').map(({ opacity }) => opacity)).toEqual([1, 0.25]);
    expect(boxes(svg, 'cells').map(({ opacity }) => opacity)).toEqual([0.5, 0, 0.25]);
    expect(['cells-negative', 'cells'].map((name) => shared(svg, name, 'fill'))).toEqual([COLD, HEAT]);
    // The bar beside it: from the colour of what is below zero, by nothing, to the other.
    const [below, above] = [boxes(svg, 'bar-negative'), boxes(svg, 'bar')];
    expect(below.length).toBe(above.length);
    expect([below[0]!.opacity, above.at(-1)!.opacity]).toEqual([1, 1]);
  });

  it('begins at the lowest number if all are below zero', () => {
    const cells = boxes(draw({ values: [[-4, -2, -1]], rows: ['a'] }), 'cells');
    expect(cells.map(({ opacity }) => opacity)).toEqual([0, 0.5, 0.75]);
  });

  it('writes the numbers into the cells of small tables, so that they can be read on any opacity', () => {
    const svg = draw({ values: [[0.1, 0.5, 1]], rows: ['a'] });
    expect([textsOf(svg, 'numbers'), textsOf(svg, 'numbers-on-dark')]).toEqual([['0.10', '0.50'], ['1.00']]);
    expect([shared(svg, 'numbers', 'fill'), shared(svg, 'numbers-on-dark', 'fill')]).toEqual([INK, ON_DATA]);
  });

  it('has an edge around each cell with a number, and around no other', () => {
    const causal = draw({
      rows: ['a', 'b'],
      columns: ['a', 'b'],
      values: [
        [1, NaN],
        [0.5, 0.5],
      ],
    });
    expect(boxes(causal, 'cells').length).toBe(3);
    expect(shared(causal, 'cells', 'stroke')).toBe(GRID);
  });

  it('is legible with all characters on both sides, spaces visible', () => {
    const values = alphabet.map((_, i) => alphabet.map((_, j) => Math.cos(i * j)));
    const svg = draw({ rows: alphabet, columns: alphabet, values, diverging: true });
    const names = alphabet.map((character) => (character === ' ' ? '_' : character));
    const texts = drawnTexts(svg);
    const of = (...layers: string[]): string[] =>
      texts.filter(({ layer }) => layers.includes(layer)).map(({ text }) => text);
    expect(of('rows')).toEqual(names);
    expect(of('columns', 'columns-upright').sort()).toEqual([...names].sort());
    expect(boxes(svg, 'cells').length + boxes(svg, 'cells-negative').length).toBe(29 * 29);
    expectLegible(svg);
  });

  it('is legible with long names, many columns, huge or no numbers', () => {
    const long = Array.from({ length: 12 }, (_, i) => `${i} ${'long name '.repeat(8)}`);
    const huge = long.map((_, i) => long.map((_, j) => 10 ** (i + j)));
    expectLegible(
      draw({
        rows: long,
        columns: long,
        values: huge,
        xTitle: long[0]!,
        yTitle: long[1]!,
        legendTitle: long[2]!,
      }),
    );
    const columns = Array.from({ length: 149 }, (_, i) => alphabet[i % 26]!);
    expectLegible(draw({ rows: alphabet, columns, values: alphabet.map(() => columns.map((_, i) => i)) }));
    expectLegible(draw({ values: [[NaN, NaN, NaN]] }));
    expectLegible(draw({ values: [], rows: [], columns: [] }));
  });
});
