/** How wide each column of a table is. */

/** What one column needs, its padding included. */
export interface ColumnNeed {
  /** Of its widest text in one line. */
  readonly natural: number;
  /** Of its widest word, or what a reader needs: never more than `natural`. */
  readonly least: number;
}

/**
 * The columns' widths, which together are at most `room`. Narrow columns get what they need in one line; what is left
 * goes to the wide ones, in proportion to what they lack. Where there is no room for the least of all, every column
 * gets its share of the room.
 */
export function columnWidths(needs: readonly ColumnNeed[], room: number): number[] {
  if (leastOf(needs) >= room) return needs.map(({ least }) => (least * room) / leastOf(needs));
  const widths = needs.map(({ natural }) => natural);
  let open = needs.map((_need, column) => column);
  let left = room;
  for (;;) {
    const narrow = open.filter((column) => needs[column]!.natural <= left / open.length);
    const rest = open.filter((column) => !narrow.includes(column));
    const leftForRest = left - narrow.reduce((sum, column) => sum + widths[column]!, 0);
    const enough = leastOf(rest.map((column) => needs[column]!)) <= leftForRest;
    if (narrow.length === 0 || !enough) break;
    [open, left] = [rest, leftForRest];
  }
  const openNeeds = open.map((column) => needs[column]!);
  const lack = openNeeds.reduce((sum, { natural, least }) => sum + natural - least, 0);
  const spare = left - leastOf(openNeeds);
  const share = lack === 0 ? 0 : Math.min(1, spare / lack);
  for (const column of open) {
    const { natural, least } = needs[column]!;
    widths[column] = least + (natural - least) * share;
  }
  return widths;
}

/**
 * Columns in as few groups as there is room for, about equally many in each. The first column, which says what a row
 * is about, begins every group.
 *
 * @returns numbers of columns, in order
 */
export function columnGroups(needs: readonly ColumnNeed[], room: number): number[][] {
  const others = needs.map((_need, column) => column).slice(1);
  for (let count = 1; ; count++) {
    const groups = Array.from({ length: count }, (_, group) => [
      0,
      ...others.slice(
        Math.ceil((group * others.length) / count),
        Math.ceil(((group + 1) * others.length) / count),
      ),
    ]);
    const fits = groups.every((group) => leastOf(group.map((column) => needs[column]!)) <= room);
    if (fits || count >= others.length) return groups;
  }
}

/** The least width of all columns together. */
export function leastOf(needs: readonly ColumnNeed[]): number {
  return needs.reduce((sum, { least }) => sum + least, 0);
}
