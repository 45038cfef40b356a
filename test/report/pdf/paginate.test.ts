import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paginate, type Slice } from '../../../src/report/pdf/paginate.js';

const [TOP, BOTTOM] = [10, 110];

/** Slices that write down their number when they are drawn; a header writes down the number with a minus. */
function recorded(shapes: readonly { gap?: number; height: number; keep?: boolean; header?: number }[]): {
  slices: Slice[];
  drawn: number[];
} {
  const drawn: number[] = [];
  const slices = shapes.map(({ gap = 0, height, keep = false, header }, index): Slice => ({
    gap,
    height,
    keep,
    draw: () => void drawn.push(index),
    ...(header === undefined ? {} : { header: { height: header, draw: () => void drawn.push(-index - 1) } }),
  }));
  return { slices, drawn };
}

function pagesOf(shapes: Parameters<typeof recorded>[0]): { number: number; y: number }[][] {
  const { slices, drawn } = recorded(shapes);
  return paginate(slices, TOP, BOTTOM).map((page) =>
    page.map(({ y, draw }) => {
      draw(y);
      return { number: drawn.at(-1)!, y };
    }),
  );
}
const numbers = (shapes: Parameters<typeof recorded>[0]): number[][] =>
  pagesOf(shapes).map((page) => page.map(({ number }) => number));

describe('paginate', () => {
  it('fills a page to its end, and leaves out gaps at its top', () => {
    const half = { gap: 20, height: 40 };
    expect(pagesOf([half, half, half])).toEqual([
      [
        { number: 0, y: 10 },
        { number: 1, y: 70 },
      ],
      [{ number: 2, y: 10 }],
    ]);
  });

  it('takes a kept slice to the page of the next', () => {
    expect(numbers([{ height: 60 }, { height: 20, keep: true }, { height: 30 }])).toEqual([[0], [1, 2]]);
  });

  it('goes on where it is when what belongs together is higher than a page', () => {
    expect(numbers([{ height: 60 }, { height: 30, keep: true }, { height: 90 }])).toEqual([[0, 1], [2]]);
  });

  it('puts a slice that is higher than a page on one of its own', () => {
    expect(numbers([{ height: 10 }, { height: 150 }, { height: 10 }])).toEqual([[0], [1], [2]]);
  });

  it('repeats a header where a page begins within a table, and nowhere else', () => {
    const row = { height: 40, header: 15 };
    expect(pagesOf([{ height: 15, keep: true }, row, row, row])).toEqual([
      [
        { number: 0, y: 10 },
        { number: 1, y: 25 },
        { number: 2, y: 65 },
      ],
      [
        { number: -4, y: 10 },
        { number: 3, y: 25 },
      ],
    ]);
  });

  it('loses nothing, cuts nothing, and leaves no page empty', () => {
    const shape = fc.record({
      gap: fc.integer({ min: 0, max: 30 }),
      height: fc.integer({ min: 0, max: 120 }),
      keep: fc.boolean(),
      header: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 40 }), (shapes) => {
        const pages = pagesOf(
          shapes.map(({ header, ...rest }) => (header === undefined ? rest : { ...rest, header })),
        );
        const placed = pages.flat().filter(({ number }) => number >= 0);
        expect(placed.map(({ number }) => number)).toEqual(shapes.map((_, index) => index));
        for (const page of pages) {
          expect(page.some(({ number }) => number >= 0)).toBe(true);
          let end = TOP;
          for (const { number, y } of page) {
            expect(y).toBeGreaterThanOrEqual(end);
            end = y + (number < 0 ? shapes[-number - 1]!.header! : shapes[number]!.height);
          }
          // Only what does not fit on any page goes beyond the end.
          const [first] = page.filter(({ number }) => number >= 0);
          const tooHigh = shapes[first!.number]!.height + (shapes[first!.number]!.header ?? 0) > BOTTOM - TOP;
          if (!tooHigh) expect(end).toBeLessThanOrEqual(BOTTOM);
        }
      }),
    );
  });
});
