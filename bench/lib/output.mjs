// How figures are written.
import { formatTable } from '../../dist/cli/terminal/table.js';
import { formatBytes, formatCount, formatNumber, formatPercent, formatSeconds as seconds } from '../../dist/format.js';

export { formatBytes, formatCount, formatNumber, formatPercent, seconds };

/** A table of rows of objects: columns are [title, row => cell or undefined]; numbers to the right. */
export function table(columns, rows) {
  return formatTable(
    columns.map(([title], i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows.map((row) => columns.map(([, cell]) => cell(row) ?? '')),
  );
}

export const times = (value) => `${formatNumber(value, value < 10 ? 2 : 1)}x`;

/** Says what is being measured, where nobody reads it as a result. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}

export function endProgress() {
  progress('');
}

/** Ends with a message instead of a stack trace: 2 for what the user can mend. */
export function fail(message) {
  endProgress();
  console.error(`error: ${message}`);
  process.exit(2);
}

/** Parses `1,2` as numbers of at least 1. */
export function positiveIntegers(option, text) {
  const numbers = text.split(',').map(Number);
  if (!numbers.every((n) => Number.isInteger(n) && n >= 1))
    fail(`${option} expects whole numbers of at least 1, separated by commas, not '${text}'`);
  return numbers;
}

/** Checks that a word is one of those that an option takes. */
export function oneOf(option, text, allowed) {
  if (!allowed.includes(text)) fail(`${option} expects ${allowed.join(' or ')}, not '${text}'`);
  return text;
}
