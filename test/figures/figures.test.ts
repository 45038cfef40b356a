import { describe, expect, it } from 'vitest';
import {
  attentionFigure,
  barsFigure,
  curvesFigure,
  dotPlotFigure,
  heatMapFigure,
  histogramFigure,
  mapFigure,
  panelsFigure,
  scatterFigure,
} from '../../src/figures/index.js';
import { COLD, CURVE_COLOURS, FIXED_COLOURS, HEAT, ON_DATA } from '../../src/figures/style.js';
import { svgToPdf } from '../../src/figures/figure-pdf.js';
import { coloursOf, expectLegible, expectWellFormed } from '../support/svg.js';

const date = new Date('2026-01-02T03:04:05Z');

interface Heading {
  readonly title?: string;
  readonly subtitle?: string;
}

/** One of each, with what must be readable in it. */
const figures: Record<string, { draw: (heading?: Heading) => string; texts: readonly string[] }> = {
  curves: {
    draw: (heading) =>
      curvesFigure({
        title: 'NLL',
        yTitle: 'nats per text',
        series: [{ label: 'validation', epochs: [0, 1, 2], values: [9, 7, 6], low: [8, 6, 5], high: [10, 8, 7] }],
        references: [{ label: 'bigram', value: 11 }],
        ...heading,
      }),
    texts: ['NLL', 'nats per text', 'validation', 'bigram', 'epoch'],
  },
  bars: {
    draw: (heading) =>
      barsFigure({
        title: 'After q',
        xTitle: 'next character',
        yTitle: 'probability',
        categories: ['t', 'u'],
        series: [
          { label: '87k', values: [0.2, 0.8] },
          { label: '557k', values: [0.1, 0.9] },
        ],
        ...heading,
      }),
    texts: ['After q', 'next character', 'probability', 't', 'u', '87k', '557k'],
  },
  heatMap: {
    draw: (heading) =>
      heatMapFigure({
        title: 'Similar characters',
        rows: ['a', 'b'],
        columns: ['c', 'd'],
        values: [
          [1, -0.5],
          [NaN, 0],
        ],
        xTitle: 'other',
        yTitle: 'one',
        legendTitle: 'cosine',
        diverging: true,
        ...heading,
      }),
    texts: ['Similar characters', 'a', 'b', 'c', 'd'],
  },
  attention: {
    draw: (heading) =>
      attentionFigure({
        title: 'Attention',
        characters: ['cls', 'a'],
        heads: [
          { label: 'head 1', weights: [[1], [0.25, 0.75]] },
          { label: 'head 2', weights: [[1], [0.5, 0.5]] },
        ],
        ...heading,
      }),
    texts: ['Attention', 'head 1', 'head 2', 'cls', 'a'],
  },
  map: {
    draw: (heading) =>
      mapFigure({
        title: 'Characters',
        points: [
          { label: 'a', x: 0, y: 1, group: 'vowels' },
          { label: 'b', x: 1, y: 0, group: 'consonants' },
        ],
        xTitle: 'first',
        yTitle: 'second',
        ...heading,
      }),
    texts: ['Characters', 'a', 'b', 'vowels', 'consonants', 'first', 'second'],
  },
  dotPlot: {
    draw: (heading) =>
      dotPlotFigure({
        title: 'Test NLL',
        xTitle: 'nats per text',
        rows: [
          { label: '557k', value: 90, low: 89, high: 91, kind: 'model' },
          { label: 'bigram', value: 120, kind: 'baseline' },
          { label: 'test texts', value: 95, kind: 'texts' },
          { label: 'exact', value: 80, kind: 'exact' },
        ],
        ...heading,
      }),
    texts: ['Test NLL', 'nats per text', '557k', 'bigram', 'test texts', 'exact'],
  },
  panels: {
    draw: (heading) =>
      panelsFigure({
        title: 'Temperature',
        xTitle: 'temperature',
        x: [0.1, 1],
        xLog: true,
        panels: [
          { yTitle: 'entropy', series: [{ label: '557k', values: [0.1, 1.2] }] },
          {
            yTitle: 'known words',
            series: [{ label: '557k', values: [1, 0.7] }],
            references: [{ label: 'texts', value: 0.9 }],
          },
        ],
        ...heading,
      }),
    texts: ['Temperature', 'temperature (log scale)', 'entropy', 'known words', '0.1', '1'],
  },
  histogram: {
    draw: (heading) =>
      histogramFigure({
        title: 'Lengths',
        xTitle: 'characters',
        yTitle: 'share of texts',
        binWidth: 10,
        series: [
          { label: 'train', counts: [1, 2, 1] },
          { label: 'test', counts: [0, 1] },
        ],
        ...heading,
      }),
    texts: ['Lengths', 'characters', 'share of texts', 'train', 'test'],
  },
  scatter: {
    draw: (heading) =>
      scatterFigure({
        title: 'NLL and top-1',
        xTitle: 'NLL (nats per text)',
        yTitle: 'top-1',
        series: [{ label: '557k', x: [100, 90], y: [0.7, 0.8] }],
        ...heading,
      }),
    texts: ['NLL and top-1', 'NLL (nats per text)', 'top-1'],
  },
};

describe.each(Object.entries(figures))('%s', (_name, { draw, texts }) => {
  it('has its texts, and gives the same bytes each time', () => {
    const svg = draw();
    for (const text of texts) expect(svg).toContain(`>${text}<`);
    expect(svg).toMatch(/^<svg [^>]*\bwidth="640" height="\d+"/);
    expectWellFormed(svg);
    expect(draw()).toBe(svg);
  });

  it('has no other colours than those of the palette, so that it can be shown light on dark', () => {
    const palette = [...Object.values(FIXED_COLOURS), ...CURVE_COLOURS, HEAT, COLD, ON_DATA, 'none'];
    expect(palette).toEqual(expect.arrayContaining([...coloursOf(draw())]));
  });

  it('says what titles say, be they long or full of marks', () => {
    const svg = draw({
      title: `A < B & “C”\u0007 ${'and a title that goes on and on '.repeat(8)}`,
      subtitle: 'a subtitle that goes on and on '.repeat(20),
    });
    expectWellFormed(svg);
    expectLegible(svg, ['characters']);
    expect(svg).toContain('<title>A &lt; B &amp; “C”  and a title');
  });

  it('can be drawn as PDF', async () => {
    const pdf = Buffer.from(await svgToPdf(draw(), { date }));
    expect(pdf.toString('latin1')).toMatch(/^%PDF-1[^]*\/Type \/Page\b/);
  });
});

describe('svgToPdf', () => {
  it('makes one page of the same size, the same bytes each time', async () => {
    const svg = figures['curves']!.draw();
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
    const svg = figures['curves']!.draw().replaceAll('validation', 'Łódź Σ \u22125 ﬁ');
    const pdf = Buffer.from(await svgToPdf(svg, { date }));
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it('refuses what is not a figure with a size', async () => {
    await expect(svgToPdf('<svg></svg>', { date })).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
