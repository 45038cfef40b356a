/** Texts as wide as a terminal shows them: wide and combining characters, emoji, and {@link Style} without a width. */
import stringWidth from 'string-width';
import wrapAnsi, { type Options } from 'wrap-ansi';
import { escapeForTerminal } from '../../escapes.js';
import { toCodes, toMarks } from './style.js';

/** Columns that a text takes once it is on the terminal, where escapes stand for what would steer it. */
export function textWidth(text: string): number {
  return stringWidth(toCodes(escapeForTerminal(text)));
}

/** The lines of a text that is at most so wide. */
export function wrapText(text: string, columns: number, options?: Options): string[] {
  return toMarks(wrapAnsi(toCodes(escapeForTerminal(text)), columns, options)).split('\n');
}

/** The beginning of a text that fits, with an ellipsis where it was cut; characters are never broken. */
export function fitText(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  return `${wrapText(text, columns - 1, { hard: true, trim: false })[0]!.trimEnd()}…`;
}
