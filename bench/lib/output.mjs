// How figures are written.
import { formatNumber, formatTable } from './internals.mjs';

export { formatSeconds as seconds } from './internals.mjs';

/** A table of rows of objects: columns are [title, row => cell or undefined]; numbers to the right. */
export function table(columns, rows) {
  return formatTable(
    columns.map(([title], i) => ({ title, align: i === 0 ? 'left' : 'right' })),
    rows.map((row) => columns.map(([, cell]) => cell(row) ?? '')),
    { bold: (text) => text, columns: process.stdout.columns ?? 160 },
  );
}

export const times = (value) => `${formatNumber(value, value < 10 ? 2 : 1)}x`;

/** What is being measured, on a terminal only. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}

export function endProgress() {
  progress('');
}

/** Ends with a message instead of a stack trace. */
export function fail(message) {
  endProgress();
  console.error(`error: ${message}`);
  process.exit(2);
}
