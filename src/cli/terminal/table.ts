import { escapeForTerminal } from '../../escapes.js';
import type { Style } from './style.js';
import { textWidth, wrapText } from './text.js';

export interface Column {
  readonly title: string;
  /** `right` for numbers, which are never broken; `left` unless told otherwise. */
  readonly align?: 'left' | 'right';
  /** Left out where there is no room for all columns. */
  readonly optional?: true;
}

/** A column of numbers. */
export const right = (title: string): Column => ({ title, align: 'right' });

/** What a table needs to know of the terminal. */
type Terminal = Pick<Style, 'bold' | 'columns'>;

const GAP = 2;

/** Columns of text are made narrower down to this. */
const MIN_TEXT = 16;

interface Shown extends Column {
  readonly cells: readonly string[];
  width: number;
}

/**
 * Rows in aligned columns, without borders, each line ending in `\n`, no line wider than the terminal. Where there is
 * no room, first titles of numbers are wrapped, then optional columns left out, then texts wrapped; last, the table is
 * split in two, each with the first column. Wide characters (Chinese, emoji) and colour codes are measured by what a
 * terminal shows.
 *
 * @param columns a string is the title of a column of text
 * @param rows one array of cells a row; a missing cell is empty, a single one a heading across all columns, and line
 *   breaks in cells are spaces
 * @example
 * formatTable(['split', right('texts')], [['train', '8,664'], ['val', '1,084']], style);
 * // split  texts
 * // train  8,664
 * // val    1,084
 */
export function formatTable(
  columns: readonly (string | Column)[],
  rows: readonly (readonly string[])[],
  terminal: Terminal,
): string {
  const shown: Shown[] = columns.map((column, i) => {
    const cells = rows.map((row) => (isHeading(row) ? '' : oneLine(row[i] ?? '')));
    const title = titleOf(column);
    return { ...(typeof column === 'string' ? {} : column), title, cells, width: widest([title, ...cells]) };
  });
  const again = (some: readonly Shown[]): string => {
    const theirs = rows.map((row, r) => (isHeading(row) ? row : some.map(({ cells }) => cells[r]!)));
    return formatTable(some, theirs, terminal);
  };
  const missing = (): number => widthOf(shown) - terminal.columns;
  const shrink = (align: Column['align'], least: (column: Shown) => number): void => {
    while (missing() > 0) {
      const able = shown.filter((column) => (column.align ?? 'left') === align && column.width > least(column));
      if (able.length === 0) return;
      able.reduce((a, b) => (b.width > a.width ? b : a)).width--;
    }
  };
  shrink('right', ({ title, cells }) => widest([...title.split(' '), ...cells]));
  const optional = shown.findLastIndex((column) => column.optional);
  if (missing() > 0 && optional >= 0) return again(shown.filter((_, i) => i !== optional));
  shrink('left', ({ title, cells }) =>
    Math.max(MIN_TEXT, widest([title, ...cells].flatMap((cell) => cell.split(' ')))),
  );
  shrink('left', () => MIN_TEXT); // breaks long words
  if (missing() <= 0 || shown.length < 3) return draw(shown, rows, terminal);
  let fitting = shown.length - 1;
  while (fitting > 2 && widthOf(shown.slice(0, fitting)) > terminal.columns) fitting--;
  return `${draw(shown.slice(0, fitting), rows, terminal)}\n${again([shown[0]!, ...shown.slice(fitting)])}`;
}

function widest(texts: readonly string[]): number {
  return Math.max(...texts.map(textWidth));
}

function widthOf(shown: readonly Shown[]): number {
  return shown.reduce((sum, { width }) => sum + width + GAP, -GAP);
}

function draw(shown: readonly Shown[], rows: readonly (readonly string[])[], { bold, columns }: Terminal): string {
  const titled = shown.some(({ title }) => title !== '');
  const titles = titled ? linesOf(shown, ({ title }) => title, 'bottom') : [];
  const body = rows.flatMap((row, r) =>
    isHeading(row) ? linesOfCell(oneLine(row[0]!), columns).map(bold) : linesOf(shown, ({ cells }) => cells[r]!, 'top'),
  );
  return [...titles.map(bold), ...body].map((line) => `${line}\n`).join('');
}

/** A row: one line, or as many as its longest wrapped cell has. */
function linesOf(shown: readonly Shown[], cell: (column: Shown) => string, align: 'top' | 'bottom'): string[] {
  const wrapped = shown.map((column) => linesOfCell(cell(column), column.width));
  const height = Math.max(...wrapped.map(({ length }) => length));
  return Array.from({ length: height }, (_, i) =>
    wrapped
      .map((parts, c) => {
        const text = parts[align === 'top' ? i : i - height + parts.length] ?? '';
        const space = ' '.repeat(shown[c]!.width - textWidth(text));
        return shown[c]!.align === 'right' ? space + text : text + space;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** A row of one cell, in a table of several columns, has the width of the terminal. */
function isHeading(row: readonly string[]): boolean {
  return row.length === 1;
}

/** Words that are wider than the column are broken. */
function linesOfCell(text: string, columns: number): string[] {
  return textWidth(text) <= columns ? [text] : wrapText(text, columns, { hard: true });
}

/** A text in lines no wider than the terminal, all but the first indented; long words are broken. */
export function formatParagraph(text: string, { columns }: Pick<Style, 'columns'>, indent = 2): string {
  if (textWidth(text) <= columns) return `${text}\n`;
  const [first = '', ...rest] = wrapText(text, columns - indent, { hard: true, trim: false });
  return [first, ...rest.map((line) => ' '.repeat(indent) + line.trimStart())]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

export function titleOf(column: string | Column): string {
  return typeof column === 'string' ? column : column.title;
}

/** Names in bold, and what they stand for. */
export function formatList(rows: readonly (readonly [string, string])[], terminal: Terminal): string {
  return formatTable(
    ['', ''],
    rows.map(([name, value]) => [terminal.bold(name), value]),
    terminal,
  );
}

/** Line breaks and tabs would break the alignment, and mean nothing in a cell. */
function oneLine(cell: string): string {
  return escapeForTerminal(cell.replace(/[\r\n\t\v\f\u0085\u2028\u2029]+/g, ' '));
}
