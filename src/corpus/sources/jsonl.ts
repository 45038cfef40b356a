import { LetterpressError } from '../../errors.js';
import { readUtf8, splitLines } from './read-file.js';
import type { Table } from './table.js';

/**
 * A JSON Lines file: an object a line, or a string a line (read as the column `text`). Blank lines are no rows. The
 * columns are all keys that occur.
 *
 * @throws BAD_INPUT when it is missing, empty, not UTF-8, or a line is something else, with the line
 */
export async function readJsonLines(path: string): Promise<Table> {
  const rows: Readonly<Record<string, unknown>>[] = [];
  const columns = new Set<string>();
  splitLines(await readUtf8(path)).forEach((line, i) => {
    if (line.trim() === '') return;
    const row = parseLine(line, i + 1, path);
    rows.push(row);
    for (const key of Object.keys(row)) columns.add(key);
  });
  return {
    path,
    columns: [...columns],
    rows: rows.length,
    values: (column) => Promise.resolve(rows.map((row) => (Object.hasOwn(row, column) ? row[column] : undefined))),
  };
}

function parseLine(line: string, number: number, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new LetterpressError(
      'BAD_INPUT',
      `line ${number} of ${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      'Write one JSON object on each line, such as {"title": "…"}.',
      { cause: error },
    );
  }
  if (typeof value === 'string') return { text: value };
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new LetterpressError(
    'BAD_INPUT',
    `expected an object or a string on line ${number} of ${path}, got ${line.slice(0, 40)}`,
    'Write one JSON object on each line, such as {"title": "…"}.',
  );
}
