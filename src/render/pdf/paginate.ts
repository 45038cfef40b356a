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
  /**
   * `waits`: where it does not fit, with what it is kept with, it may wait for the next page while what follows fills
   * this one. `last call`: nothing may wait any longer.
   */
  readonly flow?: 'waits' | 'last call';
}

/** What is repeated at the top of pages. */
export interface Header {
  /** Distance to what has waited for this page, if anything. */
  readonly gap: number;
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
 * would not fit on one page; then each goes where there is room. One group at a time may wait for the next page.
 *
 * @param top of the first slice on a page
 * @param bottom of the last; a slice that is higher than a page stands alone on one, and goes beyond it
 */
export function paginate(slices: readonly Slice[], top: number, bottom: number): Placed[][] {
  const layout = new Layout(top, bottom);
  for (const group of groups(slices)) layout.add(group);
  layout.placeWaiting();
  return layout.pages;
}

type Group = readonly [Slice, ...Slice[]];

class Layout {
  readonly pages: Placed[][] = [[]];
  private y: number;
  private fresh = true;
  private waiting: Group | undefined;

  constructor(
    private readonly top: number,
    private readonly bottom: number,
  ) {
    this.y = top;
  }

  add(group: Group): void {
    const [{ flow }] = group;
    const mayWait = flow === 'waits' && this.fitsOnPage(group);
    if (flow === 'last call' || mayWait) this.placeWaiting();
    if (mayWait && !this.hasRoom(group)) this.waiting = group;
    else this.place(group);
  }

  placeWaiting(): void {
    const group = this.waiting;
    if (group === undefined) return;
    this.waiting = undefined;
    this.place(group);
  }

  private place(group: Group): void {
    if (!this.hasRoom(group) && this.fitsOnPage(group)) this.breakPage(group);
    for (const slice of group) {
      if (!this.hasRoom([slice])) this.breakPage([slice]);
      this.put(slice);
    }
  }

  /** Begins pages until there is room for the group: what has waited comes first. */
  private breakPage(group: Group): void {
    const [{ header }] = group;
    for (;;) {
      if (this.isFresh()) return; // a new page would not have more room
      this.pages.push([]);
      [this.y, this.fresh] = [this.top, true];
      this.placeWaiting();
      if (this.isFresh() || this.hasRoom(group, header === undefined ? 0 : header.gap + header.height)) break;
    }
    if (header === undefined) return;
    if (!this.isFresh()) this.y += header.gap;
    this.pages.at(-1)!.push({ y: this.y, draw: header.draw });
    this.y += header.height;
  }

  private put({ gap, height, draw, anchor }: Slice): void {
    if (!this.isFresh()) this.y += gap;
    this.pages.at(-1)!.push({ y: this.y, draw, ...(anchor === undefined ? {} : { anchor }) });
    this.y += height;
    this.fresh = false;
  }

  /** Nothing but a repeated header stands on the page, so that no gap is needed. */
  private isFresh(): boolean {
    return this.fresh;
  }

  private hasRoom(group: Group, headerHeight = 0): boolean {
    return this.y + headerHeight + heightOf(group, this.isFresh()) <= this.bottom + TOLERANCE;
  }

  private fitsOnPage(group: Group): boolean {
    return this.top + (group[0].header?.height ?? 0) + heightOf(group, true) <= this.bottom + TOLERANCE;
  }
}

const TOLERANCE = 0.01; // points: heights are sums of decimal fractions

/** Slices as groups: each reaches to the first slice that need not be kept with the next. */
function groups(slices: readonly Slice[]): Group[] {
  const result: [Slice, ...Slice[]][] = [];
  let open = false;
  for (const slice of slices) {
    if (open) result.at(-1)!.push(slice);
    else result.push([slice]);
    open = slice.keep;
  }
  return result;
}

function heightOf(group: readonly Slice[], isAtTop: boolean): number {
  return group.reduce((height, slice, index) => height + (index === 0 && isAtTop ? 0 : slice.gap) + slice.height, 0);
}
