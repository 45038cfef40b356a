import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsFigure } from '../../src/figures/index.js';
import type { BarsFigureOptions } from '../../src/figures/index.js';
import { CURVE_COLOURS } from '../../src/figures/style.js';
import { boxes, drawnTexts, expectLegible, shared, textsOf } from '../support/svg.js';

const alphabet = [...Array.from('abcdefghijklmnopqrstuvwxyz '), 'cls', 'pad'];

function draw(options: Partial<BarsFigureOptions>): string {
  return barsFigure({
    title: 'Bars',
    xTitle: 'character',
    yTitle: 'share',
    categories: ['a', 'b', 'c'],
    series: [{ label: '87k', values: [1, 2, 3] }],
    ...options,
  });
}

describe('barsFigure', () => {
  it('draws bars from zero, as high as their values are large, below it for those below zero', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(1e-6, 1, 1e6),
        (whole, unit) => {
          fc.pre(whole.some((value) => value !== 0));
          const values = whole.map((value) => value * unit);
          const categories = values.map((_, i) => String(i));
          const bars = boxes(draw({ categories, series: [{ label: 'a', values }] }), 'series0');
          expect(bars.length).toBe(values.length);
          const largest = whole.reduce((most, v, i) => (Math.abs(v) > Math.abs(whole[most]!) ? i : most), 0);
          const perUnit = bars[largest]!.height / Math.abs(whole[largest]!);
          // All of them have one end in common, the line of zero.
          const zero = whole[largest]! > 0 ? bars[largest]!.top + bars[largest]!.height : bars[largest]!.top;
          bars.forEach((bar, i) => {
            expect(bar.height).toBeCloseTo(Math.abs(whole[i]!) * perUnit, 0);
            expect(whole[i]! < 0 ? bar.top : bar.top + bar.height).toBeCloseTo(zero, 1);
          });
        },
      ),
      { numRuns: 12 },
    );
  });

  it('puts the bars of a category beside each other, in the order and colours of the series', () => {
    const series = [
      { label: '87k', values: [1, 2, 3] },
      { label: '557k', values: [3, 2, 1] },
    ];
    const svg = draw({ series });
    const [first, second] = [boxes(svg, 'series0'), boxes(svg, 'series1')];
    first.forEach((bar, category) => {
      expect(second[category]!.left).toBeCloseTo(bar.left + bar.width, 1);
    });
    expect(['series0', 'series1'].map((name) => shared(svg, name, 'fill'))).toEqual(CURVE_COLOURS.slice(0, 2));
    expect(second[2]!.left + second[2]!.width).toBeLessThanOrEqual(640);
    expect(first[1]!.left).toBeGreaterThan(second[0]!.left + second[0]!.width);
    expectLegible(svg);
  });

  it('leaves out bars without a value, and says the values to who cannot see them', () => {
    const svg = draw({ series: [{ label: '87k', values: [1, NaN] }] });
    expect(boxes(svg, 'series0').length).toBe(1);
    expect(svg).toContain('aria-label="a: 1"');
  });

  it('emphasises the highlighted category by opacity, a bold name and its number', () => {
    const values = alphabet.map((character) => (character === 'q' ? 0.93 : 0.0025));
    const svg = draw({ categories: alphabet, series: [{ label: '87k', values }], highlighted: 16 });
    const opacities = boxes(svg, 'series0').map(({ opacity }) => opacity);
    expect(opacities[16]).toBe(1);
    expect(opacities.every((opacity, i) => i === 16 || opacity < 0.7)).toBe(true);
    expect(drawnTexts(svg, 'x-emphasised')).toMatchObject([{ text: 'q' }]);
    expect(drawnTexts(svg, 'numbers')).toMatchObject([{ text: '0.93' }]);
    expectLegible(svg);
  });

  it('has all characters of the alphabet legible, spaces visible', () => {
    const svg = draw({
      categories: alphabet,
      series: [{ label: '87k', values: alphabet.map(() => 1) }],
    });
    const names = drawnTexts(svg, 'x-ticks');
    expect(names.map(({ text }) => text)).toEqual(alphabet.map((character) => (character === ' ' ? '_' : character)));
    expectLegible(svg);
  });

  it('slants long names, and cuts none of them at the edge of the picture', () => {
    const categories = Array.from({ length: 14 }, (_, i) => `Kneser–Ney of order ${i}`);
    const svg = draw({ categories, series: [{ label: 'a', values: categories.map((_, i) => i) }] });
    expect(textsOf(svg, 'x-ticks')).toEqual(categories);
  });

  it.each([
    ['in lines', ['known words', 'copied texts', 'distinct pairs of words', 'longest copied span', 'mean length']],
    ['slanted', Array.from({ length: 14 }, (_, i) => `Kneser–Ney of order ${i}`)],
    ['cut', Array.from({ length: 9 }, () => 'an unreasonably long name '.repeat(6))],
  ])('keeps long names of categories apart, %s', (_, categories) => {
    const values = categories.map((_, i) => 1 + i);
    expectLegible(draw({ categories, series: [{ label: 'a', values }] }));
    expectLegible(draw({ categories, series: [1, 2, 3, 4, 5].map((i) => ({ label: `run ${i}`, values })) }));
  });

  it('draws axes where there is nothing else', () => {
    for (const values of [[], [NaN, NaN, NaN], [0, 0, 0]]) {
      const svg = draw({ series: [{ label: 'a', values }] });
      expectLegible(svg);
      expect(textsOf(svg)).toContain('1.0');
    }
    expectLegible(draw({ categories: [], series: [] }));
  });
});
