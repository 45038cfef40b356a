import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curvesFigure, type CurvesFigureOptions } from '../../src/figures/curves.js';
import { CURVE_COLOURS } from '../../src/figures/style.js';
import { nllFigure, top1Figure } from '../../src/run-analysis/run-curves.js';
import { drawnTexts, expectLegible, expectWellFormed, lines, pieces, points, shared, textsOf } from '../support/svg.js';
import { config, metricsLine } from '../runs/fixtures.js';

const example: CurvesFigureOptions = {
  title: 'Two runs',
  subtitle: 'validation',
  yTitle: 'NLL (nats per text)',
  series: [
    { label: '87k', epochs: [0, 1, 2, 3], values: [120, 100, 90, 95], markEpoch: 2 },
    { label: '557k', epochs: [0, 1, 2], values: [110, 80, 85], dashed: true },
  ],
  references: [{ label: 'exact entropy 60.00', value: 60 }],
};

const draw = (options: Partial<CurvesFigureOptions>): string => curvesFigure({ ...example, ...options });
const oneSeries = (values: number[]) => [{ label: 'a', epochs: values.map((_, i) => i), values }];

describe('curvesFigure', () => {
  it('has the height asked for', () => {
    expect(draw({ height: 300 })).toMatch(/^<svg [^>]*width="640" height="300" viewBox="0 0 640 300"/);
  });

  it('draws every point of every curve where its values say', () => {
    const svg = draw({});
    const [first, second] = [pieces(svg, 'series0')[0]!, pieces(svg, 'series1')[0]!];
    expect([first.length, second.length]).toEqual([4, 3]);
    // Equal steps of an epoch, and one scale for both curves: y falls in proportion to the value.
    const [start, next] = [first[0]!, first[1]!];
    expect(next.x).toBeGreaterThan(start.x);
    expect(next.y).toBeGreaterThan(start.y);
    [first, second].forEach((curve, i) =>
      curve.forEach(({ x, y }, epoch) => {
        const value = Number(example.series[i]!.values[epoch]);
        expect(x).toBeCloseTo(start.x + (next.x - start.x) * epoch, 1);
        expect(y).toBeCloseTo(start.y + ((next.y - start.y) * (value - 120)) / (100 - 120), 1);
      }),
    );
  });

  it('dashes, colours and rings curves as asked', () => {
    const svg = draw({});
    expect(['series0', 'series1'].map((name) => shared(svg, name, 'stroke'))).toEqual(CURVE_COLOURS.slice(0, 2));
    expect(['series0', 'series1'].map((name) => shared(svg, name, 'stroke-dasharray'))).toEqual(['', '5,3']);
    expect(points(svg, 'best0')).toEqual([pieces(svg, 'series0')[0]![2]]);
    expect(points(svg, 'best1')).toEqual([]);
  });

  it('has equal distances for equal ratios if asked to, with ticks at round numbers', () => {
    const logarithmic = (epochs: number[], values = epochs): string =>
      draw({ xTitle: 'minutes', xLog: true, series: [{ label: 'a', epochs, values, markEpoch: 8 }] });
    const svg = logarithmic([0.5, 1, 8], [3, 2, 1]);
    const [from, middle, to] = points(svg, 'points0').map(({ x }) => x) as [number, number, number];
    expect((middle - from) / (to - from)).toBeCloseTo(Math.log(2) / Math.log(16), 2);
    expect(textsOf(svg, 'x-ticks')).toEqual(['0.5', '1', '2', '5']);
    expect(textsOf(svg, 'x-title')).toEqual(['minutes (log scale)']);
    for (const epochs of [[30, 33], [3, 3.4], [7], [], [0.02, 5000]]) expectLegible(logarithmic(epochs));
  });

  it('leaves a gap where a value is not finite', () => {
    const svg = draw({ series: oneSeries([5, NaN, 4, Infinity, 3, 2]) });
    expectWellFormed(svg);
    expect(pieces(svg, 'series0').map((piece) => piece.length)).toEqual([1, 1, 2]);
  });

  it('draws figures with nothing, one epoch, one value, or names that are too long', () => {
    const all: CurvesFigureOptions['series'][] = [
      [],
      [{ label: 'none', epochs: [], values: [] }],
      [{ label: 'one', epochs: [7], values: [3], markEpoch: 7 }],
      oneSeries([0, 0]),
      oneSeries([NaN, NaN]),
      [{ label: 'long\u0007 '.repeat(60), epochs: [0, 1], values: [1e9, 2e9] }],
    ];
    for (const svg of all.map((series) => draw({ series }))) {
      expectWellFormed(svg);
      expectLegible(svg);
      expect(svg).toMatch(/^<svg [^>]*width="640" height="400"/);
    }
  });

  it('says which curves have no values', () => {
    expect(textsOf(draw({ series: oneSeries([NaN, NaN]) }), 'side-name')).toContain('a (no values)');
  });

  it('fills bands from low to high around the curve, and leaves a gap where either is missing', () => {
    const band = { low: [9, 7, NaN, 5], high: [12, 9, 8, 7] };
    const svg = draw({ references: [], series: [{ ...oneSeries([10, 8, 7, 6])[0]!, ...band }] });
    const [curve] = pieces(svg, 'series0');
    const unit = (curve![1]!.y - curve![0]!.y) / (8 - 10);
    const up = (value: number): number => curve![0]!.y + unit * (value - 10);
    const [first, second] = pieces(svg, 'band0');
    const across = curve!.map(({ x }) => x);
    // Along the upper edge and back along the lower one.
    [
      { x: across[0]!, y: up(12) },
      { x: across[1]!, y: up(9) },
      { x: across[1]!, y: up(7) },
      { x: across[0]!, y: up(9) },
    ].forEach(({ x, y }, i) => {
      expect(first![i]!.x).toBeCloseTo(x, 1);
      expect(first![i]!.y).toBeCloseTo(y, 1);
    });
    // A lone epoch has a band as well, as wide as a point.
    expect(pieces(svg, 'band0').length).toBe(2);
    expect(second!.map(({ x }) => Math.sign(x - across[3]!))).toEqual([-1, 1, 1, -1]);
    expect(second![0]!.y).toBeCloseTo(up(7), 1);
    expect(second![2]!.y).toBeCloseTo(up(5), 1);
    expect(shared(svg, 'band0', 'fill')).toBe(CURVE_COLOURS[0]);
  });
});

