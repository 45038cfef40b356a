import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paginate, type Slice } from '../../../src/render/pdf/paginate.js';

const [TOP, BOTTOM] = [10, 110];

interface Shape {
  readonly gap?: number;
  readonly height: number;
  readonly keep?: boolean;
  readonly header?: number | undefined;
  readonly flow?: Slice['flow'] | undefined;
  readonly inside?: boolean;
  /** The least height that it can be made smaller to. */
  readonly least?: number;
}

/** What stands on each page, and at which height: the index of a slice, or -1 minus it for its repeated header. */
function pagesOf(shapes: readonly Shape[]): (readonly [drawn: number, y: number])[][] {
  let drawn = NaN;
  const slices = shapes.map(({ gap = 0, height, keep = false, header, flow, inside = false, least }, index): Slice => ({
    gap,
    height,
    keep,
    inside,
    draw: () => (drawn = index),
    ...(least !== undefined && {
      shrink: (room) => (room < least ? undefined : { gap, height: room, keep, draw: () => (drawn = index) }),
    }),
    ...(header !== undefined && { header: { gap: 5, height: header, draw: () => (drawn = -index - 1) } }),
    ...(flow !== undefined && { flow }),
  }));
  return paginate(slices, TOP, BOTTOM).map((page) =>
    page.map(({ y, draw }) => {
      draw(y);
      return [drawn, y];
    }),
  );
}

const numbers = (shapes: readonly Shape[]): number[][] => pagesOf(shapes).map((page) => page.map(([drawn]) => drawn));
const figure: Shape = { height: 60, flow: 'float' };

describe('paginate', () => {
  it('fills a page to its end, and leaves out the gap at its top', () => {
    const half = { gap: 20, height: 40 };
    expect(pagesOf([half, half, half]).map(String)).toEqual(['0,10,1,70', '2,10']);
  });

  it.each<[string, Shape[], number[][]]>([
    [
      'takes a kept slice to the page of the next',
      [{ height: 60 }, { height: 20, keep: true }, { height: 30 }],
      [[0], [1, 2]],
    ],
    [
      'continues on the page when what belongs together is higher than a page',
      [{ height: 60 }, { height: 30, keep: true }, { height: 90 }],
      [[0, 1], [2]],
    ],
    [
      'puts a slice that is higher than a page on one of its own',
      [{ height: 10 }, { height: 150 }, { height: 10 }],
      [[0], [1], [2]],
    ],
    [
      'lets a figure wait for the next page while text fills this one',
      [{ height: 70 }, figure, { height: 20 }, { height: 20 }],
      [
        [0, 2],
        [1, 3],
      ],
    ],
    ['lets no figure wait where it fits, nor at the end', [{ height: 20 }, figure, figure], [[0, 1], [2]]],
    [
      'lets figures wait in their order',
      [{ height: 70 }, figure, { height: 20 }, { ...figure, height: 50 }, { height: 10 }, { height: 30 }],
      [[0, 2, 4], [1, 5], [3]],
    ],
    [
      'makes a figure smaller rather than let it wait',
      [{ height: 70 }, { ...figure, least: 25 }, { height: 20 }],
      [[0, 1], [2]],
    ],
    [
      'puts a figure that has waited after the block that the end of the page has cut',
      [{ height: 70 }, { ...figure, height: 40 }, { height: 20 }, { height: 20, inside: true }, { height: 20 }],
      [
        [0, 2],
        [3, 1, 4],
      ],
    ],
    [
      'lets no figure wait into the next chapter',
      [{ height: 70 }, figure, { height: 10, flow: 'barrier' }],
      [[0], [1, 2]],
    ],
  ])('%s', (_name, shapes, expected) => {
    expect(numbers(shapes)).toEqual(expected);
  });

  it('repeats a header where a page begins within a table, and nowhere else', () => {
    const row = { height: 40, header: 15 };
    expect(pagesOf([{ height: 15, keep: true }, row, row, row]).map(String)).toEqual(['0,10,1,25,2,65', '-4,10,3,25']);
  });

  it('puts a repeated header below a figure that has waited', () => {
    const row = { height: 30, header: 10 };
    const shapes = [{ height: 70 }, { ...figure, height: 50 }, { height: 20 }, row];
    expect(pagesOf(shapes).map(String)).toEqual(['0,10,2,80', '1,10,-4,65,3,75']);
  });

  it('loses nothing, cuts nothing, changes the order only for what waits, and leaves no page empty', () => {
    const shape: fc.Arbitrary<Omit<Required<Shape>, 'least'>> = fc.record({
      inside: fc.boolean(),
      gap: fc.integer({ min: 0, max: 30 }),
      height: fc.integer({ min: 0, max: 120 }),
      keep: fc.boolean(),
      flow: fc.constantFrom(undefined, undefined, 'float' as const, 'barrier' as const),
      header: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(shape, { minLength: 1, maxLength: 40 }), (shapes) => {
        const pages = pagesOf(shapes);
        const placed = pages.flatMap((page) => page.flatMap(([drawn]) => (drawn < 0 ? [] : [drawn])));
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
          const first = page.find(([drawn]) => drawn >= 0)![0];
          let end = TOP;
          for (const [drawn, y] of page) {
            expect(y).toBeGreaterThanOrEqual(end);
            end = y + (drawn < 0 ? shapes[-drawn - 1]!.header! : shapes[drawn]!.height);
          }
          // Only what does not fit on any page goes beyond the end.
          const tooHigh = shapes[first]!.height + (shapes[first]!.header ?? 0) > BOTTOM - TOP;
          if (!tooHigh) expect(end).toBeLessThanOrEqual(BOTTOM);
        }
      }),
    );
  });
});
