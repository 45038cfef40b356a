import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochScale, niceScale, ratioScale, spreadLabels, tightScale } from '../../src/figures/curve-layout.js';
import { CURVE_COLOURS, curveFigure } from '../../src/figures/curves.js';
import type { CurveFigureOptions } from '../../src/figures/curves.js';
import { svgToPdf } from '../../src/figures/figure-pdf.js';
import { nllFigure, top1Figure } from '../../src/run-analysis/run-curves.js';
import { drawnTexts, expectLegible, expectWellFormed, layer, lines, pieces, points } from '../support/svg.js';
import { config, metricsLine } from '../runs/fixtures.js';

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

  it('has equal distances for equal ratios if asked to, with ticks at round numbers', async () => {
    const series = [{ label: 'a', epochs: [0.5, 1, 8], values: [3, 2, 1], markEpoch: 8 }];
    const svg = await curveFigure({ title: 'T', yTitle: 'y', xTitle: 'minutes', xLog: true, series });
    const [from, middle, to] = points(svg, 'points0').map(({ x }) => x) as [number, number, number];
    expect((middle - from) / (to - from)).toBeCloseTo(Math.log(2) / Math.log(16), 2);
    const texts = drawnTexts(svg);
    expect(texts.flatMap(({ layer: name, text }) => (name === 'x_ticks' ? [text] : []))).toEqual([
      '0.5',
      '1',
      '2',
      '5',
    ]);
    expect(texts.map(({ text }) => text)).toContain('minutes (log scale)');
    expectLegible(svg);
    const narrow = {
      title: 'T',
      yTitle: 'y',
      xLog: true,
      series: [{ label: 'a', epochs: [30, 33], values: [2, 1] }],
    };
    for (const epochs of [[3, 3.4], [7], [], [0.02, 5000]])
      expectLegible(await curveFigure({ ...narrow, series: [{ label: 'a', epochs, values: epochs }] }));
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
    const draw = (series: CurveFigureOptions['series']): Promise<string> => curveFigure({ ...example, series });
    for (const svg of [
      await draw([]),
      await draw([{ label: 'none', epochs: [], values: [] }]),
      await draw([{ label: 'one', epochs: [7], values: [3], markEpoch: 7 }]),
      await draw([{ label: 'flat', epochs: [0, 1], values: [0, 0] }]),
      await draw([{ label: 'nowhere', epochs: [0, 1], values: [NaN, NaN] }]),
      await draw([{ label: 'long\u0007 '.repeat(60), epochs: [0, 1], values: [1e9, 2e9] }]),
    ]) {
      expectWellFormed(svg);
      expectLegible(svg);
      expect(svg).toMatch(/^<svg [^>]*width="640" height="400"/);
    }
  });

  it('gives the same bytes each time, whatever was drawn between', async () => {
    const first = await curveFigure(example);
    await curveFigure({ ...example, title: 'another', references: [] });
    expect(await curveFigure(example)).toBe(first);
  });
});

describe('curveFigure with error bands', () => {
  it('fills from low to high around the curve, and leaves a gap where either is missing', async () => {
    const svg = await curveFigure({
      ...example,
      references: [],
      series: [
        {
          label: 'a',
          epochs: [0, 1, 2, 3],
          values: [10, 8, 7, 6],
          low: [9, 7, NaN, 5],
          high: [12, 9, 8, 7],
        },
      ],
    });
    const [curve] = pieces(svg, 'series0');
    const unit = (curve![1]!.y - curve![0]!.y) / (8 - 10);
    const up = (value: number): number => curve![0]!.y + unit * (value - 10);
    const [first, second] = pieces(svg, 'band0');
    const corners = first!.map(({ x, y }) => [x, y]);
    const across = curve!.map(({ x }) => x);
    // Along the upper edge and back along the lower one.
    [
      [across[0]!, up(12)],
      [across[1]!, up(9)],
      [across[1]!, up(7)],
      [across[0]!, up(9)],
    ].forEach(([x, y], i) => {
      expect(corners[i]![0]).toBeCloseTo(x!, 1);
      expect(corners[i]![1]).toBeCloseTo(y!, 1);
    });
    // A lone epoch has a band as well, as wide as a point.
    expect(pieces(svg, 'band0').length).toBe(2);
    expect(second!.map(({ x }) => Math.sign(x - across[3]!))).toEqual([-1, 1, 1, -1]);
    expect(second![0]!.y).toBeCloseTo(up(7), 1);
    expect(second![2]!.y).toBeCloseTo(up(5), 1);
    expect(layer(svg, 'band0')).toContain(`fill="${CURVE_COLOURS[0]}"`);
  });
});