describe('curvesFigure with values far off', () => {
  const references = [
    { label: 'flat unigram', value: 250 },
    { label: 'bigram', value: 130 },
  ];
  const subtitleOf = (svg: string): string => textsOf(svg, 'subtitle').join(' ');

  it('cuts what is far above the weakest baseline, and says so', () => {
    const series = [{ ...oneSeries([5e5, 120, 100, 95, 4e9])[0]!, markEpoch: 4 }];
    const svg = draw({ series, references });
    const [[curve], rules] = [pieces(svg, 'series0'), lines(svg, 'references')];
    // The curve comes in from above and leaves upwards; the scale is that of the rest.
    const top = Math.min(...curve!.map(({ y }) => y));
    expect(curve!.length).toBe(5);
    expect([curve![0]!.y, curve![4]!.y]).toEqual([top, top]);
    expect(rules[0]!.y - top).toBeLessThan(20);
    expect(curve![3]!.y - rules[1]!.y).toBeGreaterThan(40);
    expect(subtitleOf(svg)).toBe('validation · values above 250, up to 4e9, are cut off');
    expect(points(svg, 'points0').length).toBe(3);
    expect(points(svg, 'best0')).toEqual([]);
    expect(points(svg, 'side-beyond').length).toBe(1);
    expectLegible(svg);
  });

  it.each([
    ['what is worse than the baselines, but not far off', [300, 120, 100, 95, 90]],
    ['all of a training that is far above the baselines from start to end', [1e4, 2e4, 4e4, 5e4, 9e4]],
  ])('shows %s', (_, values) => {
    const svg = draw({ series: oneSeries(values), references });
    expect(subtitleOf(svg)).toBe('validation');
    expect(points(svg, 'points0').length).toBe(5);
    expectLegible(svg);
  });

  it('cuts curves to a range that is asked for, and points to what lies beyond', () => {
    const svg = draw({ series: oneSeries([180, 120, 100, 95, 90]), references, yRange: { low: 92, high: 150 } });
    expect(lines(svg, 'references').length).toBe(1);
    expect(points(svg, 'side-beyond').length).toBe(2);
    expect(subtitleOf(svg)).toBe('validation · values above 150, up to 180, and below 92, down to 90, are cut off');
    const [curve] = pieces(svg, 'series0');
    // From 150, between the first two epochs, to 92, between the last two.
    const step = curve![2]!.x - curve![1]!.x;
    expect(curve![1]!.x - curve![0]!.x).toBeCloseTo((step * (150 - 120)) / (180 - 120), 1);
    expect(curve!.at(-1)!.x - curve!.at(-2)!.x).toBeCloseTo((step * (95 - 92)) / (95 - 90), 1);
  });

  it('draws what lies within a range, and ends at the bounds', () => {
    const value = fc.option(fc.integer({ min: -100, max: 200 }), { nil: NaN });
    fc.assert(
      fc.property(fc.array(value, { minLength: 2, maxLength: 20 }), (values) => {
        // Two references on the bounds show where these are.
        const bounds = [0, 100].map((at) => ({ label: String(at), value: at }));
        const svg = draw({ series: oneSeries(values), references: bounds, yRange: { low: 0, high: 100 } });
        const [bottom, top] = lines(svg, 'references').map(({ y }) => y) as [number, number];
        const inside = values.filter((each) => each >= 0 && each <= 100);
        const dots = points(svg, 'points0');
        expect(dots.length).toBe(inside.length);
        const isDot = (point: { x: number; y: number }) => dots.some((dot) => dot.x === point.x && dot.y === point.y);
        const drawn = pieces(svg, 'series0').flat();
        expect(drawn.filter(isDot).length).toBeGreaterThanOrEqual(inside.length);
        for (const point of drawn.filter((each) => !isDot(each))) expect([top, bottom]).toContain(point.y);
      }),
      { numRuns: 40 },
    );
  });

  it('draws the middle of a line that crosses the whole range', () => {
    const svg = draw({ series: oneSeries([-50, 150]), references: [], yRange: { low: 0, high: 100 } });
    const { x, x2 } = lines(svg, 'series0')[0]!;
    const axis = lines(svg, 'x-line')[0]!;
    const shareOf = (at: number): number => (at - axis.x) / (axis.x2 - axis.x);
    expect(shareOf(x)).toBeCloseTo(0.25, 3);
    expect(shareOf(x2)).toBeCloseTo(0.75, 3);
  });
});

