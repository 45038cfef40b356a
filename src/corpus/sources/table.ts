import { LetterpressError } from '../../errors.js';
import { suggest } from '../../suggest.js';

/** A file of rows with named columns. */
export interface Table {
  readonly path: string;
  /** In the order of the file. */
  readonly columns: readonly string[];
  readonly rows: number;
  /** The values of one column, `rows` of them. */
  values(column: string): Promise<readonly unknown[]>;
}

/**
 * The texts of the asked columns. Without `asked`, the only column, or the one called `text`. A missing value
 * (null, absent key, empty cell) is an empty text.
 *
 * @returns `[columns][rows]`
 * @throws BAD_INPUT when a column does not exist or holds something else than texts
 */
export async function readColumns(table: Table, asked: readonly string[] | undefined): Promise<string[][]> {
  if (table.rows === 0)
    throw new LetterpressError('BAD_INPUT', `${table.path} has no rows`, 'Check that it is the right file.');
  const texts: string[][] = [];
  for (const column of chooseColumns(table, asked)) {
    const values = await table.values(column);
    texts.push(values.map((value, row) => asText(value, table, column, row)));
  }
  return texts;
}

function chooseColumns(table: Table, asked: readonly string[] | undefined): readonly string[] {
  const { path, columns } = table;
  if (asked === undefined || asked.length === 0) {
    if (columns.length === 1) return columns;
    if (columns.includes('text')) return ['text'];
    throw new LetterpressError(
      'BAD_INPUT',
      `${path} has ${columns.length} columns and none is called "text": ${quote(columns)}`,
      'Name the column, or the columns, that hold the texts (column).',
    );
  }
  asked.forEach((column, i) => {
    if (!columns.includes(column)) {
      const guess = suggest(column, columns);
      throw new LetterpressError(
        'BAD_INPUT',
        `no column "${column}" in ${path}${guess === undefined ? '' : `; did you mean "${guess}"?`}`,
        `Its columns are ${quote(columns)}.`,
      );
    }
    if (asked.indexOf(column) !== i)
      throw new LetterpressError('BAD_INPUT', `the column "${column}" was asked for twice`, 'Name each column once.');
    if (columns.indexOf(column) !== columns.lastIndexOf(column))
      throw new LetterpressError('BAD_INPUT', `${path} has several columns "${column}"`, 'Give them different names.');
  });
  return asked;
}

function asText(value: unknown, table: Table, column: string, row: number): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  const kind = Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
  throw new LetterpressError(
    'BAD_INPUT',
    `expected texts in the column "${column}" of ${table.path}, got ${kind} in row ${row + 1}`,
    `Name a column of texts; its columns are ${quote(table.columns)}.`,
  );
}

function quote(columns: readonly string[]): string {
  const shown = columns.slice(0, 20).map((column) => `"${column}"`);
  if (columns.length > 20) shown.push(`and ${columns.length - 20} more`);
  return shown.join(', ');
}
