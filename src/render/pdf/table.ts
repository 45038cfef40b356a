/** Tables as slices of pages. */
import type { BlockOf } from '../document.js';
import type { Canvas } from './canvas.js';
import { breakLines, textWidths } from './lines.js';
import { CAPTION, FAINT, INK, LEFT, LINE, RAISED, WIDTH, type TextStyle } from './style.js';
import type { Slice } from './paginate.js';
import { rowSlices, type Row } from './rows.js';

type Table = BlockOf<'table'>;

/** What one column needs, its padding included. */
export interface ColumnNeed {
  /** Of its widest word, or what a reader needs. */
  readonly least: number;
  /** Of its widest text in one line, its header in about two. */
  readonly natural: number;
  /** Of its header in one line. */
  readonly wide: number;
}

/** From the size that is used where there is room to the smallest that is. */
const SIZES = [8.5, 8, 7.5, 7];
/** Left and right of a cell's text, together: times the size of the text. */
const PADDING = 1.15;
/** No word makes a column wider than this; longer ones are broken. */
const MAX_WORD = WIDTH * 0.4;
/** Width of a header in two lines, as a share of that in one; a little more than half, since words differ. */
const TWO_LINES = 0.6;
/** A column of texts is not made narrower than this, if its texts are wider. */
const MIN_TEXT = 60;

/** A table without its caption. If it is too wide, its text gets smaller; if that is not enough, words are broken. */
export function tableSlices(canvas: Canvas, table: Table, label: string): Slice[] {
  const least = (size: number): number => total(columnNeeds(canvas, table, size).map((need) => need.least));
  const size = SIZES.find((each) => least(each) <= WIDTH) ?? SIZES.at(-1)!;
  const widths = columnWidths(columnNeeds(canvas, table, size), WIDTH);
  const part = canvas.part('Table');
  const padding = PADDING * size;
  const row = (texts: readonly string[], isBold: boolean, isHeader = false): Row => {
    const rowPart = canvas.part('TR', part);
    let right = LEFT;
    const cells = table.columns.map(({ align }, column) => {
      const width = widths[column]!;
      right += width;
      const scope = isHeader ? 'Column' : column === 0 && align === 'left' ? 'Row' : undefined;
      return {
        lines: breakLines(texts[column]!, cellStyle(size, isBold), width - padding, canvas),
        part: scope === undefined ? canvas.part('TD', rowPart) : canvas.part('TH', rowPart, { scope }),
        x: align === 'right' ? right - padding / 2 : right - width + padding / 2,
        align,
      };
    });
    const decorate = (y: number, height: number): void => {
      if (isBold && !isHeader) canvas.rectangle(LEFT, y, right - LEFT, height, RAISED);
      const thickness = isHeader ? 0.9 : 0.4;
      canvas.rectangle(LEFT, y + height - thickness / 2, right - LEFT, thickness, isHeader ? FAINT : LINE);
    };
    return { cells, padding: 3, decorate };
  };
  const headers = table.columns.map(({ header }) => header);
  const header = headers.some((text) => text !== '') ? row(headers, true, true) : undefined;
  const rows = table.rows.map((texts, index) => row(texts, isEmphasised(table, index)));
  return rowSlices(canvas, rows, { header, continued: breakLines(`${label}, continued`, CAPTION, WIDTH, canvas)[0]! });
}

function columnNeeds(canvas: Canvas, table: Table, size: number): ColumnNeed[] {
  const padding = PADDING * size;
  return table.columns.map(({ header, align }, column) => {
    const head = textWidths(header, cellStyle(size, true), canvas);
    const cells = table.rows.map((row, index) =>
      textWidths(row[column]!, cellStyle(size, isEmphasised(table, index)), canvas),
    );
    const word = Math.min(MAX_WORD, Math.max(head.least, ...cells.map((cell) => cell.least)));
    const natural = Math.max(word, head.natural * TWO_LINES, ...cells.map((cell) => cell.natural));
    const least = align === 'left' ? Math.max(word, Math.min(natural, MIN_TEXT)) : word;
    const wide = Math.max(natural, head.natural);
    return { least: least + padding, natural: natural + padding, wide: wide + padding };
  });
}

/**
 * The columns' widths, which together are at most `room`. If there is room for all texts in one line, only headers are
 * broken. Otherwise narrow columns get what they need in one line; what is left goes to the wide ones, in proportion to
 * what they lack, since the longest cell of a row decides its height.
 */
export function columnWidths(needs: readonly ColumnNeed[], room: number): number[] {
  const least = needs.map((need) => need.least);
  const natural = needs.map((need) => need.natural);
  const wide = needs.map((need) => need.wide);
  if (total(least) > room) return least.map((width) => (width * room) / total(least));
  if (total(natural) <= room) return between(natural, wide, room);
  const fromNarrowest = natural.map((_, column) => column).sort((a, b) => natural[a]! - natural[b]!);
  let [left, open] = [room, needs.length];
  for (const column of fromNarrowest) {
    const width = natural[column]!;
    if (width > left / open || total(least) - least[column]! + width > room) break;
    least[column] = width;
    [left, open] = [left - width, open - 1];
  }
  return between(least, natural, room);
}

/** Widths between `least` and `most` that fill the room, each by the same share of the difference. */
function between(least: readonly number[], most: readonly number[], room: number): number[] {
  const lack = total(most) - total(least);
  const share = lack === 0 ? 0 : Math.min(1, (room - total(least)) / lack);
  return least.map((width, column) => width + (most[column]! - width) * share);
}

/** Values in order, in groups of about equal size. */
export function inGroups<T>(values: readonly T[], count: number): T[][] {
  const start = (group: number): number => Math.ceil((group * values.length) / count);
  return Array.from({ length: count }, (_, group) => values.slice(start(group), start(group + 1)));
}

const isEmphasised = (table: Table, row: number): boolean => table.emphasised?.includes(row) ?? false;

function cellStyle(size: number, isBold: boolean): TextStyle {
  return { font: isBold ? 'bold' : 'regular', size, leading: size * 1.35, colour: INK };
}

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
