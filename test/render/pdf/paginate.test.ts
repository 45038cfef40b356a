import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paginate, type Slice } from '../../../src/render/pdf/paginate.js';

const [TOP, BOTTOM] = [10, 110];

interface Shape {
  readonly gap?: number;
  readonly height: number;
  readonly keep?: boolean;
  readonly header?: number;
  readonly flow?: Slice['flow'];
}

/** Slices that write down their number when they are drawn; a header writes down the number with a minus. */
function recorded(shapes: readonly Shape[]): { slices: Slice[]; drawn: number[] } {
  const drawn: number[] = [];
  const slices = shapes.map(({ gap = 0, height, keep = false, header, flow }, index): Slice => ({
    gap,
    height,
    keep,
    draw: () => void drawn.push(index),
    ...(header === undefined ? {} : { header: { gap: 5, height: header, draw: () => void drawn.push(-index - 1) } }),
    ...(flow === undefined ? {} : { flow }),
  }));
  return { slices, drawn };
}

function pagesOf(shapes: readonly Shape[]): { number: number; y: number }[][] {
  const { slices, drawn } = recorded(shapes);
  return paginate(slices, TOP, BOTTOM).map((page) =>
    page.map(({ y, draw }) => {
      draw(y);
      return { number: drawn.at(-1)!, y };
    }),
  );
}
const numbers = (shapes: readonly Shape[]): number[][] =>
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

  it('lets a figure wait for the next page while text fills this one', () => {
    const figure = { height: 60, flow: 'float' } as const;
    expect(numbers([{ height: 70 }, figure, { height: 20 }, { height: 20 }])).toEqual([
      [0, 2],
      [1, 3],
    ]);
    // It does not wait where it fits, nor on a page of its own.
    expect(numbers([{ height: 20 }, figure, figure])).toEqual([[0, 1], [2]]);
  });

  it('lets no figure wait for another, nor into the next chapter', () => {
    const figure = { height: 60, flow: 'float' } as const;
    expect(numbers([{ height: 70 }, figure, { height: 20 }, { ...figure, height: 50 }, { height: 10 }])).toEqual([
      [0, 2],
      [1, 4],
      [3],
    ]);
    expect(numbers([{ height: 70 }, figure, { height: 10, flow: 'barrier' }])).toEqual([[0], [1, 2]]);
    expect(numbers([{ height: 70 }, figure])).toEqual([[0], [1]]);
  });

  it('puts a repeated header below a figure that has waited', () => {
    const row = { height: 30, header: 10 };
    const figure = { height: 50, flow: 'float' } as const;
    expect(pagesOf([{ height: 70 }, figure, { height: 20 }, row])).toEqual([
      [
        { number: 0, y: 10 },
        { number: 2, y: 80 },
      ],
      [
        { number: 1, y: 10 },
        { number: -4, y: 65 },
        { number: 3, y: 75 },
      ],
    ]);
  });

  it('loses nothing, cuts nothing, changes the order only for what waits, and leaves no page empty', () => {
    const shape = fc.record({
      gap: fc.integer({ min: 0, max: 30 }),
      height: fc.integer({ min: 0, max: 120 }),
      keep: fc.boolean(),
      flow: fc.constantFrom(undefined, undefined, 'float' as const, 'barrier' as const),
      header: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 40 }), (shapes) => {
        const pages = pagesOf(
          shapes.map(({ header, flow, ...rest }) => ({
            ...rest,
            ...(header === undefined ? {} : { header }),
            ...(flow === undefined ? {} : { flow }),
          })),
        );
        const placed = pages
          .flat()
          .map(({ number }) => number)
          .filter((number) => number >= 0);
        expect([...placed].sort((a, b) => a - b)).toEqual(shapes.map((_, index) => index));
        // A group that may wait begins with its first slice, and goes on as long as slices are kept.
        let waits = false;
        const mayWait = shapes.map(({ flow }, index) => {
          if (index === 0 || !shapes[index - 1]!.keep) waits = flow === 'float';
          return waits;
        });
        for (const each of [true, false]) {
          const some = placed.filter((number) => mayWait[number] === each);
          expect(some).toEqual([...some].sort((a, b) => a - b));
        }
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
