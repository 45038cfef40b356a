import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tickText, withRoom } from '../../src/figures/drawing/axes.js';
import { cutLine, highestToShow } from '../../src/figures/drawing/cut.js';
import { breakLines, escapeXml, shorten, textWidth } from '../../src/figures/drawing/text.js';
import { helveticaWidth } from '../support/svg.js';

/** Characters that Helvetica has. */
const western = fc
  .array(
    fc.integer({ min: 0x20, max: 0xff }).filter((code) => code < 0x7f || (code > 0xa0 && code !== 0xad)),
    { maxLength: 40 },
  )
  .map((codes) => String.fromCodePoint(...codes));

describe('textWidth', () => {
  it('is never less than what Helvetica takes, be it bold', () => {
    fc.assert(
      fc.property(western, fc.constantFrom(8, 11, 15), fc.boolean(), (text, fontSize, bold) => {
        expect(textWidth(text, fontSize, bold)).toBeGreaterThanOrEqual(helveticaWidth(text, fontSize, bold) - 1e-6);
      }),
    );
  });

  it('is not far more for what figures say', () => {
    for (const text of ['Kneser–Ney, order 9', 'validation NLL (nats per text)', '557k, first 1,000 texts', '0.25'])
      expect(textWidth(text)).toBeLessThan(1.3 * helveticaWidth(text, 11));
  });
});

describe('shorten and breakLines', () => {
  it('cut to the room there is, and nothing where all fits', () => {
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

  it('break between words, losing none that there is room for', () => {
    fc.assert(
      fc.property(western, fc.integer({ min: 60, max: 300 }), (text, room) => {
        const lines = breakLines(text, room, { most: 3 });
        expect(lines.length).toBeLessThanOrEqual(3);
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(room);
        if (!lines.some((line) => line.endsWith('…') && !text.includes('…'))) expect(lines.join(' ')).toBe(text);
      }),
    );
    expect(breakLines('one two three', textWidth('one two'))).toEqual(['one two', 'three']);
  });

  it('leave no control characters and no marks of XML', () => {
    expect(shorten('a\u0007b', 100)).toBe('a b');
    expect(escapeXml('a < b & \u0000')).toBe('a &lt; b &amp;  ');
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

  it('can be read back to within its decimals', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e5, max: 1e5, noNaN: true }), fc.nat(5), (tick, decimals) => {
        const back = Number(tickText(tick, decimals).replaceAll(',', '').replaceAll('\u2212', '-'));
        expect(Math.abs(back - tick)).toBeLessThanOrEqual(0.5 * 10 ** -decimals + 1e-9);
      }),
    );
  });
});

describe('withRoom', () => {
  it('leaves out ticks that would touch the one before', () => {
    const ticks = [0, 10, 100, 105, 200].map((at) => ({ at, text: '0.05' }));
    expect(withRoom(ticks).map(({ at }) => at)).toEqual([0, 100, 200]);
  });
});

describe('highestToShow', () => {
  it('is the largest value, unless it is far off', () => {
    expect(highestToShow([3, 1, 2])).toBe(3);
    expect(highestToShow([117, 80, 60, 50, 46, 45, 44, 44, 43, 43])).toBe(117);
    expect(highestToShow([5e4, 120, 100, 95, 90])).toBe(120);
    expect(highestToShow([100, 95, 90, 1e7])).toBe(100);
    expect(highestToShow([1, 1, 1, 1, 1])).toBe(1);
    expect(highestToShow([NaN, 2, Infinity])).toBe(2);
    expect(highestToShow([])).toBe(-Infinity);
  });

  it('is judged by baselines where there are any, unless most is beyond them', () => {
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

describe('cutLine', () => {
  const spot = fc.option(fc.record({ x: fc.integer({ min: 0, max: 50 }), y: fc.integer({ min: -100, max: 200 }) }), {
    nil: null,
  });

  it('keeps what lies within, in its order, and ends at the bounds', () => {
    fc.assert(
      fc.property(fc.array(spot, { maxLength: 20 }), (spots) => {
        const cut = cutLine(spots, 0, 100);
        const within = (each: { y: number } | null) => each !== null && each.y >= 0 && each.y <= 100;
        expect(cut.every((each) => each === null || within(each))).toBe(true);
        const kept = cut.filter((each) => each !== null && spots.includes(each));
        expect(kept).toEqual(spots.filter(within));
        // What is new lies on a bound.
        const made = cut.filter((each) => each !== null && !spots.includes(each));
        expect(made.every((each) => each!.y === 0 || each!.y === 100)).toBe(true);
        if (spots.every((each) => each === null || within(each))) expect(cut).toEqual(spots);
      }),
    );
  });

  it('cuts a line that crosses both bounds at both', () => {
    const cut = cutLine(
      [
        { x: 0, y: -50 },
        { x: 40, y: 150 },
      ],
      0,
      100,
    );
    expect(cut).toEqual([null, { x: 10, y: 0 }, { x: 30, y: 100 }, null]);
  });
});
