import { LetterpressError } from '../../errors.js';
import { toLines } from '../../escapes.js';
import { optionGroup } from './group.js';

/** Adds `-0`, for commands that write one text a line. */
export const addLinesOption = optionGroup((command) =>
  command.option('-0, --null', 'end each text with NUL instead of a line feed, without escapes'),
);

/** @throws LetterpressError BAD_OPTION where texts are to be both lines and JSON */
export function checkLines({ json, null: nulls }: { readonly json?: true; readonly null?: true }): void {
  if (json && nulls)
    throw new LetterpressError(
      'BAD_OPTION',
      '--null ends each text with NUL, but --json writes one document',
      'Leave one of them out.',
    );
}

/** Texts as lines with escapes, or as they are with NUL after each. */
export function linesOrNulls(texts: readonly string[], nulls = false): string {
  return nulls ? texts.map((text) => `${text}\0`).join('') : toLines(texts);
}
