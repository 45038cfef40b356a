/** Slices of a report put onto pages. */

/** A part of a report that no page end may cut: a line, a row of a table, a figure. */
export interface Slice {
  /** Distance to what stands above it on the same page. */
  readonly gap: number;
  readonly height: number;
  /** Distance to what stands below it, beside the gap of that. */
  readonly after?: number;
  /** On the same page as the next slice, as long as what belongs together fits on one page. */
  readonly keep?: boolean;
  /** Drawn above the slice when a page begins with it, such as the header of a table. */
  readonly header?: { readonly gap: number; readonly height: number; readonly draw: (y: number) => void };
  /** Draws the slice with its top at `y` of the current page. */
  readonly draw: (y: number) => void;
  /** The heading or figure that begins here, as a target of links. */
  readonly anchor?: string;
  /**
   * `float`: where it does not fit, with what it is kept with, it may wait for the next page while what follows fills
   * this one. `barrier`: nothing may wait any longer.
   */
  readonly flow?: 'float' | 'barrier';
}

/** Something to draw at a place of a page. */
export type Placed = { readonly y: number } & Pick<Slice, 'draw' | 'anchor'>;

/** Slices that are kept together. */
type Group = readonly [Slice, ...Slice[]];

const TOLERANCE = 0.01; // points: heights are sums of fractions

/**
 * Puts slices onto pages from top to bottom. Slices that are kept together go to the next page together, unless they
 * would not fit on one page; then each goes where there is room. One group at a time may wait for the next page.
 *
 * @param top of the first slice on a page
 * @param bottom of the last; a slice that is higher than a page stands alone on one, and extends beyond it
 */
export function paginate(slices: readonly Slice[], top: number, bottom: number): Placed[][] {
  const pages: Placed[][] = [[]];
  let y = top;
  let isFresh = true; // nothing stands on the page, but for a repeated header
  let waiting: Group | undefined;

  const isEmpty = (): boolean => isFresh;
  const fits = (from: number, group: Group, isFirst: boolean): boolean =>
    from + heightOf(group) - (isFirst ? group[0].gap : 0) <= bottom + TOLERANCE;
  const hasRoom = (group: Group): boolean => fits(y, group, isFresh);
  const fitsOnPage = (group: Group): boolean => fits(top + (group[0].header?.height ?? 0), group, true);

  const placeWaiting = (): void => {
    const group = waiting;
    waiting = undefined;
    if (group !== undefined) place(group);
  };
  /** Begins pages until there is room for the group: what has waited comes first. */
  const breakPage = (group: Group): void => {
    if (isEmpty()) return; // a new page would not have more room
    const { header = { gap: 0, height: 0, draw: undefined } } = group[0];
    do {
      pages.push([]);
      [y, isFresh] = [top, true];
      placeWaiting();
    } while (!isEmpty() && !fits(y + header.gap + header.height, group, false));
    if (header.draw === undefined) return;
    if (!isEmpty()) y += header.gap;
    pages.at(-1)!.push({ y, draw: header.draw });
    y += header.height;
  };
  const place = (group: Group): void => {
    if (!hasRoom(group) && fitsOnPage(group)) breakPage(group);
    for (const slice of group) {
      if (!hasRoom([slice])) breakPage([slice]);
      if (!isFresh) y += slice.gap;
      pages.at(-1)!.push({ ...slice, y });
      y += slice.height + (slice.after ?? 0);
      isFresh = false;
    }
  };

  for (const group of groupsOf(slices)) {
    const mayWait = group[0].flow === 'float' && fitsOnPage(group);
    if (mayWait || group[0].flow === 'barrier') placeWaiting();
    if (mayWait && !hasRoom(group)) waiting = group;
    else place(group);
  }
  placeWaiting();
  return pages;
}

/** The same slices, with a distance above the first, and below the last. */
export function withSpace(slices: readonly Slice[], gap: number, after = 0): Slice[] {
  return slices.map((slice, index) => ({
    ...slice,
    ...(index === 0 && { gap }),
    ...(index === slices.length - 1 && { after }),
  }));
}

function groupsOf(slices: readonly Slice[]): Group[] {
  const groups: [Slice, ...Slice[]][] = [];
  slices.forEach((slice, index) => {
    if (slices[index - 1]?.keep === true) groups.at(-1)!.push(slice);
    else groups.push([slice]);
  });
  return groups;
}

/** From the gap above the group to its lowest edge. */
function heightOf(group: Group): number {
  const height = group.reduce((sum, slice) => sum + slice.gap + slice.height + (slice.after ?? 0), 0);
  return height - (group.at(-1)!.after ?? 0);
}