describe('curveFigure with values far off', () => {
  const epochs = [0, 1, 2, 3, 4];
  const references = [
    { label: 'flat unigram', value: 250 },
    { label: 'bigram', value: 130 },
  ];

  it('cuts what is far above the weakest baseline, and says so', async () => {
    const series = [{ label: 'a', epochs, values: [5e5, 120, 100, 95, 4e9], markEpoch: 4 }];
    const svg = await curveFigure({ ...example, series, references });
    const [[curve], rules] = [pieces(svg, 'series0'), lines(svg, 'references')];
    // The curve comes in from above and leaves upwards; the scale is that of the rest.
    const top = Math.min(...curve!.map(({ y }) => y));
    expect(curve!.length).toBe(5);
    expect([curve![0]!.y, curve![4]!.y]).toEqual([top, top]);
    expect(rules[0]!.y - top).toBeLessThan(20);
    expect(curve![3]!.y - rules[1]!.y).toBeGreaterThan(40);
    expect(drawnTexts(svg).map(({ text }) => text)).toContain('validation · values above 250, up to 4e9, are cut off');
    expect(points(svg, 'points0').length).toBe(3);
    expect(points(svg, 'best0')).toEqual([]);
    expect(points(svg, 'side-beyond0').length).toBe(1);
    expectLegible(svg);
  });

  it('cuts nothing that is worse than the baselines, but not far off', async () => {
    const series = [{ label: 'a', epochs, values: [300, 120, 100, 95, 90] }];
    const svg = await curveFigure({ ...example, series, references });
    expect(drawnTexts(svg).map(({ text }) => text)).toContain('validation');
    expect(points(svg, 'points0').length).toBe(5);
  });

  it('shows a training that is far above the baselines from the start to the end', async () => {
    const series = [{ label: 'a', epochs, values: [1e4, 2e4, 4e4, 5e4, 9e4] }];
    const svg = await curveFigure({ ...example, series, references });
    expect(points(svg, 'points0').length).toBe(5);
    expectLegible(svg);
  });

  it('keeps to a range that is asked for, and points to what lies beyond', async () => {
    const series = [{ label: 'a', epochs, values: [180, 120, 100, 95, 90] }];
    const svg = await curveFigure({ ...example, series, references, yRange: { low: 92, high: 150 } });
    expect(lines(svg, 'references').length).toBe(1);
    const beyond = [points(svg, 'side-beyond0'), points(svg, 'side-beyond1')].flat();
    expect(beyond.length).toBe(2);
    expect(drawnTexts(svg).map(({ text }) => text)).toContain(
      'validation · values above 150, up to 180, and below 92, down to 90, are cut off',
    );
    const [curve] = pieces(svg, 'series0');
    // From 150, between the first two epochs, to 92, between the last two.
    const step = curve![2]!.x - curve![1]!.x;
    expect(curve![1]!.x - curve![0]!.x).toBeCloseTo((step * (150 - 120)) / (180 - 120), 1);
    expect(curve!.at(-1)!.x - curve!.at(-2)!.x).toBeCloseTo((step * (95 - 92)) / (95 - 90), 1);
  });
});

describe('curveFigure with many names', () => {
  it('keeps them apart, with a leader from each line to a name that was moved', async () => {
    const series = Array.from({ length: 6 }, (_, i) => ({
      label: `size ${i}`,
      epochs: [0, 1, 2 + i],
      values: [150, 100, 90 + 0.1 * i],
    }));
    const references = Array.from({ length: 6 }, (_, i) => ({ label: `baseline ${i}`, value: 160 + i }));
    const svg = await curveFigure({ ...example, series, references });
    expectLegible(svg);
    const names = drawnTexts(svg).filter(({ layer }) => layer.startsWith('side_name'));
    expect(names.map(({ text }) => text)).toEqual([...series, ...references].map(({ label }) => label));
    const drawn = lines(svg, 'references');
    const moved = references.flatMap((_, i) => lines(svg, `side-leader${6 + i}`));
    expect(moved.length).toBeGreaterThanOrEqual(5);
    for (const leader of moved) expect(drawn.some(({ y }) => Math.abs(y - leader.y) < 0.1)).toBe(true);
    // Names stand in the order of their values.
    const middles = names.slice(6).map(({ corners }) => corners[0]![1]);
    expect([...middles].sort((a, b) => b - a)).toEqual(middles);
  });

  it('grows where there are too many', async () => {
    const references = Array.from({ length: 40 }, (_, i) => ({ label: `baseline ${i}`, value: i % 3 }));
    const svg = await curveFigure({ ...example, series: [], references });
    expect(Number(/height="(\d+)"/.exec(svg)?.[1])).toBeGreaterThan(500);
    expectLegible(svg);
  });

  it('says which curves have no values', async () => {
    const svg = await curveFigure({
      ...example,
      series: [{ label: 'a', epochs: [0, 1], values: [NaN, NaN] }],
    });
    expect(svg).toContain('>a (no values)<');
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

  it('sets characters that Helvetica does not have as well as it can', async () => {
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
        written.forEach((text, i) => expect(Math.abs(Number(text) - ticks[i]!)).toBeLessThan(1e-3 * (high - low)));
      }),
    );
  });
});

describe('ratioScale', () => {
  it('ends at the lowest and highest value, and has ticks between them, whatever is to be shown', () => {
    expect(ratioScale([20, 0.5, 3])).toEqual({ low: 0.5, high: 20, ticks: [0.5, 1, 2, 5, 10, 20] });
    const above = fc.array(fc.double({ min: 1e-2, max: 1e5, noNaN: true }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(above, (values) => {
        const { low, high, ticks } = ratioScale(values);
        expect(low).toBeGreaterThan(0);
        expect(high).toBeGreaterThan(low);
        expect(low).toBeLessThanOrEqual(Math.min(...values));
        expect(high).toBeGreaterThanOrEqual(Math.max(...values));
        for (const tick of ticks) expect(tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9)).toBe(true);
      }),
    );
  });
});

describe('tightScale', () => {
  it('lies a little around the values, with round ticks between its bounds', () => {
    const scale = tightScale([62.5, 112.5]);
    expect(scale).toEqual({ low: 60.5, high: 114.5, ticks: [70, 80, 90, 100, 110], decimals: 0 });
    expect(tightScale([0.1, 1]).low).toBeGreaterThan(0);
    expect(tightScale([0, 1]).low).toBe(0);
    expect(tightScale([-1, 1]).low).toBeLessThan(-1);
    expect(tightScale([])).toMatchObject({ low: 0 });
    expect(tightScale([1e-12]).ticks.length).toBeGreaterThanOrEqual(2);
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
