/** Slices of a report put onto pages. */

/** A part of a report that no page end may cut: a line, a row of a table, a figure. */
export interface Slice {
  /** Distance to what stands above it on the same page. */
  readonly gap: number;
  readonly height: number;
  /** On the same page as the next slice, as long as what belongs together fits on one page. */
  readonly keep: boolean;
  /** Drawn above the slice when a page begins with it, such as the header of a table. */
  readonly header?: Header;
  /** Draws the slice with its top at `y` of the current page. */
  readonly draw: (y: number) => void;
  /** The heading or figure that begins here, as a target of links. */
  readonly anchor?: string;
}

/** What is repeated at the top of pages. */
export interface Header {
  readonly height: number;
  readonly draw: (y: number) => void;
}

/** Something to draw at a place of a page. */
export interface Placed {
  readonly y: number;
  readonly draw: (y: number) => void;
  readonly anchor?: string;
}

/**
 * Puts slices onto pages from top to bottom. Slices that are kept together go to the next page together, unless they
 * would not fit on one page; then each goes where there is room.
 *
 * @param top of the first slice on a page
 * @param bottom of the last; a slice that is higher than a page stands alone on one, and goes beyond it
 */
export function paginate(slices: readonly Slice[], top: number, bottom: number): Placed[][] {
  const pages: Placed[][] = [[]];
  let y = top;
  const isEmpty = (): boolean => pages.at(-1)!.length === 0;
  const roomFor = (group: readonly Slice[]): boolean => y + heightOf(group, isEmpty()) <= bottom + TOLERANCE;
  const breakPage = (slice: Slice): void => {
    pages.push([]);
    y = top;
    if (slice.header === undefined) return;
    pages.at(-1)!.push({ y, draw: slice.header.draw });
    y += slice.header.height;
  };
  const put = (slice: Slice, isFirst: boolean): void => {
    if (!isFirst) y += slice.gap;
    const { draw, anchor } = slice;
    pages.at(-1)!.push({ y, draw, ...(anchor === undefined ? {} : { anchor }) });
    y += slice.height;
  };
  for (const group of groups(slices)) {
    let isFirst = isEmpty();
    if (!roomFor(group) && !isFirst) {
      const fitsOnPage = top + (group[0]!.header?.height ?? 0) + heightOf(group, true) <= bottom + TOLERANCE;
      if (fitsOnPage) {
        breakPage(group[0]!);
        isFirst = true;
      }
    }
    for (const slice of group) {
      if (!roomFor([slice]) && !isFirst) {
        breakPage(slice);
        isFirst = true;
      }
      put(slice, isFirst);
      isFirst = false;
    }
  }
  return pages;
}

const TOLERANCE = 0.01; // points: heights are sums of decimal fractions

/** Slices as groups: each reaches to the first slice that need not be kept with the next. */
function groups(slices: readonly Slice[]): Slice[][] {
  const result: Slice[][] = [];
  let open = false;
  for (const slice of slices) {
    if (open) result.at(-1)!.push(slice);
    else result.push([slice]);
    open = slice.keep;
  }
  return result;
}

function heightOf(group: readonly Slice[], isAtTop: boolean): number {
  return group.reduce(
    (height, slice, index) => height + (index === 0 && isAtTop ? 0 : slice.gap) + slice.height,
    0,
  );
}
