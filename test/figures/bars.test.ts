import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barsFigure, type BarsFigureOptions } from '../../src/figures/bars.js';
import { CURVE_COLOURS } from '../../src/figures/style.js';
import { ALPHABET, boxes, expectLegible, shared, textsOf } from '../support/svg.js';

const draw = (options: Partial<BarsFigureOptions>): string =>
  barsFigure({
    title: 'Bars',
    xTitle: 'character',
    yTitle: 'share',
    height: 320,
    categories: ['a', 'b', 'c'],
    series: [{ label: '87k', values: [1, 2, 3] }],
    ...options,
  });

describe('barsFigure', () => {
  it('draws bars from zero, as high as their values are large', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(1e-6, 1, 1e6),
        (whole, unit) => {
          fc.pre(whole.some((value) => value > 0));
          const values = whole.map((value) => value * unit);
          const bars = boxes(draw({ categories: values.map(String), series: [{ label: 'a', values }] }), 'series0');
          const perUnit = Math.max(...bars.map(({ height }) => height)) / Math.max(...whole);
          expect(bars.length).toBe(values.length);
          bars.forEach(({ top, height }, i) => {
            expect(height).toBeCloseTo(whole[i]! * perUnit, 0);
            expect(top + height).toBeCloseTo(bars[0]!.top + bars[0]!.height, 1);
          });
        },
      ),
      { numRuns: 12 },
    );
  });

  it('puts the bars of a category beside each other, in the order and colours of the series', () => {
    const series = ['87k', '557k'].map((label) => ({ label, values: [1, 2, 3] }));
    const svg = draw({ series });
    const [first, second] = [boxes(svg, 'series0'), boxes(svg, 'series1')];
    first.forEach((bar, category) => expect(second[category]!.left).toBeCloseTo(bar.left + bar.width, 1));
    expect(['series0', 'series1'].map((name) => shared(svg, name, 'fill'))).toEqual(CURVE_COLOURS.slice(0, 2));
    expect(second[2]!.left + second[2]!.width).toBeLessThanOrEqual(640);
    expect(first[1]!.left).toBeGreaterThan(second[0]!.left + second[0]!.width);
    expectLegible(svg);
  });

  it('leaves out bars without a value, and tells screen readers the values', () => {
    const svg = draw({ series: [{ label: '87k', values: [1, NaN] }] });
    expect(boxes(svg, 'series0').length).toBe(1);
    expect(svg).toContain('aria-label="a: 1"');
  });

  it('emphasises the highlighted category by opacity, a bold name and its number', () => {
    const values = ALPHABET.map((character) => (character === 'q' ? 0.93 : 0.0025));
    const svg = draw({ categories: ALPHABET, series: [{ label: '87k', values }], highlighted: 16 });
    const opacities = boxes(svg, 'series0').map(({ opacity }) => opacity);
    expect(opacities[16]).toBe(1);
    expect(opacities.every((opacity, i) => i === 16 || opacity < 0.7)).toBe(true);
    expect(textsOf(svg, 'x-emphasised')).toEqual(['q']);
    expect(textsOf(svg, 'numbers')).toEqual(['0.93']);
    expectLegible(svg);
  });

  it.each([
    ['characters', ALPHABET],
    ['40 characters and a word', [...Array.from({ length: 40 }, (_, i) => String.fromCodePoint(0x4e00 + i)), 'others']],
    ['words that must be slanted', Array.from({ length: 24 }, (_, i) => `order ${i}`)],
    ['names that must be cut', Array.from({ length: 9 }, () => 'an unreasonably long name '.repeat(6))],
  ])('keeps names of categories apart: %s', (_, categories) => {
    const values = categories.map((_, i) => 1 + i);
    const svg = draw({ categories, series: [{ label: 'a', values }] });
    expectLegible(svg);
    expectLegible(draw({ categories, series: [1, 2, 3, 4, 5].map((i) => ({ label: `run ${i}`, values })) }));
    if (!categories[0]!.includes('long')) expect(textsOf(svg, 'x-ticks')).toEqual(categories);
  });

  it('draws axes where there are no bars', () => {
    for (const values of [[], [NaN, NaN, NaN], [0, 0, 0]]) {
      const svg = draw({ series: [{ label: 'a', values }] });
      expectLegible(svg);
      expect(textsOf(svg)).toContain('1.0');
    }
    expectLegible(draw({ categories: [], series: [] }));
  });
});
