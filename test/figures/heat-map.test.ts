import { describe, expect, it } from 'vitest';
import { heatMapFigure } from '../../src/figures/heat-map.js';
import { COLD, GRID, HEAT } from '../../src/figures/style.js';
import { ALPHABET, boxes, expectLegible, shared, textsOf } from '../support/svg.js';

const draw = (values: number[][], names = ['a', 'b', 'c'].slice(0, values.length)): string =>
  heatMapFigure({ title: 'Heat', names, axisTitle: 'character', values, legendTitle: 'cosine' });

describe('heatMapFigure', () => {
  it('has a cell for each number, in its row and column, as opaque as the number is far from zero', () => {
    const svg = draw([
      [0, 1, 2],
      [4, NaN, 3],
      [-1, -4, NaN],
    ]);
    const [cells, cold] = [boxes(svg, 'cells'), boxes(svg, 'cells-negative')];
    expect(cells.map(({ opacity }) => opacity)).toEqual([0, 0.25, 0.5, 1, 0.75]);
    expect(cold.map(({ opacity }) => opacity)).toEqual([0.25, 1]);
    expect([shared(svg, 'cells', 'fill'), shared(svg, 'cells-negative', 'fill')]).toEqual([HEAT, COLD]);
    expect(shared(svg, 'cells', 'stroke')).toBe(GRID);
    const [{ left, top, width, height }] = cells as [(typeof cells)[number]];
    const places = [...cells, ...cold].map((cell) => [(cell.top - top) / height, (cell.left - left) / width]);
    const expected = [...[0, 1, 2].map((column) => [0, column]), [1, 0], [1, 2], [2, 0], [2, 1]];
    expect(places).toEqual(expected);
    expectLegible(svg);
  });

  it('shows in a bar what the colours mean, as far below zero as above', () => {
    const svg = draw([[-4, 2, 0]]);
    const [below, above] = [boxes(svg, 'bar-negative'), boxes(svg, 'bar')];
    expect(below.length).toBe(above.length);
    expect(below[0]!.opacity).toBe(above.at(-1)!.opacity);
    expect(textsOf(svg, 'bar-ticks')).toEqual(['−4', '−2', '0', '2', '4']);
  });

  it.each([3, 27, 40, 60])('is legible with %i characters', (count) => {
    const names = Array.from({ length: count }, (_, i) => ALPHABET[i] ?? String.fromCodePoint(0x4e00 + i));
    const svg = draw(
      names.map((_, i) => names.map((_, j) => Math.cos(i * j))),
      names,
    );
    expect(textsOf(svg, 'row-names')).toEqual(names);
    if (count < 30) expect(textsOf(svg, 'column-names')).toEqual(names);
    expect(boxes(svg, 'cells').length + boxes(svg, 'cells-negative').length).toBe(count ** 2);
    expectLegible(svg);
  });

  it('is legible with huge numbers, and without any', () => {
    expectLegible(draw([[1e12, -1e15, 3]]));
    expectLegible(draw([[NaN, NaN, NaN]]));
    expectLegible(draw([]));
  });
});
