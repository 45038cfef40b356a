import { describe, expect, it } from 'vitest';
import { scatterFigure, type ScatterFigureOptions } from '../../src/figures/scatter.js';
import { CURVE_COLOURS } from '../../src/figures/style.js';
import { expectLegible, points, shared, textsOf } from '../support/svg.js';

function draw(series: ScatterFigureOptions['series']): string {
  return scatterFigure({ title: 'NLL and top-1', subtitle: 'validation', xTitle: 'NLL', yTitle: 'top-1', series });
}

describe('scatterFigure', () => {
  it('puts points where their coordinates say, on one scale for all series', () => {
    const series = [
      { label: '87k', x: [120, 100, 95], y: [0.7, 0.78, 0.8] },
      { label: '557k', x: [110, 90], y: [0.74, 0.82], colourIndex: 4 },
    ];
    const svg = draw(series);
    const drawn = [...points(svg, 'series0'), ...points(svg, 'series1')];
    const [x, y] = [series.flatMap((each) => each.x), series.flatMap((each) => each.y)];
    const across = (drawn[1]!.x - drawn[0]!.x) / (x[1]! - x[0]!);
    const up = (drawn[1]!.y - drawn[0]!.y) / (y[1]! - y[0]!);
    expect(drawn.length).toBe(5);
    expect(up).toBeLessThan(0);
    drawn.forEach((point, i) => {
      expect(point.x - drawn[0]!.x).toBeCloseTo(across * (x[i]! - x[0]!), 1);
      expect(point.y - drawn[0]!.y).toBeCloseTo(up * (y[i]! - y[0]!), 1);
    });
    expect(shared(svg, 'series0', 'fill')).toBe(CURVE_COLOURS[0]);
    expect(shared(svg, 'series1', 'fill')).toBe(CURVE_COLOURS[4]);
    expectLegible(svg);
  });

  it('leaves out what is not finite silently, and what is far off with a note', () => {
    const x = [100, 99, 98, 97, 96, NaN, 1e9];
    const svg = draw([{ label: 'a', x, y: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0] }]);
    expect(points(svg, 'series0').length).toBe(5);
    expect(textsOf(svg)).toContain('validation · 1 point far off not shown');
  });

  it('is legible with many series, one point, or nothing', () => {
    const many = Array.from({ length: 12 }, (_, i) => ({ label: `a run, number ${i}`, x: [i, 2, 3], y: [1, i, 2] }));
    expectLegible(draw(many));
    expectLegible(draw([{ label: 'a very long name '.repeat(20), x: [1e-12], y: [1e12] }]));
    expectLegible(draw([]));
  });
});
