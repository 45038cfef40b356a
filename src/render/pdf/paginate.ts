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
  /** Belongs to what stands above it, so that no waiting figure comes between. */
  readonly inside?: boolean;
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
  /** The same, so much smaller that it fits into a height, if it may be so small. */
  readonly shrink?: (height: number) => Slice | undefined;
}

/** Something to draw at a place of a page. */
export type Placed = { readonly y: number } & Pick<Slice, 'draw' | 'anchor'>;

/** Slices that are kept together. */
type Group = readonly [Slice, ...Slice[]];

const TOLERANCE = 0.01; // points: heights are sums of fractions

/**
 * Puts slices onto pages from top to bottom. Slices that are kept together go to the next page together, unless they
 * would not fit on one page; then each goes where there is room. Floats keep their order: they are made smaller, or
 * wait for the next page, and come first there, or after the block that the end of the page has cut.
 *
 * @param top of the first slice on a page
 * @param bottom of the last; a slice that is higher than a page stands alone on one, and extends beyond it
 */
export function paginate(slices: readonly Slice[], top: number, bottom: number): Placed[][] {
  const pages: Placed[][] = [[]];
  let y = top;
  let isFresh = true; // nothing stands on the page, but for a repeated header
  const waiting: Group[] = [];
  const isEmpty = (): boolean => isFresh;

  const fits = (from: number, group: Group, isFirst: boolean): boolean =>
    from + heightOf(group) - (isFirst ? group[0].gap : 0) <= bottom + TOLERANCE;
  const hasRoom = (group: Group): boolean => fits(y, group, isFresh);
  const fitsOnPage = (group: Group): boolean => fits(top + (group[0].header?.height ?? 0), group, true);
  const put = (slice: Slice): void => {
    if (!isFresh) y += slice.gap;
    pages.at(-1)!.push({ ...slice, y });
    y += slice.height + (slice.after ?? 0);
    isFresh = false;
  };
  const newPage = (): void => {
    pages.push([]);
    [y, isFresh] = [top, true];
  };
  /** The group, smaller if need be; undefined where it does not fit on this page even so. */
  const fitted = (group: Group): Group | undefined => {
    if (hasRoom(group)) return group;
    const [first, ...others] = group;
    const used = heightOf(group) - first.height - (isFresh ? first.gap : 0);
    const smaller = first.shrink?.(bottom - y - used);
    return smaller && [smaller, ...others];
  };
  const placeWaiting = (): void => {
    for (let group = waiting[0]; group !== undefined; group = waiting[0]) {
      const smaller = fitted(group);
      if (smaller === undefined) return;
      waiting.shift();
      smaller.forEach(put);
    }
  };
  /** Begins pages until there is room for the group: what has waited comes first. */
  const breakPage = (group: Group): void => {
    if (isFresh) return; // a new page would not have more room
    const { header = { gap: 0, height: 0, draw: undefined }, inside = false } = group[0];
    do {
      newPage();
      if (!inside) placeWaiting();
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
      put(slice);
    }
  };
  const flush = (): void => {
    placeWaiting();
    while (waiting.length > 0) {
      newPage();
      placeWaiting();
    }
  };

  for (const group of groupsOf(slices)) {
    const { flow, inside = false } = group[0];
    const mayWait = flow === 'float' && fitsOnPage(group);
    if (flow === 'barrier') flush();
    else if (!inside) placeWaiting();
    if (!mayWait) place(group);
    else {
      waiting.push(group);
      placeWaiting();
    }
  }
  flush();
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
