import { toLines } from '../../escapes.js';
import { optionGroup } from './group.js';

/** Adds `-0`, for commands that write one text a line. */
export const addLinesOption = optionGroup((command) =>
  command.option('-0, --null', 'end each text with NUL instead of a line feed, without escapes'),
);

/** Texts as lines with escapes, or as they are with NUL after each. */
export function linesOrNulls(texts: readonly string[], nulls = false): string {
  return nulls ? texts.map((text) => `${text}\0`).join('') : toLines(texts);
}
