/** Texts and dates as a reader sees them. */

/**
 * A text as it can be shown: characters that no font has a glyph for become visible stand-ins. Control characters
 * get their pictures (U+2400 and on), half surrogate pairs, noncharacters and C1 controls the replacement character;
 * line feeds and tabs stay. Nothing is left out, so that a text's length in characters stays the same.
 *
 * @example printable('a\u0000b'); // 'a␀b'
 */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    return code === 0x7f ? '\u2421' : '\ufffd';
  });
}

/**
 * An ISO 8601 date in words, in universal time, so that it does not depend on where it is shown.
 *
 * @example readableDate('2020-03-07T23:30:00Z'); // '7 March 2020'
 */
export function readableDate(date: string): string {
  const time = new Date(date);
  const month = time.toLocaleString('en', { month: 'long', timeZone: 'UTC' });
  return `${time.getUTCDate()} ${month} ${time.getUTCFullYear()}`;
}
