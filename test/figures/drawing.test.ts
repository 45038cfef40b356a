import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  highestToShow,
  niceScale,
  ratioScale,
  tickText,
  tightScale,
  wholeScale,
} from '../../src/figures/drawing/scales.js';
import { spreadLabels } from '../../src/figures/drawing/side-labels.js';
import { breakLines, shorten, textWidth } from '../../src/figures/drawing/text.js';
import { helveticaWidth } from '../support/svg.js';

/** Characters that Helvetica has. */
const western = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter((code) => code < 0x7f || (code > 0xa0 && code !== 0xad)),
    { maxLength: 40 },
  )
  .map((codes) => String.fromCodePoint(...codes));

describe('textWidth', () => {
  it('estimates a width that is never less than that in Helvetica, bold or not', () => {
    fc.assert(
      fc.property(western, fc.constantFrom(8, 11, 15), fc.boolean(), (text, fontSize, bold) => {
        expect(textWidth(text, fontSize, bold)).toBeGreaterThanOrEqual(helveticaWidth(text, fontSize, bold) - 1e-6);
      }),
    );
  });

  it('estimates at most 1.3 times the width in Helvetica of what figures say', () => {
    for (const text of ['Kneser–Ney, order 9', 'validation NLL (nats per text)', '557k, first 1,000 texts', '0.25'])
      expect(textWidth(text)).toBeLessThan(1.3 * helveticaWidth(text, 11));
  });
});

describe('shorten and breakLines', () => {
  it('shortens texts to the room there is, and leaves alone those that fit', () => {
    fc.assert(
      fc.property(western, fc.integer({ min: 20, max: 300 }), (text, room) => {
        const short = shorten(text, room);
        expect(textWidth(short)).toBeLessThanOrEqual(room);
        if (short !== text) {
          expect(textWidth(text)).toBeGreaterThan(room);
          expect(text.startsWith(short.slice(0, -1))).toBe(true);
          expect(short.endsWith('…')).toBe(true);
        }
      }),
    );
  });

  it('breaks texts between words, losing none that there is room for', () => {
    fc.assert(
      fc.property(western, fc.integer({ min: 60, max: 300 }), (text, room) => {
        const lines = breakLines(text, room, { maxLines: 3 });
        expect(lines.length).toBeLessThanOrEqual(3);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(room);
        if (!lines.some((line) => line.endsWith('…') && !text.includes('…'))) expect(lines.join(' ')).toBe(text);
      }),
    );
    expect(breakLines('one two three', textWidth('one two'))).toEqual(['one two', 'three']);
  });

  it('replaces control characters by spaces', () => {
    expect(shorten('a\u0007b', 100)).toBe('a b');
  });
});

describe('tickText', () => {
  it.each([
    [0, 1, '0.0'],
    [0.25, 2, '0.25'],
    [1000, 0, '1,000'],
    [-12500.5, 1, '\u221212,500.5'],
    [2e9, 0, '2e9'],
    [1.25e6, 0, '1.25e6'],
    [-1.5e-7, 8, '\u22121.5e\u22127'],
    [0, 9, '0'],
    [100, 0, '100'],
    [1e10, 0, '1e10'],
  ])('writes %d with %d decimals as %s', (tick, decimals, text) => {
    expect(tickText(tick, decimals)).toBe(text);
  });

  it('writes numbers that can be read back to within their decimals', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e5, max: 1e5, noNaN: true }), fc.nat(5), (tick, decimals) => {
        const back = Number(tickText(tick, decimals).replaceAll(',', '').replaceAll('\u2212', '-'));
        expect(Math.abs(back - tick)).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-9);
      }),
    );
  });
});

describe('highestToShow', () => {
  it('shows the largest value, unless it is far off', () => {
    expect(highestToShow([3, 1, 2])).toBe(3);
    expect(highestToShow([117, 80, 60, 50, 46, 45, 44, 44, 43, 43])).toBe(117);
    expect(highestToShow([5e4, 120, 100, 95, 90])).toBe(120);
    expect(highestToShow([100, 95, 90, 1e7])).toBe(100);
    expect(highestToShow([1, 1, 1, 1, 1])).toBe(1);
    expect(highestToShow([NaN, 2, Infinity])).toBe(2);
    expect(highestToShow([])).toBe(-Infinity);
  });

  it('judges by baselines what is far off, unless most is beyond them', () => {
    expect(highestToShow([100, 90, 300], [250, 130])).toBe(300);
    expect(highestToShow([100, 90, 500], [250, 130])).toBe(250);
    expect(highestToShow([1e4, 2e4, 4e4], [250, 130])).toBe(4e4);
    expect(highestToShow([], [250, 130])).toBe(250);
  });

  it('cuts every step of a growth without end but the first', () => {
    const values = Array.from({ length: 14 }, (_, i) => 90 + 10 ** i);
    const highest = highestToShow(values);
    expect(highest).toBeGreaterThanOrEqual(100);
    expect(values.filter((value) => value <= highest).length).toBeLessThan(10);
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
    expect(niceScale([0, 0.0013])).toMatchObject({ decimals: 4 }); // steps of 0.0002
  });

  it('holds all values between its bounds, with few ticks that their decimals distinguish', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((x) => Math.round(x * 1e4) / 1e4);
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 20 }), (values) => {
        const { low, high, ticks, decimals } = niceScale(values);
        const slack = 1e-9 * Math.max(1, Math.abs(low), Math.abs(high));
        expect(Math.min(...values)).toBeGreaterThanOrEqual(low - slack);
        expect(Math.max(...values)).toBeLessThanOrEqual(high + slack);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(ticks[0]! === low && ticks.at(-1)! === high).toBe(true);
        const written = ticks.map((tick) => tick.toFixed(decimals));
        expect(new Set(written).size).toBe(ticks.length);
        written.forEach((text, i) => expect(Math.abs(Number(text) - ticks[i]!)).toBeLessThan(1e-3 * (high - low)));
      }),
    );
  });
});

describe('ratioScale', () => {
  it('has a logarithmic scale end at the lowest and highest value, with ticks between them', () => {
    expect(ratioScale([20, 0.5, 3])).toMatchObject({ low: 0.5, high: 20, ticks: [0.5, 1, 2, 5, 10, 20] });
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
  it('puts bounds a little around the values, with round ticks between them', () => {
    const scale = tightScale([62.5, 112.5]);
    expect(scale).toEqual({ low: 60.5, high: 114.5, ticks: [70, 80, 90, 100, 110], decimals: 0 });
    expect(tightScale([0.1, 1]).low).toBeGreaterThan(0);
    expect(tightScale([0, 1]).low).toBe(0);
    expect(tightScale([-1, 1]).low).toBeLessThan(-1);
    expect(tightScale([])).toMatchObject({ low: 0 });
    expect(tightScale([1e-12]).ticks.length).toBeGreaterThanOrEqual(2);
  });
});

describe('wholeScale', () => {
  it('puts ticks at whole epochs only', () => {
    expect(wholeScale([])).toMatchObject({ low: 0, high: 1, ticks: [] });
    expect(wholeScale([4])).toMatchObject({ low: 3, high: 5, ticks: [4] });
    expect(wholeScale([0, 1, 2, 3])).toMatchObject({ low: 0, high: 3, ticks: [0, 1, 2, 3] });
    expect(wholeScale([0, 39]).ticks).toEqual([0, 5, 10, 15, 20, 25, 30, 35]);
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { minLength: 2 }), (epochs) => {
        const { low, high, ticks } = wholeScale(epochs);
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
