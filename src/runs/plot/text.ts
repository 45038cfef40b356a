/**
 * Text in figures: how wide it is at most, and how it is cut, broken and escaped. Widths are bounds for all fonts that
 * figures may be shown in, so that layouts neither depend on the machine nor run into each other. Safe for browsers.
 */
import { FONT_SIZE } from './style.js';

// DejaVu Sans is the widest font of FONT. In shares of the font size, the letters between two steps as their widest.
const WIDTHS: readonly (readonly [letters: string, width: number])[] = [
  ["ijlI|'", 0.3],
  ['ftJ .,:;!()[]-/·', 0.41],
  ['r"*', 0.46],
  ['mw%MOQ@+=<>–−±~', 0.84],
  ['W—…', 1],
];
const WIDTH_OF: ReadonlyMap<string, number> = new Map(
  WIDTHS.flatMap(([letters, width]) => Array.from(letters, (letter) => [letter, width] as const)),
);
const LOWER_CASE = 0.635; // and digits
const UPPER_CASE = 0.75;
const OTHER = 1; // such as Chinese
const BOLD = 1.13;

/** Pixels that a text takes at most. */
export function textWidth(text: string, fontSize: number = FONT_SIZE, bold = false): number {
  let width = 0;
  for (const letter of text) width += letterWidth(letter);
  return width * fontSize * (bold ? BOLD : 1);
}

function letterWidth(letter: string): number {
  const known = WIDTH_OF.get(letter.normalize('NFD').charAt(0));
  if (known !== undefined) return known;
  if (/\p{Lu}/u.test(letter)) return UPPER_CASE;
  return letter < '\u0530' ? LOWER_CASE : OTHER;
}

/** A text that fits into `room` pixels, ended by dots if need be, without control letters (XML forbids them). */
export function shorten(original: string, room: number, fontSize: number = FONT_SIZE, bold = false): string {
  const text = withoutControls(original);
  if (textWidth(text, fontSize, bold) <= room) return text;
  const letters = Array.from(text);
  while (letters.length > 1 && textWidth(`${letters.join('')}…`, fontSize, bold) > room) letters.pop();
  return `${letters.join('').trimEnd()}…`;
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

/** A letter's name as it can be seen: a space is shown as the mark that stands for it on keyboards and in forms. */
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
