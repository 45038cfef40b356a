import { abridge } from '../../abridge.js';
import { LetterpressError } from '../../errors.js';
import { isRecord } from '../../json.js';
import {
  asText,
  checkAsked,
  chooseColumns,
  kindOf,
  noColumn,
  noRows,
  quote,
  type AskedColumns,
  type TextPortions,
} from './table.js';
import { splitLines } from './utf8.js';

const ADVICE = 'Write one JSON object on each line, such as {"title": "…"}, or one array of them.';

/** A value of a file, and where it is: `line 3`, `element 3`. */
type Placed = readonly [value: unknown, where: string];

/**
 * The texts of a JSON Lines file (an object a line, or a string a line, read as the column `text`; blank lines are no
 * rows), or of one JSON array of objects or strings.
 *
 * @param isArray whether the file begins with `[`
 * @throws BAD_INPUT when a value is something else, with its line or its number
 */
export async function* readJson(
  texts: AsyncIterable<string>,
  { name, asked, isArray }: { readonly name: string; readonly asked: AskedColumns; readonly isArray: boolean },
): TextPortions {
  const columns = new JsonColumns(name, asked);
  let kind: 'texts' | 'objects' | undefined;
  for await (const values of isArray ? elementsOf(texts, name) : linesOf(texts, name)) {
    kind ??= values.length === 0 ? undefined : typeof values[0]![0] === 'string' ? 'texts' : 'objects';
    yield columns.portion(values.map((placed) => asRow(placed, kind, name)));
  }
  columns.check();
}

/** Keys of the objects, which need not all have the same ones. */
class JsonColumns {
  private readonly seen = new Set<string>();
  private readonly texts = new Set<string>();
  private chosen: readonly string[] | undefined;
  private rows = 0;

  constructor(
    private readonly name: string,
    private readonly asked: AskedColumns,
  ) {
    if (asked === undefined || asked.length === 0) return;
    checkAsked(asked);
    this.chosen = asked;
  }

  portion(rows: readonly Readonly<Record<string, unknown>>[]): string[][] {
    const before = this.seen.size + this.texts.size;
    for (const row of rows)
      for (const [key, value] of Object.entries(row)) {
        this.seen.add(key);
        if (typeof value === 'string') this.texts.add(key);
      }
    if (this.seen.size + this.texts.size > before && (this.asked ?? []).length === 0) this.choose();
    const portion = (this.chosen ?? []).map((column) =>
      rows.map((row, i) =>
        asText(Object.hasOwn(row, column) ? row[column] : null, column, this.rows + i + 1, this.name),
      ),
    );
    this.rows += rows.length;
    return portion;
  }

  /** Keys that come later may make it unclear which column is meant. */
  private choose(): void {
    const chosen = chooseColumns([...this.seen], this.asked, this.name, '', [...this.texts]);
    const [now, before] = [chosen[0]!, this.chosen?.[0]];
    if (before !== undefined && before !== now && this.rows > 0)
      throw new LetterpressError(
        'BAD_INPUT',
        `${this.name} has the columns ${quote([before, now])}, the second only after row ${this.rows}`,
        'Name the column that holds the texts (column).',
      );
    this.chosen = chosen;
  }

  check(): void {
    if (this.rows === 0) throw noRows(this.name);
    if (this.seen.size === 0)
      throw new LetterpressError('BAD_INPUT', `${this.name} has no columns: all of its objects are empty`, ADVICE);
    const missing = this.chosen?.find((column) => !this.seen.has(column));
    if (missing !== undefined) throw noColumn(missing, [...this.seen], this.name);
  }
}

/** Of texts among objects, or objects among texts, only some would be read: the others have no such column. */
function asRow([value, where]: Placed, kind: 'texts' | 'objects' | undefined, name: string): Record<string, unknown> {
  if (typeof value === 'string' && kind === 'texts') return { text: value };
  if (isRecord(value) && kind === 'objects') return value;
  const expected = kind === 'texts' ? 'a string like those before it' : 'an object, or strings alone,';
  throw new LetterpressError('BAD_INPUT', `expected ${expected} on ${where} of ${name}, got ${shown(value)}`, ADVICE);
}

function shown(value: unknown): string {
  if (value === null || typeof value === 'object') return kindOf(value); // which may be too deep for JSON.stringify
  return `${kindOf(value)}: ${abridge(JSON.stringify(value))}`;
}

async function* linesOf(texts: AsyncIterable<string>, name: string): AsyncGenerator<Placed[], void> {
  let number = 0;
  for await (const lines of splitLines(texts)) {
    const values: Placed[] = [];
    for (const line of lines) {
      const where = `line ${++number}`;
      if (line.trim() !== '') values.push([parse(line, where, name), where]);
    }
    yield values;
  }
}

async function* elementsOf(texts: AsyncIterable<string>, name: string): AsyncGenerator<Placed[], void> {
  const array = new ArrayReader(name);
  for await (const text of texts) yield array.read(text);
  array.end();
}

/** Takes an array apart as it arrives: an element ends where a comma or the bracket is not inside it. */
class ArrayReader {
  private number = 0;
  private depth = 0;
  private inString = false;
  private escaped = false;
  private begun = '';
  private over = false;

  constructor(private readonly name: string) {}

  read(text: string): Placed[] {
    const elements: Placed[] = [];
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (this.inString) {
        if (this.escaped) this.escaped = false;
        else if (code === BACKSLASH) this.escaped = true;
        else if (code === QUOTE) this.inString = false;
        continue;
      }
      if (this.over && text[at]!.trim() !== '') throw this.broken('there is more behind the end of the array');
      if (code === QUOTE) this.inString = true;
      else if (code === BRACKET || code === BRACE) {
        if (this.depth++ === 0) from = at + 1;
      } else if (code === END_BRACKET || code === END_BRACE) this.depth--;
      this.over ||= this.depth === 0 && code === END_BRACKET;
      if (!(this.over || (this.depth === 1 && code === COMMA)) || from > at) continue;
      this.add(this.begun + text.slice(from, at), elements);
      [this.begun, from] = ['', this.over ? text.length : at + 1];
    }
    if (this.depth > 0) this.begun += text.slice(from);
    return elements;
  }

  end(): void {
    if (!this.over) throw this.broken('the array does not end');
  }

  private add(element: string, elements: Placed[]): void {
    if (this.over && this.number === 0 && element.trim() === '') return; // an empty array
    const where = `element ${++this.number}`;
    elements.push([parse(element, where, this.name), where]);
  }

  private broken(why: string): LetterpressError {
    return notJson(why, `element ${this.number + 1}`, this.name);
  }
}

const [QUOTE, BACKSLASH, COMMA, BRACKET, END_BRACKET, BRACE, END_BRACE] = Array.from('"\\,[]{}', (c) =>
  c.charCodeAt(0),
);

function parse(text: string, where: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw notJson(text.trim() === '' ? 'it is empty' : abridge(JSON.stringify(text.trim())), where, name, error);
  }
}

function notJson(found: string, where: string, name: string, cause?: unknown): LetterpressError {
  return new LetterpressError('BAD_INPUT', `${where} of ${name} is not JSON: ${found}`, ADVICE, { cause });
}
