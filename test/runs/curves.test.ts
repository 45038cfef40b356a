import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochScale, niceScale, spreadLabels } from '../../src/runs/curve-layout.js';
import { CURVE_COLOURS, curveFigure } from '../../src/runs/curves.js';
import type { CurveFigureOptions } from '../../src/runs/curves.js';
import { svgToPdf } from '../../src/runs/figure-pdf.js';
import { nllFigure, top1Figure } from '../../src/runs/run-figures.js';
import { config, metricsLine } from './fixtures.js';

const example: CurveFigureOptions = {
  title: 'Two runs <& “others”>',
  subtitle: 'validation',
  yTitle: 'NLL (nats per text)',
  series: [
    { label: '87k', epochs: [0, 1, 2, 3], values: [120, 100, 90, 95], markEpoch: 2 },
    { label: '557k', epochs: [0, 1, 2], values: [110, 80, 85], dashed: true },
  ],
  references: [{ label: 'exact entropy 60.00', value: 60 }],
};

/** Checks that tags open and close in order, with entities and attributes as XML wants them. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(/<(\/?)([\w:-]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g, (...match: string[]) => {
    const [, closing, name = '', , empty] = match;
    if (closing === '/') expect(open.pop()).toBe(name);
    else if (empty !== '/') open.push(name);
    return '';
  });
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]|&(?!(amp|lt|gt|quot|apos);)/);
}

/** The points of a curve, in the plot's pixels, as they stand in the picture. */
function pathPoints(svg: string, name: string): number[][] {
  const group = new RegExp(`class="[^"]*${name}_marks[^"]*"[^>]*>(.*?)</g>`).exec(svg)?.[1] ?? '';
  const path = /\bd="([^"]*)"/.exec(group)?.[1] ?? '';
  return [...path.matchAll(/[ML](-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

describe('curveFigure', () => {
  it('is a well-formed SVG of the size asked for, with every text in it', async () => {
    const svg = await curveFigure({ ...example, width: 500, height: 300 });
    expectWellFormed(svg);
    expect(svg).toMatch(/^<svg [^>]*\bwidth="500" height="300" viewBox="0 0 500 300"/);
    for (const text of ['87k', '557k', 'exact entropy 60.00', 'validation', 'NLL (nats per text)', 'epoch'])
      expect(svg).toContain(`>${text}<`);
    expect(svg).toContain('<title>Two runs &lt;&amp; “others”&gt;</title>');
  });

  it('draws every point of every curve where its values say', async () => {
    const svg = await curveFigure(example);
    const first = pathPoints(svg, 'series0');
    const second = pathPoints(svg, 'series1');
    expect([first.length, second.length]).toEqual([4, 3]);
    // Equal steps of an epoch, and one scale for both curves: y falls in proportion to the value.
    const [x0, y0] = first[0]! as [number, number];
    const [x1, y1] = first[1]! as [number, number];
    const across = (epoch: number): number => x0 + (x1 - x0) * epoch;
    const up = (value: number): number => y0 + ((y1 - y0) * (value - 120)) / (100 - 120);
    expect(x1).toBeGreaterThan(x0);
    expect(y1).toBeGreaterThan(y0);
    [120, 100, 90, 95].forEach((value, epoch) => {
      expect(first[epoch]![0]).toBeCloseTo(across(epoch), 1);
      expect(first[epoch]![1]).toBeCloseTo(up(value), 1);
    });
    [110, 80, 85].forEach((value, epoch) => {
      expect(second[epoch]![0]).toBeCloseTo(across(epoch), 1);
      expect(second[epoch]![1]).toBeCloseTo(up(value), 1);
    });
  });

  it('dashes, colours and rings curves as asked', async () => {
    const svg = await curveFigure(example);
    const group = (name: string): string =>
      new RegExp(`class="[^"]*${name}_marks[^"]*"[^>]*>(.*?)</g>`).exec(svg)?.[1] ?? '';
    expect(group('series0')).toContain(`stroke="${CURVE_COLOURS[0]}"`);
    expect(group('series0')).not.toContain('stroke-dasharray');
    expect(group('series1')).toContain(`stroke="${CURVE_COLOURS[1]}"`);
    expect(group('series1')).toContain('stroke-dasharray="5,3"');
    const [x, y] = pathPoints(svg, 'series0')[2]!;
    expect(group('best0')).toContain(`translate(${x},${y}`);
    expect(group('best1')).toBe('');
  });

  it('leaves a gap where a value is not finite', async () => {
    const values = [5, NaN, 4, Infinity, 3, 2];
    const svg = await curveFigure({
      ...example,
      series: [{ label: 'a', epochs: [0, 1, 2, 3, 4, 5], values }],
    });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const path = /series0_marks[^>]*>.*?\bd="([^"]*)"/.exec(svg)?.[1] ?? '';
    expect(path.match(/M/g)?.length).toBe(3);
    expect(path.match(/L/g)?.length).toBe(1);
  });

  it('draws figures with nothing, one epoch, one value, or names that are too long', async () => {
    const draw = (series: CurveFigureOptions['series']): Promise<string> =>
      curveFigure({ ...example, series });
    for (const svg of [
      await draw([]),
      await draw([{ label: 'none', epochs: [], values: [] }]),
      await draw([{ label: 'one', epochs: [7], values: [3], markEpoch: 7 }]),
      await draw([{ label: 'flat', epochs: [0, 1], values: [0, 0] }]),
      await draw([{ label: 'nowhere', epochs: [0, 1], values: [NaN, NaN] }]),
      await draw([{ label: 'long\u0007 '.repeat(60), epochs: [0, 1], values: [1e9, 2e9] }]),
    ]) {
      expectWellFormed(svg);
      expect(svg).not.toMatch(/NaN|Infinity|undefined|\p{Cc}(?!$)/u);
      expect(svg).toMatch(/^<svg [^>]*width="640" height="400"/);
    }
  });

  it('gives the same bytes each time, whatever was drawn between', async () => {
    const first = await curveFigure(example);
    await curveFigure({ ...example, title: 'another', references: [] });
    expect(await curveFigure(example)).toBe(first);
  });
});

describe('the figures of a run', () => {
  const metrics = [0, 1, 2, 3, 4].map(metricsLine);

  it('show training dashed, validation solid, the best epoch and the entropy', async () => {
    const svg = await nllFigure(config, metrics);
    expect(pathPoints(svg, 'series0').length).toBe(5);
    expect(pathPoints(svg, 'series1').length).toBe(5);
    expect(svg).toMatch(/series0_marks[^>]*><path [^>]*stroke-dasharray="5,3"/);
    const [x, y] = pathPoints(svg, 'series1')[3]!;
    expect(svg).toMatch(new RegExp(`best1_marks[^>]*><path [^>]*translate\\(${x},${y}`));
    expect(svg).toContain('exact entropy 45.25');
    expect(svg).toContain('gazette · modern');
  });

  it('leave the entropy out where it is not known', async () => {
    const corpus = { ...config.corpus, entropy: undefined };
    expect(await nllFigure({ ...config, corpus }, metrics)).not.toContain('entropy');
  });

  it('show top-1', async () => {
    const svg = await top1Figure(config, metrics);
    expect(pathPoints(svg, 'series0').length).toBe(5);
    expect(svg).toContain('validation top-1 0.7300 at the best epoch, 3');
  });
});

describe('svgToPdf', () => {
  const date = new Date('2026-01-02T03:04:05Z');

  it('makes one page of the same size, the same bytes each time', async () => {
    const svg = await curveFigure(example);
    const pdf = Buffer.from(await svgToPdf(svg, { title: 'Curves', date }));
    const text = pdf.toString('latin1');
    expect(text.startsWith('%PDF-1.')).toBe(true);
    expect(text.trimEnd().endsWith('%%EOF')).toBe(true);
    expect(text.match(/\/Type \/Page\b/g)?.length).toBe(1);
    expect(text).toContain('/Count 1');
    expect(text).toContain('/MediaBox [0 0 480 300]');
    expect(text).toContain('D:20260102030405Z');
    expect(text).toContain('/BaseFont /Helvetica');
    expect(pdf.equals(await svgToPdf(svg, { title: 'Curves', date }))).toBe(true);
  });

  it('sets letters that Helvetica does not have as well as it can', async () => {
    const svg = (await curveFigure(example)).replaceAll('87k', 'Łódź Σ \u22125 ﬁ');
    const pdf = Buffer.from(await svgToPdf(svg, { date }));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('refuses what is not a figure with a size', async () => {
    await expect(svgToPdf('<svg></svg>', { date })).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

describe('niceScale', () => {
  it('finds round bounds and ticks', () => {
    expect(niceScale([62.3, 117.9])).toEqual({
      low: 60,
      high: 120,
      ticks: [60, 70, 80, 90, 100, 110, 120],
      decimals: 0,
    });
    expect(niceScale([])).toMatchObject({ low: 0, high: 1 });
    expect(niceScale([NaN, Infinity, 3, 4])).toMatchObject({ low: 3, high: 4 });
    expect(niceScale([0, 0.0013])).toMatchObject({ decimals: 5 }); // steps of 0.00025
  });

  it('holds all values between its bounds, with few ticks that their decimals tell apart', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => Math.round(x * 1e4) / 1e4);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
        const { low, high, ticks, decimals } = niceScale(values);
        const slack = 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
        expect(Math.min(...values)).toBeGreaterThanOrEqual(low - slack);
        expect(Math.max(...values)).toBeLessThanOrEqual(high + slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect([ticks[0], ticks.at(-1)]).toEqual([low, high]);
        const written = ticks.map((tick) => tick.toFixed(decimals));
        expect(new Set(written).size).toBe(ticks.length);
        written.forEach((text, i) =>
          expect(Math.abs(Number(text) - ticks[i]!)).toBeLessThan(1e-3 * (high - low)),
        );
      }),
    );
  });
});

describe('epochScale', () => {
  it('has whole ticks within the epochs', () => {
    expect(epochScale([])).toEqual({ low: 0, high: 1, ticks: [] });
    expect(epochScale([4])).toEqual({ low: 3, high: 5, ticks: [4] });
    expect(epochScale([0, 1, 2, 3])).toEqual({ low: 0, high: 3, ticks: [0, 1, 2, 3] });
    expect(epochScale([0, 39]).ticks).toEqual([0, 5, 10, 15, 20, 25, 30, 35]);
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { minLength: 2 }), (epochs) => {
        const { low, high, ticks } = epochScale(epochs);
        expect(ticks.every((tick) => Number.isInteger(tick) && tick >= low && tick <= high)).toBe(true);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(12);
      }),
    );
  });
});

describe('spreadLabels', () => {
  it('leaves labels where they are that do not touch', () => {
    expect(spreadLabels([50, 10, 90], 16, 100)).toEqual([50, 10, 90]);
  });

  it('moves labels apart that touch, by as little as it takes, in their order', () => {
    expect(spreadLabels([50, 52], 16, 100)).toEqual([43, 59]);
    expect(spreadLabels([0, 0, 100], 16, 100)).toEqual([0, 16, 100]);
  });

  it('keeps the distance and the bounds wherever there is room', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 19 }), (wanted) => {
        const places = spreadLabels(wanted, 16, 300);
        const sorted = [...places].sort((a, b) => a - b);
        sorted.forEach((place, i) => {
          expect(place).toBeGreaterThanOrEqual(-1e-9);
          expect(place).toBeLessThanOrEqual(300 + 1e-9);
          if (i > 0) expect(place - sorted[i - 1]!).toBeGreaterThanOrEqual(16 - 1e-9);
        });
        wanted.forEach((a, i) =>
          wanted.forEach((b, j) => {
            if (a < b) expect(places[i]!).toBeLessThan(places[j]!);
          }),
        );
      }),
    );
  });
});
