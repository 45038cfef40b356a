import { CsvError, parse } from 'csv-parse/sync';
import { LetterpressError } from '../../errors.js';
import { readUtf8 } from './read-file.js';
import type { Table } from './table.js';

/**
 * A CSV or TSV file: RFC 4180 (quoted cells, doubled quotes inside them), the first row names the columns, blank
 * lines are no rows.
 *
 * @throws BAD_INPUT when it is missing, empty, not UTF-8 or not well formed, with the line
 */
export async function readDelimited(path: string, kind: 'csv' | 'tsv'): Promise<Table> {
  const [header = [], ...rows] = parseRows(await readUtf8(path), path, kind);
  const columns = header.map((name) => name.trim());
  return {
    path,
    columns,
    rows: rows.length,
    values: (column) => {
      const at = columns.indexOf(column);
      return Promise.resolve(rows.map((row) => row[at]));
    },
  };
}

function parseRows(text: string, path: string, kind: 'csv' | 'tsv'): string[][] {
  try {
    return parse(text, { delimiter: kind === 'csv' ? ',' : '\t', skip_empty_lines: true });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new LetterpressError(
      'BAD_INPUT',
      `${path} is not well-formed ${kind.toUpperCase()}: ${error.message}`,
      'Every row needs as many cells as the first one, and a quote inside a quoted cell is written twice. ' +
        'If it holds one text a line, rename it to .txt.',
      { cause: error },
    );
  }
}
