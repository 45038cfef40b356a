import { LetterpressError } from '../../errors.js';

/** How cells are separated and quoted. */
export interface Dialect {
  readonly delimiter: string;
  /**
   * `strict`: RFC 4180, a cell that begins with a quote ends with one. `lenient`: only where that makes rows of the
   * same number of cells, since most programs write TSV without quoting. `none`: quotes are characters like any other.
   */
  readonly quotes: 'strict' | 'lenient' | 'none';
}

/** A row, which may go over several lines. */
export interface DelimitedRecord {
  readonly cells: readonly string[];
  /** Where it begins, counted from 1. */
  readonly line: number;
  /** Whether a quoted cell of it goes over several lines. */
  readonly broken: boolean;
}

/** Lines that a lenient quote may go over before it is taken for a character. */
const MAX_LENIENT_LINES = 200;

/** A record whose last quoted cell has not ended yet. */
interface OpenRecord {
  readonly cells: string[];
  /** Of the cell that has not ended. */
  readonly parts: string[];
  readonly lines: string[];
  readonly line: number;
  /** Where the quote is that opens the cell. */
  readonly quoteLine: number;
}

/** What a line makes of a record: ended, still open, or a quoted cell that continues after its closing quote. */
type Step =
  { readonly cells: string[] } | { readonly open: Omit<OpenRecord, 'lines' | 'line'> } | { readonly after: string };

/** Takes lines apart into cells, line by line. */
export class RecordReader {
  private line = 0;
  private open: OpenRecord | undefined;
  /** Cells of the first row. */
  private width: number | undefined;

  /** @param name as the file is called in errors */
  constructor(
    private readonly dialect: Dialect,
    private readonly name: string,
  ) {}

  /** @throws BAD_INPUT for a quoted cell that continues after its closing quote, with the line where it begins */
  read(lines: readonly string[]): DelimitedRecord[] {
    const records: DelimitedRecord[] = [];
    for (const line of lines) this.push(line, records);
    return records;
  }

  /** @throws BAD_INPUT for a quote that is not closed, with its line */
  end(): DelimitedRecord[] {
    const records: DelimitedRecord[] = [];
    if (this.open === undefined) return records;
    if (this.dialect.quotes === 'strict') throw this.notClosed(this.open.quoteLine);
    this.giveUp(records);
    return records;
  }

  private push(line: string, records: DelimitedRecord[]): void {
    this.line++;
    if (this.open === undefined) this.begin(line, records);
    else if (this.dialect.quotes === 'strict') this.continueCell(this.open, line, records);
    else this.continueLeniently(this.open, line, records);
  }

  private begin(line: string, records: DelimitedRecord[]): void {
    if (line === '') return;
    const { delimiter, quotes } = this.dialect;
    if (quotes === 'none' || !line.includes('"')) {
      this.add(line.split(delimiter), this.line, records);
      return;
    }
    const step = this.takeApart(line, 0, []);
    if ('open' in step) this.open = { ...step.open, lines: [line], line: this.line };
    else if ('cells' in step && (quotes === 'strict' || this.fits(step.cells)))
      this.add(step.cells, this.line, records);
    else if (quotes === 'strict') throw this.afterQuote(this.line, 'after' in step ? step.after : '');
    else this.add(line.split(delimiter), this.line, records);
  }

  private continueCell(open: OpenRecord, line: string, records: DelimitedRecord[]): void {
    const end = closingQuote(line, 0);
    open.parts.push('\n');
    if (end === undefined) {
      open.parts.push(unquote(line));
      return;
    }
    open.parts.push(unquote(line.slice(0, end)));
    this.open = undefined;
    const step = this.takeApart(line, end + 1, [...open.cells, open.parts.join('')], true);
    if ('open' in step) this.open = { ...step.open, lines: [], line: open.line };
    else if ('cells' in step) this.add(step.cells, open.line, records, true);
    else throw this.afterQuote(open.quoteLine, step.after);
  }

  private continueLeniently(open: OpenRecord, line: string, records: DelimitedRecord[]): void {
    const { delimiter } = this.dialect;
    const cellsOf = (text: string): number => text.split(delimiter).length;
    // Where both lines are whole rows by themselves, the quote was a character of a text.
    const isRow =
      this.width === undefined ||
      this.width === 1 ||
      (cellsOf(open.lines[0]!) === this.width && cellsOf(line) === this.width);
    if (!isRow && open.lines.length < MAX_LENIENT_LINES) {
      open.lines.push(line);
      const step = this.takeApart(open.lines.join('\n'), 0, []);
      if ('open' in step) return;
      if ('cells' in step && this.fits(step.cells)) {
        this.open = undefined;
        this.add(step.cells, open.line, records, true);
        return;
      }
      this.giveUp(records);
      return;
    }
    this.line--;
    this.giveUp(records);
    this.push(line, records);
  }

  /** The lines of the open record as rows of their own, whose quotes are characters. */
  private giveUp(records: DelimitedRecord[]): void {
    const { lines, line } = this.open!;
    this.open = undefined;
    lines.forEach((each, i) => {
      if (each !== '') this.add(each.split(this.dialect.delimiter), line + i, records);
    });
  }

  private add(cells: string[], line: number, records: DelimitedRecord[], broken = false): void {
    this.width ??= cells.length;
    records.push({ cells, line, broken });
  }

  private fits(cells: readonly string[]): boolean {
    return this.width === undefined || cells.length === this.width;
  }

  /** The cells of `text` from `at` on, where a cell begins, or the closing quote of one was just before. */
  private takeApart(text: string, at: number, cells: string[], behindQuote = false): Step {
    const { delimiter } = this.dialect;
    for (;;) {
      if (behindQuote) {
        if (at === text.length) return { cells };
        if (!text.startsWith(delimiter, at)) return { after: text.slice(at, at + 20) };
        at += delimiter.length;
      }
      behindQuote = text[at] === '"';
      const end = behindQuote ? closingQuote(text, at + 1) : text.indexOf(delimiter, at);
      if (end === undefined) return { open: { cells, parts: [unquote(text.slice(at + 1))], quoteLine: this.line } };
      if (end < 0) return { cells: [...cells, text.slice(at)] };
      cells.push(behindQuote ? unquote(text.slice(at + 1, end)) : text.slice(at, end));
      at = end + (behindQuote ? 1 : delimiter.length);
    }
  }

  private notClosed(line: number): LetterpressError {
    return new LetterpressError(
      'BAD_INPUT',
      `the quote that opens a cell on line ${line} of ${this.name} is not closed`,
      ADVICE,
    );
  }

  private afterQuote(line: number, after: string): LetterpressError {
    const until = line === this.line ? '' : ` on line ${this.line}`;
    return new LetterpressError(
      'BAD_INPUT',
      `the quoted cell that begins on line ${line} of ${this.name} continues after its closing quote${until}: ` +
        JSON.stringify(after),
      ADVICE,
    );
  }
}

const ADVICE =
  'A quote inside a quoted cell is written twice. If quotes are characters like any other there, say so (quote none).';

/** The first quote from `at` on that is not one of two. */
function closingQuote(text: string, at: number): number | undefined {
  for (let end = text.indexOf('"', at); end >= 0; end = text.indexOf('"', end + 2))
    if (text[end + 1] !== '"') return end;
  return undefined;
}

function unquote(text: string): string {
  return text.includes('"') ? text.replaceAll('""', '"') : text;
}
