import { describe, expect, it } from 'vitest';
import { dotPlotFigure, type DotPlotFigureOptions } from '../../src/figures/dot-plot.js';
import { drawnTexts, expectLegible, lines, points, textsOf } from '../support/svg.js';

const rows: DotPlotFigureOptions['rows'] = [
  { label: '557k', value: 90, low: 70, high: 100, kind: 'model' },
  { label: '87k', value: 98, kind: 'model' },
  { label: 'both', value: 88, kind: 'mixture' },
  { label: 'unigram', value: 165, kind: 'baseline' },
  { label: 'entropy', value: 60, kind: 'exact' },
];

const draw = (own: DotPlotFigureOptions['rows']): string =>
  dotPlotFigure({ title: 'Test NLL', xTitle: 'nats per text', rows: own });

describe('dotPlotFigure', () => {
  it('puts dots where their values say, from top to bottom as given', () => {
    const svg = draw(rows);
    const drawn = ['model', 'mixture', 'baseline', 'exact'].flatMap((kind) => points(svg, kind));
    expect(drawn.length).toBe(5);
    const unit = (drawn[3]!.x - drawn[0]!.x) / (165 - 90);
    expect(unit).toBeGreaterThan(0);
    drawn.forEach(({ x, y }, i) => {
      expect(x - drawn[0]!.x).toBeCloseTo(unit * (rows[i]!.value - 90), 1);
      if (i > 0) expect(y).toBeGreaterThan(drawn[i - 1]!.y + 11);
    });
    const [range] = lines(svg, 'model-ranges');
    expect(range!.x - drawn[0]!.x).toBeCloseTo(-20 * unit, 1);
    expect(range!.x2 - drawn[0]!.x).toBeCloseTo(10 * unit, 1);
    expect(range!.y).toBe(drawn[0]!.y);
    expectLegible(svg);
  });

  it('has the name and the number of each row on its line', () => {
    const svg = draw(rows);
    const [names, numbers] = [drawnTexts(svg, 'names'), drawnTexts(svg, 'numbers')];
    expect(names.map(({ text }) => text)).toEqual(rows.map(({ label }) => label));
    expect(numbers.map(({ text }) => text)).toEqual(['90.0', '98.0', '88.0', '165.0', '60.0']);
    names.forEach(({ corners }, i) => expect(corners[0]![1]).toBeCloseTo(numbers[i]!.corners[0]![1], 6));
  });

  it('leaves the dot out where there is no value', () => {
    const svg = draw([...rows, { label: '10m', value: NaN, kind: 'model' }]);
    expect(points(svg, 'model').length).toBe(2);
    expect(textsOf(svg, 'numbers').at(-1)).toBe('–');
    expectLegible(svg);
    expectLegible(draw([{ label: '10m', value: NaN, kind: 'model' }]));
    expectLegible(draw([]));
  });

  it('lets a value far off all others not squeeze them, and points to it', () => {
    const svg = draw([...rows, { label: 'diverged', value: 3e9, low: 2e9, high: 9e9, kind: 'model' }]);
    const [first, second, ...more] = points(svg, 'model');
    expect(more).toEqual([]);
    expect(second!.x - first!.x).toBeGreaterThan(20);
    expect(points(svg, 'model-beyond')[0]!.x).toBeGreaterThan(points(svg, 'baseline')[0]!.x);
    expect(textsOf(svg)).toContain('3e9');
    expectLegible(svg);
  });

  it('keeps long names within the picture', () => {
    expectLegible(draw(rows.map((row) => ({ ...row, label: `${row.label} ${'and so on '.repeat(20)}` }))));
  });
});
