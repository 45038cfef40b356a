/** How wide each column of a table is. */

/** What one column needs, its padding included. */
export interface ColumnNeed {
  /** Of its header in one line; never less than `natural`. */
  readonly wide: number;
  /** Of its widest text in one line, its header in about two. */
  readonly natural: number;
  /** Of its widest word, or what a reader needs: never more than `natural`. */
  readonly least: number;
}

/**
 * The columns' widths, which together are at most `room`. If there is room for all texts in one line, only headers are
 * broken, and as few as possible. Otherwise, narrow columns get what they need in one line; what is left goes to the
 * wide ones, in proportion to what they lack. Where there is no room for the least of all, every column
 * gets its share of the room.
 */
export function columnWidths(needs: readonly ColumnNeed[], room: number): number[] {
  if (minOf(needs) >= room) return needs.map(({ least }) => (least * room) / minOf(needs));
  const natural = total(needs.map((need) => need.natural));
  if (natural <= room) {
    const lack = total(needs.map((need) => need.wide)) - natural;
    const share = lack === 0 ? 0 : Math.min(1, (room - natural) / lack);
    return needs.map((need) => need.natural + (need.wide - need.natural) * share);
  }
  const widths = needs.map((need) => need.natural);
  let open = needs.map((_need, column) => column);
  let left = room;
  for (;;) {
    const narrow = open.filter((column) => widths[column]! <= left / open.length);
    const rest = open.filter((column) => !narrow.includes(column));
    const leftForRest = left - total(narrow.map((column) => widths[column]!));
    const enough = minOf(rest.map((column) => needs[column]!)) <= leftForRest;
    if (narrow.length === 0 || !enough) break;
    [open, left] = [rest, leftForRest];
  }
  const openNeeds = open.map((column) => needs[column]!);
  const lack = total(openNeeds.map((need) => need.natural - need.least));
  const share = lack === 0 ? 0 : Math.min(1, (left - minOf(openNeeds)) / lack);
  for (const column of open) {
    const need = needs[column]!;
    widths[column] = need.least + (need.natural - need.least) * share;
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
      ...others.slice(Math.ceil((group * others.length) / count), Math.ceil(((group + 1) * others.length) / count)),
    ]);
    const fits = groups.every((group) => minOf(group.map((column) => needs[column]!)) <= room);
    if (fits || count >= others.length) return groups;
  }
}

/** The least width of all columns together. */
export function minOf(needs: readonly ColumnNeed[]): number {
  return total(needs.map(({ least }) => least));
}

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
