const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/**
 * An ISO 8601 date as a reader expects it, in universal time, so that it does not depend on where it is shown.
 *
 * @example readableDate('2020-03-07T23:30:00Z'); // '7 March 2020'
 */
export function readableDate(date: string): string {
  const time = new Date(date);
  return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]!} ${time.getUTCFullYear()}`;
}
