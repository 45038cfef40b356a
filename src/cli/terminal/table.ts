import Table from 'cli-table3';

/** A column of a plain table. */
export interface Column {
  readonly title: string;
  /** `right` for numbers; `left` unless told otherwise. */
  readonly align?: 'left' | 'right';
}

/** A column of numbers. */
export const right = (title: string): Column => ({ title, align: 'right' });

/** No lines at all, two spaces between columns. */
const PLAIN = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/**
 * Rows in aligned columns, without borders, each line ending in `\n`. Wide characters (Chinese, emoji) and colour codes
 * are measured by what a terminal shows.
 *
 * @param columns a string is the title of a column of text
 * @param rows one array of cells a row; a missing cell is empty, and a cell is always one line
 * @param heading decorates the line of titles, such as `style.bold`; it is left out when all titles are empty
 * @example
 * formatTable(['split', right('texts')], [['train', '8,664'], ['val', '1,084']]);
 * // split  texts
 * // train  8,664
 * // val    1,084
 */
export function formatTable(
  columns: readonly (string | Column)[],
  rows: readonly (readonly string[])[],
  heading: (line: string) => string = (line) => line,
): string {
  const table = new Table({
    chars: PLAIN,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
    colAligns: columns.map((column) => (typeof column === 'string' ? 'left' : (column.align ?? 'left'))),
  });
  const titles = columns.map(titleOf);
  const titled = titles.some((title) => title !== '');
  if (titled) table.push(titles);
  for (const row of rows) table.push(columns.map((_, i) => oneLine(row[i] ?? '')));
  if (table.length === 0) return '';
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  if (titled) lines[0] = heading(lines[0] ?? '');
  return `${lines.join('\n')}\n`;
}

export function titleOf(column: string | Column): string {
  return typeof column === 'string' ? column : column.title;
}

/** Names in bold, and what they stand for. */
export function formatList(rows: readonly (readonly [string, string])[], bold: (text: string) => string): string {
  return formatTable(
    ['', ''],
    rows.map(([name, value]) => [bold(name), value]),
  );
}

/** Line breaks and tabs would break the alignment, and mean nothing in a cell. */
function oneLine(cell: string): string {
  return cell.replace(/[\r\n\t\v\f\u0085\u2028\u2029]+/g, ' ');
}
