import { abridge } from '../../abridge.js';
import { LetterpressError } from '../../errors.js';
import { counted } from '../../format.js';
import { RecordReader, type DelimitedRecord, type Dialect } from './records.js';
import {
  asText,
  chooseColumns,
  noRows,
  quote,
  type AskedColumns,
  type ReadingNote,
  type TextPortions,
} from './table.js';

/** How a CSV or TSV file is written, where the user says. */
export interface DelimitedOptions {
  /** Default: a comma in .csv and a tab in .tsv, unless the first rows are clearly separated otherwise. */
  readonly delimiter?: string | undefined;
  /** `none`: quotes are characters like any other. Default: as CSV (RFC 4180) or TSV files are usually written. */
  readonly quote?: 'none' | undefined;
  /** Whether the first row names the columns; otherwise they are called 1, 2, … Default true. */
  readonly header?: boolean | undefined;
}

interface Source {
  readonly name: string;
  readonly kind: 'csv' | 'tsv';
  readonly asked: AskedColumns;
  readonly note: (note: ReadingNote) => void;
}

const NAMES: Readonly<Record<string, string>> = { ',': 'commas', ';': 'semicolons', '\t': 'tabs', '|': 'bars' };
/** Rows by which a delimiter is recognised. */
const SAMPLE_ROWS = 50;

/**
 * The texts of a CSV or TSV file; the first row names the columns, blank lines are no rows.
 *
 * @throws BAD_INPUT when a column is missing, a quote is not closed or a row has another number of cells, with the line
 */
export async function* readDelimited(
  lines: AsyncIterable<string[]>,
  { name, kind, asked, note }: Source,
  options: DelimitedOptions,
): TextPortions {
  const { header = true } = options;
  let reader: RecordReader | undefined;
  let columns: readonly string[] | undefined;
  let chosen: number[] = [];
  let rows = 0;
  const broken = { texts: 0, line: 0 };
  const portionOf = (records: readonly DelimitedRecord[]): string[][] => {
    const portion: string[][] = chosen.map(() => []);
    for (const { cells, line, broken: isBroken } of records) {
      if (columns === undefined) {
        columns = header ? cells.map((cell) => cell.trim()) : cells.map((_, i) => String(i + 1));
        const hint = header
          ? ' If its first row names no columns, say so (header).'
          : ' Columns without a header are called 1, 2, ….';
        const names = chooseColumns(columns, asked, name, hint);
        chosen = names.map((column) => columns!.indexOf(column));
        portion.push(...chosen.map(() => []));
        if (header) {
          if ((asked ?? []).length === 0 && columns.length === 1) note(firstRowNote(columns, name));
          continue;
        }
      }
      if (cells.length !== columns.length) throw wrongLength(cells, columns, line, name, kind);
      rows++;
      chosen.forEach((at, c) => portion[c]!.push(asText(cells[at], columns![at]!, rows, name)));
      if (!isBroken) continue;
      broken.texts++;
      broken.line ||= line;
    }
    return portion;
  };
  for await (const portion of lines) {
    reader ??= new RecordReader(dialectOf(portion, kind, withExcelLine(portion, options), name, note), name);
    yield portionOf(reader.read(portion));
  }
  if (reader !== undefined) yield portionOf(reader.end());
  if (rows === 0) throw noRows(name);
  if (broken.texts > 0)
    note({
      about: 'line ends',
      sentence:
        `${counted(broken.texts, 'row')} of ${name} went over several lines, ` +
        `the first from line ${broken.line}, between two quotes`,
    });
}

function firstRowNote([first = '']: readonly string[], name: string): ReadingNote {
  return {
    about: 'header',
    sentence: `the first row of ${name}, ${JSON.stringify(abridge(first))}, names its column and is no text`,
  };
}

/** Excel's first line, `sep=;`, names the delimiter and is no row. */
function withExcelLine(lines: string[], options: DelimitedOptions): DelimitedOptions {
  const [, delimiter] = /^sep=(.)$/.exec(lines[0] ?? '') ?? [];
  if (delimiter === undefined) return options;
  lines[0] = '';
  return { ...options, delimiter: options.delimiter ?? delimiter };
}

/** The dialect that the user named, or that the first lines show. */
function dialectOf(
  lines: readonly string[],
  kind: 'csv' | 'tsv',
  { delimiter, quote: quoted, header = true }: DelimitedOptions,
  name: string,
  note: Source['note'],
): Dialect {
  const quotes = quoted === 'none' ? 'none' : kind === 'csv' ? 'strict' : 'lenient';
  if (delimiter !== undefined) return { delimiter, quotes };
  const usual = kind === 'csv' ? ',' : '\t';
  const sample = lines.slice(0, SAMPLE_ROWS);
  const candidates = [usual, ...Object.keys(NAMES).filter((other) => other !== usual)];
  const found =
    candidates.find((candidate) => separates(sample, { delimiter: candidate, quotes })) ??
    (header ? candidates.find((candidate) => isEverywhere(sample, candidate)) : undefined) ??
    usual;
  if (found !== usual)
    note({ about: 'delimiter', sentence: `${name} is read as separated by ${NAMES[found]}, not ${NAMES[usual]}` });
  return { delimiter: found, quotes };
}

/** Whether all of the first rows have the same number of cells, more than one. */
function separates(sample: readonly string[], dialect: Dialect): boolean {
  try {
    const records = new RecordReader(dialect, '').read(sample);
    const cells = records[0]?.cells.length ?? 0;
    return cells > 1 && records.every((record) => record.cells.length === cells);
  } catch (error) {
    if (error instanceof LetterpressError) return false;
    throw error;
  }
}

/** Rows of different lengths are then refused by their line, instead of each being one text. */
function isEverywhere(sample: readonly string[], delimiter: string): boolean {
  const rows = sample.filter((line) => line.trim() !== '');
  return rows.length > 1 && rows.every((line) => line.includes(delimiter));
}

function wrongLength(
  cells: readonly string[],
  columns: readonly string[],
  line: number,
  name: string,
  kind: string,
): LetterpressError {
  return new LetterpressError(
    'BAD_INPUT',
    `expected ${counted(columns.length, 'cell')} on line ${line} of ${name}, ` +
      `as in its first row (${quote(columns)}), got ${counted(cells.length, 'cell')}`,
    (kind === 'csv' ? 'A cell with a comma in it is quoted, from its first character on. ' : '') +
      'Name what separates the cells (delimiter), or, if it holds one text a line, say so (format text).',
  );
}
