import { abridge } from '../../abridge.js';
import { LetterpressError } from '../../errors.js';
import { suggest } from '../../suggest.js';

/** Texts of a file as they are read, in portions: `[columns][rows]`. */
export type TextPortions = AsyncGenerator<string[][], void>;

/** The columns that were asked for, by name; undefined for the only one, or the one called `text`. */
export type AskedColumns = readonly string[] | undefined;

/** What is said of a file that could be read, but perhaps not as it was meant. */
export interface ReadingNote {
  readonly about: 'header' | 'delimiter' | 'line ends' | 'limit';
  readonly sentence: string;
}

/**
 * The columns to read: those asked for; without `asked`, the only one, the one called `text`, or the only one of texts.
 *
 * @param name as the file is called in errors
 * @param hint what else may be wrong
 * @param texts the columns that hold texts, where the format says: read where there is one
 * @throws BAD_INPUT when one does not exist, or none was asked for and there are several
 */
export function chooseColumns(
  columns: readonly string[],
  asked: AskedColumns,
  name: string,
  hint = '',
  texts: readonly string[] = [],
): readonly string[] {
  const named = asked === undefined || asked.length === 0 ? unasked(columns, texts) : asked;
  if (named === undefined)
    throw new LetterpressError(
      'BAD_INPUT',
      `${name} has ${columns.length} columns and none is called "text": ${quote(columns)}`,
      `Name the column, or the columns, that hold the texts (column).${hint}`,
    );
  for (const column of named) {
    if (!columns.includes(column)) throw noColumn(column, columns, name, hint);
    if (columns.indexOf(column) !== columns.lastIndexOf(column))
      throw new LetterpressError(
        'BAD_INPUT',
        `${name} has several columns "${column}"`,
        'Give them different names' +
          // Only files with a header have a hint.
          (hint === '' ? '.' : ', or name them by number: with no header, columns are 1, 2, … (header).'),
      );
  }
  checkAsked(named);
  return named;
}

/** The column that is read where none was asked for. */
function unasked(columns: readonly string[], texts: readonly string[]): readonly string[] | undefined {
  if (columns.length === 1) return columns;
  if (columns.includes('text')) return ['text'];
  return texts.length === 1 ? texts : undefined;
}

/** @throws BAD_INPUT for a column that was asked for twice */
export function checkAsked(asked: readonly string[]): void {
  const twice = asked.find((column, i) => asked.indexOf(column) !== i);
  if (twice === undefined) return;
  throw new LetterpressError('BAD_INPUT', `the column "${twice}" was asked for twice`, 'Name each column once.');
}

export function noColumn(column: string, columns: readonly string[], name: string, hint = ''): LetterpressError {
  const guess = suggest(column, columns);
  return new LetterpressError(
    'BAD_INPUT',
    `no column "${column}" in ${name}${guess === undefined ? '' : `; did you mean "${guess}"?`}`,
    `Its columns are ${quote(columns)}.${hint}`,
  );
}

/** Bytes that are not UTF-8, in place of the text that they should be. */
export class InvalidText {
  constructor(readonly reason: string) {}
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Never with U+FFFD in place of bytes that are not UTF-8. */
export function utf8TextOf(bytes: Uint8Array): string | InvalidText {
  try {
    return utf8.decode(bytes);
  } catch {
    return new InvalidText('bytes that are not UTF-8');
  }
}

/**
 * A value as a text; a missing one (null, absent key, empty cell) is an empty text.
 *
 * @param row counted from 1
 * @throws BAD_INPUT for anything else, and for a text that is damaged
 */
export function asText(value: unknown, column: string, row: number, name: string): string {
  const wrong = typeof value === 'string' ? damageOf(value) : value instanceof InvalidText ? value.reason : undefined;
  if (wrong !== undefined)
    throw new LetterpressError(
      'BAD_INPUT',
      `expected texts in the column "${column}" of ${name}, got ${wrong} in row ${row}`,
      'Write the file again with valid Unicode texts, or leave that row out.',
    );
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  throw new LetterpressError(
    'BAD_INPUT',
    `expected texts in the column "${column}" of ${name}, got ${kindOf(value)} in row ${row}`,
    'Name a column of texts (column).',
  );
}

function damageOf(text: string): string | undefined {
  if (text.includes('\0')) return 'a NUL character';
  // Half a character, which JSON can write as an escape.
  return /\p{Cs}/u.test(text) ? 'a lone surrogate' : undefined;
}

export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Uint8Array) return 'bytes';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

export function noRows(name: string): LetterpressError {
  return new LetterpressError('BAD_INPUT', `${name} has no rows`, 'Check that it is the right file.');
}

export function quote(columns: readonly string[]): string {
  const shown = columns.slice(0, 20).map((column) => JSON.stringify(abridge(column)));
  if (columns.length > 20) shown.push(`and ${columns.length - 20} more`);
  return shown.join(', ');
}
