import { describe, expect, it } from 'vitest';
import { attentionFigure } from '../../src/figures/attention.js';
import { barsFigure } from '../../src/figures/bars.js';
import { curvesFigure } from '../../src/figures/curves.js';
import { dotPlotFigure } from '../../src/figures/dot-plot.js';
import { heatMapFigure } from '../../src/figures/heat-map.js';
import { histogramFigure } from '../../src/figures/histogram.js';
import { scatterFigure } from '../../src/figures/scatter.js';
import { CURVE_COLOURS, FIXED_COLOURS } from '../../src/figures/style.js';
import { svgToPdf } from '../../src/figures/figure-pdf.js';
import { readPdf } from '../render/pdf/read.js';
import { coloursOf, expectLegible, expectWellFormed } from '../support/svg.js';

interface Heading {
  readonly title: string;
  readonly subtitle?: string;
}

const figure = <T extends Heading>(name: string, draw: (options: T) => string, options: T) => ({
  name,
  options,
  draw: (heading?: Heading) => draw({ ...options, ...heading }),
});

const figures = [
  figure('curvesFigure', curvesFigure, {
    title: 'NLL',
    yTitle: 'nats per text',
    series: [{ label: 'validation', epochs: [0, 1, 2], values: [9, 7, 6], low: [8, 6, 5], high: [10, 8, 7] }],
    references: [{ label: 'bigram', value: 11 }],
  }),
  figure('barsFigure', barsFigure, {
    title: 'After q',
    xTitle: 'next character',
    yTitle: 'probability',
    height: 320,
    categories: ['t', 'u'],
    series: [
      { label: '87k', values: [0.2, 0.8] },
      { label: '557k', values: [0.1, 0.9] },
    ],
  }),
  figure('heatMapFigure', heatMapFigure, {
    title: 'Similar characters',
    names: ['a', 'b'],
    axisTitle: 'character',
    values: [[1, -0.5], [NaN]],
    legendTitle: 'cosine',
  }),
  figure('attentionFigure', attentionFigure, {
    title: 'Attention',
    characters: ['cls', 'a'],
    heads: [
      { label: 'head 1', weights: [[1], [0.25, 0.75]] },
      { label: 'head 2', weights: [[1], [0.5, 0.5]] },
    ],
  }),
  figure('dotPlotFigure', dotPlotFigure, {
    title: 'Test NLL',
    xTitle: 'nats per text',
    rows: [
      { label: '557k', value: 90, low: 89, high: 91, kind: 'model' },
      { label: 'bigram', value: 120, kind: 'baseline' },
      { label: 'entropy', value: 80, kind: 'exact' },
    ],
  }),
  figure('histogramFigure', histogramFigure, {
    title: 'Lengths',
    xTitle: 'characters',
    yTitle: 'share of texts',
    height: 320,
    binWidth: 10,
    series: [
      { label: 'train', counts: [1, 2, 1] },
      { label: 'test', counts: [0, 1] },
    ],
  }),
  figure('scatterFigure', scatterFigure, {
    title: 'NLL and top-1',
    xTitle: 'NLL (nats per text)',
    yTitle: 'top-1',
    series: [{ label: '557k', x: [100, 90], y: [0.7, 0.8] }],
  }),
];

const stringsIn = (value: unknown): string[] =>
  typeof value === 'string' ? [value] : value instanceof Object ? Object.values(value).flatMap(stringsIn) : [];

describe.each(figures)('$name', ({ draw, options }) => {
  it('writes every title, label and name, and gives the same bytes each time', () => {
    const svg = draw();
    for (const text of stringsIn(options)) expect(svg).toContain(`>${text}<`);
    expect(svg).toMatch(/^<svg [^>]*\bwidth="640" height="\d+"/);
    expectWellFormed(svg);
    expect(draw()).toBe(svg);
  });

  it('has no colours outside the palette, so that it can be shown light on dark', () => {
    const palette = [...Object.values(FIXED_COLOURS), ...CURVE_COLOURS, 'none'];
    expect(palette).toEqual(expect.arrayContaining([...coloursOf(draw())]));
  });

  it('keeps titles within the picture, be they long or full of marks', () => {
    const svg = draw({
      title: `A < B & “C”\u0007 ${'and a title that goes on and on '.repeat(8)}`,
      subtitle: 'a subtitle that goes on and on '.repeat(20),
    });
    expectWellFormed(svg);
    expectLegible(svg, ['characters']);
    expect(svg).toContain('<title>A &lt; B &amp; “C”  and a title');
  });
});

describe('svgToPdf', () => {
  const info = { title: 'Figure', date: new Date('2026-01-02T03:04:05Z') };

  it.each(figures)('makes a page of the size of the figure, with its texts, of $name', async ({ draw, options }) => {
    const svg = draw();
    const bytes = await svgToPdf(svg, info);
    const { pages, info: found } = await readPdf(bytes);
    const [page, ...more] = pages;
    expect(more).toEqual([]);
    expect([page!.width, page!.height]).toEqual([480, 0.75 * Number(/height="(\d+)"/.exec(svg)![1])]);
    for (const text of stringsIn(options)) expect(page!.text).toContain(text);
    expect(found).toMatchObject({ Title: 'Figure', Creator: 'Letterpress', CreationDate: 'D:20260102030405Z' });
    expect(bytes.length).toBeLessThan(60_000);
    expect(Buffer.compare(bytes, await svgToPdf(svg, info))).toBe(0);
  });

  it('keeps characters of many scripts and marks, in either font', async () => {
    const text = 'a − b < c & “d”, Łódź, τ, Հայ';
    const { pages } = await readPdf(await svgToPdf(figures[0]!.draw({ title: text }), info));
    expect(pages[0]!.text.replaceAll(' ', '')).toContain(text.replaceAll(' ', ''));
  });

  it('refuses what is not a figure with a size', async () => {
    await expect(svgToPdf('<svg></svg>', info)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
