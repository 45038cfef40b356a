/**
 * Python's idea of letters, digits, white space and case, as pieces of regular expressions.
 *
 * JavaScript's `\w`, `\d` and `\b` know only ASCII; its `\s` leaves out U+001C to U+001F and U+0085 and adds
 * U+FEFF; and its property classes grow with every engine. Python 3.11 classifies by Unicode 14.0, so what
 * was assigned later is taken out again here: the same text cleans to the same letters on every engine.
 * All patterns are for the `v` flag. Source: CPython 3.11, Objects/unicodectype.c and Modules/_sre.
 */

/** Letters and digits that Unicode assigned after 14.0 (up to 17.0), with unassigned space between them. */
const ASSIGNED_SINCE_UNICODE_14 =
  '[\\u{88f}\\u{c5c}\\u{cdc}\\u{1c89}-\\u{1c8a}\\u{a7cb}-\\u{a7cf}\\u{a7d2}\\u{a7d4}\\u{a7da}-\\u{a7f1}' +
  '\\u{105c0}-\\u{105f3}\\u{10940}-\\u{10959}\\u{10d40}-\\u{10d85}\\u{10ec2}-\\u{10ec7}\\u{1123f}-\\u{11240}' +
  '\\u{11380}-\\u{113d3}\\u{116d0}-\\u{116e3}\\u{11bc0}-\\u{11bf9}\\u{11db0}-\\u{11de9}\\u{11f02}-\\u{11f59}' +
  '\\u{1342f}-\\u{143fa}\\u{16100}-\\u{16139}\\u{16d40}-\\u{16d79}\\u{16ea0}-\\u{16ed3}\\u{16ff2}-\\u{16ff6}' +
  '\\u{187f8}-\\u{187ff}\\u{18cff}\\u{18d09}-\\u{18df2}\\u{1b132}\\u{1b155}\\u{1ccf0}-\\u{1d2d3}' +
  '\\u{1df25}-\\u{1e06d}\\u{1e4d0}-\\u{1e6ff}\\u{2b739}-\\u{2b73f}\\u{2cea2}-\\u{2cead}\\u{2ebf0}-\\u{2ee5d}' +
  '\\u{31350}-\\u{33479}]';

/** One `str.isalpha` character: general category L*. */
const LETTER = `[\\p{L}--${ASSIGNED_SINCE_UNICODE_14}]`;

/**
 * One `\w` character: letters, every kind of number, the underscore; unlike in JavaScript's `\p{Alphabetic}`, no marks.
 */
export const WORD = `[[\\p{L}\\p{N}_]--${ASSIGNED_SINCE_UNICODE_14}]`;

/** One `\d` character: a decimal digit of any script. */
export const DIGIT = `[\\p{Nd}--${ASSIGNED_SINCE_UNICODE_14}]`;

/** One `\s` character, which is also what `str.split`, `str.strip` and `str.isspace` go by. */
export const SPACE = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]';

/** One `\S` character. */
export const NON_SPACE = SPACE.replace('[', '[^');

/** `$` without `re.MULTILINE`: the end, or just before a newline that ends the text. */
export const END = '(?=\\n?$)';

/** What else `re.IGNORECASE` takes for an ASCII letter, beyond its other case. */
const CASE_EXTRAS: Readonly<Record<string, string>> = { i: '\u0130\u0131', k: '\u212a', s: '\u017f' };

/**
 * A pattern that matches `literal` as Python's `(?i)` does: `i` also takes U+0130 and U+0131, `k` the
 * Kelvin sign and `s` the long s. `literal` may hold ASCII letters and characters without a special meaning.
 *
 * @example anyCase("d'ye") // "[dD]'[yY][eE]"
 */
export function anyCase(literal: string): string {
  return literal.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}${CASE_EXTRAS[letter] ?? ''}]`);
}

// One character, not the whole text: a pattern that takes in a word of millions of letters overflows the stack.
const noLetter = new RegExp(`[^${LETTER}]`, 'v');
const someSpace = new RegExp(`${SPACE}+`, 'v');
const noSpace = new RegExp(NON_SPACE, 'v');
const space = new RegExp(SPACE, 'v');

/** `str.isalpha`: at least one character, and nothing but letters. */
export function isAlpha(text: string): boolean {
  return text !== '' && !noLetter.test(text);
}

/** `str.split()`: the pieces between runs of white space, without empty ones. */
export function splitAtSpace(text: string): string[] {
  return text.split(someSpace).filter((piece) => piece !== '');
}

/** `str.rstrip()`. */
export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && space.test(text[end - 1]!)) end--;
  return text.slice(0, end);
}

/** True for a text that `str.strip()` would leave empty. */
export function isBlank(text: string): boolean {
  return !noSpace.test(text);
}

const upper = new RegExp(`^[\\p{Uppercase}--${ASSIGNED_SINCE_UNICODE_14}]`, 'v');
// U+0295 lost the property Lowercase after Unicode 14; the others gained it.
const lower = new RegExp(
  `^[[\\p{Lowercase}\\u0295]--[${ASSIGNED_SINCE_UNICODE_14}\\u10fc\\u{a7f2}-\\u{a7f4}\\u{ab69}]]`,
  'v',
);

/** `text[0].isupper()`; title-case letters are neither upper nor lower. */
export function startsUpper(text: string): boolean {
  return upper.test(text);
}

/** `text[0].islower()`. */
export function startsLower(text: string): boolean {
  return lower.test(text);
}
