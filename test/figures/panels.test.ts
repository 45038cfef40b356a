import { describe, expect, it } from 'vitest';
import { panelsFigure } from '../../src/figures/index.js';
import type { PanelsFigureOptions } from '../../src/figures/index.js';
import { expectLegible, lines, pieces, points, shared, textsOf } from '../support/svg.js';

const options: PanelsFigureOptions = {
  title: 'Temperature',
  xTitle: 'temperature',
  x: [0.01, 0.1, 1],
  panels: [
    { yTitle: 'entropy (nats per character)', series: [{ label: '557k', values: [0, 0.5, 2] }] },
    {
      yTitle: 'known words (share)',
      series: [
        { label: '87k', values: [0.9, NaN, 0.5] },
        { label: '557k', values: [1, 0.9, 0.6] },
      ],
      references: [{ label: 'test texts', value: 0.8 }],
    },
  ],
};

describe('panelsFigure', () => {
  it('draws each value of each panel where it belongs, the same x below each other', () => {
    const svg = panelsFigure(options);
    const [first] = pieces(svg, 'panel0-series0') as [{ x: number; y: number }[]];
    const [second] = pieces(svg, 'panel1-series1') as [{ x: number; y: number }[]];
    expect(first.map(({ x }) => x)).toEqual(second.map(({ x }) => x));
    const [low, middle, high] = first as [{ x: number; y: number }, { x: number; y: number }, { x: number; y: number }];
    expect((middle.x - low.x) / (high.x - low.x)).toBeCloseTo((0.1 - 0.01) / (1 - 0.01), 3);
    expect((low.y - middle.y) / (low.y - high.y)).toBeCloseTo(0.25, 3);
    expect(Math.min(...second.map(({ y }) => y))).toBeGreaterThan(Math.max(...first.map(({ y }) => y)));
    const [reference] = lines(svg, 'panel1-references');
    const share = (second[0]!.y - reference!.y) / (second[0]!.y - second[2]!.y);
    expect(share).toBeCloseTo((1 - 0.8) / (1 - 0.6), 2);
    expectLegible(svg);
  });

  it('has equal distances for equal ratios if asked to', () => {
    const svg = panelsFigure({ ...options, xLog: true });
    const [low, middle, high] = points(svg, 'panel0-dots0').map(({ x }) => x) as [number, number, number];
    expect(middle - low).toBeCloseTo(high - middle, 1);
    expect(textsOf(svg)).toContain('temperature (log scale)');
  });

  it('leaves gaps, and gives a name one colour in all panels', () => {
    const svg = panelsFigure(options);
    expect(pieces(svg, 'panel1-series0').length).toBe(2);
    expect(points(svg, 'panel1-dots0').length).toBe(2);
    const stroke = (name: string): string => shared(svg, name, 'stroke');
    expect(stroke('panel0-series0')).toBe(stroke('panel1-series1'));
    expect(stroke('panel1-series0')).not.toBe(stroke('panel1-series1'));
  });

  it('has a tick for each x, or for round numbers if there are many', () => {
    const ticksOf = (x: readonly number[]): string[] => textsOf(panelsFigure({ ...options, x }), 'x-ticks');
    expect(ticksOf([0, 5, 11, 42])).toEqual(['0', '5', '11', '42']);
    const epochs = Array.from({ length: 43 }, (_, i) => i);
    expect(ticksOf(epochs)).toEqual(['0', '5', '10', '15', '20', '25', '30', '35', '40']);
    expect(ticksOf(epochs.map((i) => i / 40))).toEqual(Array.from({ length: 11 }, (_, i) => String(i / 10)));
  });

  it('is legible with close temperatures, many series and references, long names, or nothing', () => {
    const many = Array.from({ length: 10 }, (_, i) => ({
      label: `a run with a long name, number ${i}`,
      values: [i, 2, 1e7],
    }));
    const references = Array.from({ length: 6 }, (_, i) => ({
      label: `a reference with a long name ${i}`,
      value: i,
    }));
    const panel = { yTitle: 'measure', series: many, references };
    expectLegible(panelsFigure({ ...options, x: [0.5, 0.51, 0.52], panels: [panel, panel] }));
    expectLegible(
      panelsFigure({
        ...options,
        x: [1],
        panels: [{ yTitle: 'y', series: [{ label: 'a', values: [1] }] }],
      }),
    );
    expectLegible(panelsFigure({ ...options, panels: [{ yTitle: 'y', series: [{ label: 'a', values: [NaN] }] }] }));
    expectLegible(panelsFigure({ ...options, x: [], panels: [] }));
  });
});
