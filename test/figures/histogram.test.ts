import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { histogramFigure, type HistogramFigureOptions } from '../../src/figures/histogram.js';
import { drawnTexts, expectLegible, pieces } from '../support/svg.js';

function draw(series: HistogramFigureOptions['series'], binWidth = 5): string {
  return histogramFigure({
    title: 'Lengths',
    xTitle: 'characters',
    yTitle: 'share of texts',
    binWidth,
    height: 320,
    series,
  });
}

/** Heights of the stairs of an outline, and their widths, in pixels. */
function stairs(svg: string, name: string): { height: number; width: number }[] {
  const [outline = []] = pieces(svg, name);
  const base = outline[0]?.y ?? 0;
  const steps = outline.slice(1, -1);
  return Array.from({ length: steps.length / 2 }, (_, i) => ({
    height: base - steps[2 * i]!.y,
    width: steps[2 * i + 1]!.x - steps[2 * i]!.x,
  }));
}

describe('histogramFigure', () => {
  it('has a step for each bin, as high as its share of the series', () => {
    const counts = fc.array(fc.nat(500), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(counts, counts, (first, second) => {
        const all = [first, second];
        fc.pre(all.every((each) => each.some((count) => count > 0)));
        const svg = draw(all.map((each, i) => ({ label: String(i), counts: each })));
        const drawn = all.map((_, i) => stairs(svg, `series${i}`));
        // One scale for both: a height that stands for all texts of a series.
        const whole = drawn.map((steps) => steps.reduce((sum, { height }) => sum + height, 0));
        expect(Math.abs(whole[0]! - whole[1]!)).toBeLessThan(0.01 * whole[0]!);
        drawn.forEach((steps, i) => {
          const total = all[i]!.reduce((sum, count) => sum + count, 0);
          steps.forEach(({ height, width }, bin) => {
            expect(height / whole[i]!).toBeCloseTo((all[i]![bin] ?? 0) / total, 2);
            expect(width).toBeCloseTo(steps[0]!.width, 1);
          });
        });
      }),
      { numRuns: 12 },
    );
  });

  it('ends with the last bin that any series has something in', () => {
    const svg = draw([
      { label: 'train', counts: [1, 2, 3, 0, 0, 0] },
      { label: 'test', counts: [1] },
    ]);
    expect(stairs(svg, 'series0').length).toBe(3);
    expect(stairs(svg, 'series1').length).toBe(3);
    const ticks = drawnTexts(svg, 'x-ticks');
    expect(ticks.at(-1)?.text).toBe('14');
    expectLegible(svg);
  });

  it('draws axes where there is nothing else', () => {
    for (const series of [[], [{ label: 'train', counts: [] }], [{ label: 'train', counts: [0, 0] }]]) {
      const svg = draw(series);
      expectLegible(svg);
      expect(pieces(svg, 'series0')).toEqual([]);
    }
    expectLegible(draw([{ label: 'train', counts: [7] }], 1e6));
  });
});
