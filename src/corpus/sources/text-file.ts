import { LetterpressError } from '../../errors.js';
import { readUtf8 } from './read-file.js';

/**
 * The lines of a text: they end at \n only, a \r before it is left out, and the end of the last line begins no new
 * one. An empty line is an empty text.
 *
 * @example splitLines('one\r\n\ntwo\n'); // ['one', '', 'two']
 */
export function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/**
 * The texts of a UTF-8 file, one a line.
 *
 * @throws BAD_INPUT when the file is missing, empty, only blank lines or not UTF-8; IO when it cannot be read
 */
export async function readTextFile(path: string): Promise<string[]> {
  const lines = splitLines(await readUtf8(path));
  if (lines.every((line) => line.trim() === ''))
    throw new LetterpressError(
      'BAD_INPUT',
      `${path} has no texts: it is ${lines.length === 1 ? 'one blank line' : `${lines.length} blank lines`}`,
      'Check that it is the right file; put one text on each line.',
    );
  return lines;
}
