/**
 * Characters that would break a line of a file or steer a terminal, as visible escapes: `\n`, `\r`, `\t`, and `\u{1b}`
 * for any other; and those that are markup. Safe for browsers.
 */

/** Line ends and other control characters, U+2028, U+2029, the byte order mark, and halves of surrogate pairs. */
const UNWRITABLE = /[\\\p{Cc}\p{Cs}\u2028\u2029\ufeff]/gu;

/** The same but line feeds, tabs and backslashes, and what changes the direction of the text after it. */
const STEERING = /(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\ufeff]/gu;

const SHORT = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\\', '\\\\'],
]);
const LONG = new Map(Array.from(SHORT, ([character, escape]) => [escape, character]));

function escapeOf(character: string): string {
  return SHORT.get(character) ?? `\\u{${character.codePointAt(0)!.toString(16)}}`;
}

/**
 * A text as one line of a file; {@link unescapeLine} gives it back. A backslash becomes two.
 *
 * @example escapeLine('two\nlines'); // 'two\\nlines'
 */
export function escapeLine(text: string): string {
  return text.replace(UNWRITABLE, escapeOf);
}

/** Texts as the lines of a file, each with its line feed. */
export function toLines(texts: readonly string[]): string {
  return texts.map((text) => `${escapeLine(text)}\n`).join('');
}

/** The texts of which {@link toLines} made a file. */
export function fromLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop(); // the last line feed ends a text, it does not begin one
  return lines.map(unescapeLine);
}

/** The text that {@link escapeLine} made a line of. A backslash that begins no escape stands for itself. */
export function unescapeLine(line: string): string {
  return line.replace(/\\(?:[nrt\\]|u\{([0-9a-f]{1,6})\})/g, (escape, code?: string) => {
    if (code === undefined) return LONG.get(escape)!;
    const point = parseInt(code, 16);
    return point > 0x10ffff ? escape : String.fromCodePoint(point);
  });
}

/** A text, of several lines perhaps, that cannot move a terminal's cursor or change its colours. */
export function escapeForTerminal(text: string): string {
  return text.replace(STEERING, escapeOf);
}

/** JSON that is safe for terminals too: the same value, with control and bidirectional characters as `\u202e`. */
export function escapeJson(json: string): string {
  return json.replace(STEERING, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * A text as HTML or XML that shows it, as content or as the value of an attribute in double quotes.
 *
 * @example escapeMarkup('a < b'); // 'a &lt; b'
 */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}
