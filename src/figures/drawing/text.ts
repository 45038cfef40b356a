/**
 * Text in figures: how wide it is at most, and how it is cut, broken and escaped. Widths are bounds for all fonts that
 * figures may be shown in, so that layouts neither depend on the machine nor run into each other. Safe for browsers.
 */
import { FONT_SIZE } from './style.js';

// Helvetica's or DejaVu Sans's widths, whichever is wider, in shares of the font size; a class is as wide as its widest.
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

/** Pixels that a text takes at most. */
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

/** A text that fits into `room` pixels, ended by dots if need be, without control characters (XML forbids them). */
export function shorten(original: string, room: number, fontSize: number = FONT_SIZE, bold = false): string {
  const text = withoutControls(original);
  if (textWidth(text, fontSize, bold) <= room) return text;
  const characters = Array.from(text);
  while (characters.length > 1 && textWidth(`${characters.join('')}…`, fontSize, bold) > room) characters.pop();
  return `${characters.join('').trimEnd()}…`;
}

/** A text in lines that fit into `room` pixels, broken between words; the last of `most` lines is ended by dots. */
export function breakLines(
  original: string,
  room: number,
  look: { readonly fontSize?: number; readonly bold?: boolean; readonly most?: number } = {},
): string[] {
  const { fontSize = FONT_SIZE, bold = false, most = 3 } = look;
  const lines: string[] = [];
  const words = withoutControls(original).split(' ');
  for (let word = 0; word < words.length;) {
    if (lines.length === most - 1) {
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

/** A character's name as it can be seen: a space is shown as the mark that stands for it on keyboards and in forms. */
export function visible(name: string): string {
  return name === ' ' ? '_' : name;
}

/** A text as it stands between tags. */
export function escapeXml(text: string): string {
  return withoutControls(text).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function withoutControls(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}
