import { LetterpressError } from '../errors.js';
import { Random } from '../random.js';
import type { Splits } from './types.js';

/** Fewer rows with something in them cannot be split in three. */
const MIN_ROWS = 3;

/** Rows of validation and of test out of `rows`: a tenth each, rounded down, at least one. */
function tenth(rows: number): number {
  return Math.max(1, Math.floor(rows / 10));
}

/**
 * Splits rows 80/10/10 by a permutation drawn from `seed`. Texts of one row stay together; within a split come
 * all texts of the first column, then all of the second, as in docs/notebook.md, section 2.
 *
 * @param columns `[columns][rows]`: one array of texts a column, all of the same length
 * @param name names the source in errors
 * @throws BAD_INPUT when fewer than three rows have a non-empty text
 */
export function splitColumns(columns: readonly (readonly string[])[], seed: number, name: string): Splits {
  const rows = columns[0]?.length ?? 0;
  let filled = 0;
  for (let row = 0; row < rows; row++) if (columns.some((column) => column[row]!.trim() !== '')) filled++;
  if (filled < MIN_ROWS)
    throw new LetterpressError(
      'BAD_INPUT',
      `expected at least ${MIN_ROWS} non-empty texts to split into train, val and test, ` + `got ${filled} in ${name}`,
      'Add texts, or give a folder with train.txt, val.txt and test.txt.',
    );
  const order = new Random(seed, 'corpus').permutation(rows);
  const part = (from: number, to: number): string[] =>
    columns.flatMap((column) => Array.from(order.subarray(from, to), (row) => column[row]!));
  const held = tenth(rows);
  return {
    train: part(0, rows - 2 * held),
    val: part(rows - 2 * held, rows - held),
    test: part(rows - held, rows),
  };
}
