/**
 * How wide text is at most, in any of the fonts that figures may be shown in, so that layouts do not depend on the
 * machine; and how it is shortened and broken into lines.
 */
import { FONT_SIZE } from '../style.js';

// Helvetica's or DejaVu Sans's widths, whichever is wider, in shares of the font size; a class is as wide as its
// widest.
const WIDTHS: readonly (readonly [characters: string, width: number])[] = [
  ["ijlI'", 0.31],
  ['ftr .,:;!()[]|/\\-·', 0.415],
  ['Js"*°', 0.525],
  ['w+<=>~±×÷^#¬\u2212', 0.84],
  ['M', 0.87],
  ['mWæÆ%@—…©®¼½¾', 1.02],
];
const WIDTH_OF: ReadonlyMap<string, number> = new Map(
  WIDTHS.flatMap(([characters, width]) => Array.from(characters, (character) => [character, width] as const)),
);
const UPPER_CASE = 0.79; // and &
const LOWER_CASE = 0.64; // and digits, and everything else in Latin, Greek or Cyrillic
const OTHER = 1.02; // such as Chinese
const BOLD = 1.21;

/** At most, in pixels. */
export function textWidth(text: string, fontSize: number = FONT_SIZE, bold = false): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width * fontSize * (bold ? BOLD : 1);
}

function characterWidth(character: string): number {
  const known = WIDTH_OF.get(character.normalize('NFD').charAt(0));
  if (known !== undefined) return known;
  if (character === '&' || /\p{Lu}/u.test(character)) return UPPER_CASE;
  const isNarrow = character < '\u0530' || (character >= '\u2010' && character <= '\u2022'); // dashes, quotes
  return isNarrow ? LOWER_CASE : OTHER;
}

/** The text, or as much of it as fits into `room` pixels with an ellipsis. */
export function shorten(original: string, room: number, fontSize: number = FONT_SIZE, bold = false): string {
  const text = withoutControls(original);
  if (textWidth(text, fontSize, bold) <= room) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, fontSize, bold) > room) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** Lines that fit into `room` pixels, broken between words; the last of `maxLines` is shortened. */
export function breakLines(
  original: string,
  room: number,
  style: { readonly fontSize?: number; readonly bold?: boolean; readonly maxLines?: number } = {},
): string[] {
  const { fontSize = FONT_SIZE, bold = false, maxLines = 3 } = style;
  const lines: string[] = [];
  const words = withoutControls(original).split(' ');
  for (let word = 0; word < words.length;) {
    if (lines.length === maxLines - 1) {
      lines.push(words.slice(word).join(' '));
      break;
    }
    let line = words[word++]!;
    while (word < words.length && textWidth(`${line} ${words[word]!}`, fontSize, bold) <= room)
      line += ` ${words[word++]!}`;
    lines.push(line);
  }
  return lines.map((line) => shorten(line, room, fontSize, bold));
}

/** Control characters take no room that is known. */
function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