describe('curvesFigure with many names', () => {
  it('keeps many names apart, with a leader from each line to a name that was moved', () => {
    const series = Array.from({ length: 6 }, (_, i) => ({
      label: `size ${i}`,
      epochs: [0, 1, 2 + i],
      values: [150, 100, 90 + 0.1 * i],
    }));
    const references = Array.from({ length: 6 }, (_, i) => ({ label: `baseline ${i}`, value: 160 + i }));
    const svg = draw({ series, references });
    expectLegible(svg);
    const names = drawnTexts(svg, 'side-name');
    expect(names.map(({ text }) => text)).toEqual([...series, ...references].map(({ label }) => label));
    const ends = lines(svg, 'references');
    const leaders = lines(svg, 'side-leader').filter(({ y }) => ends.some((end) => Math.abs(end.y - y) < 0.1));
    expect(leaders.length).toBeGreaterThanOrEqual(5);
    expect(lines(svg, 'side-leader').length - leaders.length).toBeLessThanOrEqual(1); // of the only curve at the edge
    // Names stand in the order of their values.
    const middles = names.slice(6).map(({ corners }) => corners[0]![1]);
    expect([...middles].sort((a, b) => b - a)).toEqual(middles);
  });

  it('makes the picture higher where there are too many names', () => {
    const references = Array.from({ length: 40 }, (_, i) => ({ label: `baseline ${i}`, value: i % 3 }));
    const svg = draw({ series: [], references });
    expect(Number(/height="(\d+)"/.exec(svg)?.[1])).toBeGreaterThan(500);
    expectLegible(svg);
  });
});

describe('the figures of a run', () => {
  const metrics = [0, 1, 2, 3, 4].map(metricsLine);

  it('draw training dashed, validation solid, the best epoch and the entropy', () => {
    const svg = nllFigure(config, metrics);
    expect([pieces(svg, 'series0')[0]!.length, pieces(svg, 'series1')[0]!.length]).toEqual([5, 5]);
    expect(shared(svg, 'series0', 'stroke-dasharray')).toBe('5,3');
    expect(shared(svg, 'series1', 'stroke-dasharray')).toBe('');
    expect(points(svg, 'best1')).toEqual([pieces(svg, 'series1')[0]![3]]);
    expect(textsOf(svg, 'side-name')).toContain('exact entropy 45.25');
    expect(textsOf(svg, 'title')).toEqual(['gazette · modern']);
  });

  it('leave the entropy out where it is not known', () => {
    const corpus = { ...config.corpus, entropy: undefined };
    expect(nllFigure({ ...config, corpus }, metrics)).not.toContain('entropy');
  });

  it('draw top-1, and tell its value at the best epoch', () => {
    const svg = top1Figure(config, metrics);
    expect(pieces(svg, 'series0')[0]!.length).toBe(5);
    expect(textsOf(svg, 'subtitle')).toEqual(['validation top-1 0.7300 in the best epoch, 4']);
  });
});
