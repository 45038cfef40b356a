import { describe, expect, it } from 'vitest';
import { panelsFigure, type PanelsFigureOptions } from '../../src/figures/panels.js';
import { expectLegible, lines, pieces, points, textsOf } from '../support/svg.js';

const options: PanelsFigureOptions = {
  title: 'Temperature',
  xTitle: 'temperature',
  x: [0.01, 0.1, 1],
  panels: [
    { yTitle: 'entropy (nats per character)', values: [0, 0.5, 2] },
    { yTitle: 'known words (share)', values: [1, 0.9, 0.6], reference: { label: 'test texts', value: 0.8 } },
  ],
};
const draw = (own: Partial<PanelsFigureOptions>): string => panelsFigure({ ...options, ...own });

describe('panelsFigure', () => {
  it('draws each value of each panel where it belongs, the same x below each other', () => {
    const svg = draw({});
    const [first, second] = [points(svg, 'panel0-dots'), points(svg, 'panel1-dots')];
    expect(first.map(({ x }) => x)).toEqual(second.map(({ x }) => x));
    const shareOf = (key: 'x' | 'y', all: typeof first, at: number): number =>
      (at - all[0]![key]) / (all[2]![key] - all[0]![key]);
    expect(shareOf('x', first, first[1]!.x)).toBeCloseTo((0.1 - 0.01) / (1 - 0.01), 3);
    expect(shareOf('y', first, first[1]!.y)).toBeCloseTo(0.25, 3);
    expect(shareOf('y', second, lines(svg, 'panel1-references')[0]!.y)).toBeCloseTo((1 - 0.8) / (1 - 0.6), 2);
    expect(Math.min(...second.map(({ y }) => y))).toBeGreaterThan(Math.max(...first.map(({ y }) => y)));
    expectLegible(svg);
  });

  it('leaves a gap where a value is not finite', () => {
    const svg = draw({ panels: [{ yTitle: 'y', values: [0.9, NaN, 0.5] }] });
    expect([pieces(svg, 'panel0-series').length, points(svg, 'panel0-dots').length]).toEqual([2, 2]);
  });

  it('has a tick for each x, or for round numbers if there are many', () => {
    const ticksOf = (x: readonly number[]): string[] => textsOf(draw({ x }), 'x-ticks');
    expect(ticksOf([0, 5, 11, 42])).toEqual(['0', '5', '11', '42']);
    const epochs = Array.from({ length: 43 }, (_, i) => i);
    expect(ticksOf(epochs)).toEqual(['0', '5', '10', '15', '20', '25', '30', '35', '40']);
    expect(ticksOf(epochs.map((i) => i / 40))).toEqual(Array.from({ length: 11 }, (_, i) => String(i / 10)));
  });

  it('is legible with close temperatures, long names, one value, or nothing', () => {
    const reference = { label: 'a reference with a long name', value: 7 };
    const long = { yTitle: 'a measure with a long name '.repeat(9), values: [3, 2, 1e7], reference };
    expectLegible(draw({ x: [0.5, 0.51, 0.52], panels: [long, long] }));
    expectLegible(draw({ x: [1], panels: [{ yTitle: 'y', values: [1] }] }));
    expectLegible(draw({ panels: [{ yTitle: 'y', values: [NaN], reference: { label: 'none', value: NaN } }] }));
    expectLegible(draw({ x: [], panels: [] }));
  });
});
