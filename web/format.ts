import {
  counted as countedWith,
  formatCount,
  formatDuration,
  formatNumber,
  formatPercent,
  TYPOGRAPHIC,
} from '../src/format.js';

export const number = (value: number | undefined, decimals = 2): string => formatNumber(value, decimals, TYPOGRAPHIC);
export const whole = (value: number | undefined): string => formatCount(value, TYPOGRAPHIC);
export const counted = (count: number | undefined, one: string): string => countedWith(count, one, TYPOGRAPHIC);
export const percent = (value: number | undefined): string => formatPercent(value, 1, TYPOGRAPHIC);
export const duration = (seconds: number | undefined): string => formatDuration(seconds, TYPOGRAPHIC);

/** A number of any magnitude, with four significant digits. */
export function significant(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return TYPOGRAPHIC.unknown;
  const size = Math.abs(value);
  if (size >= 1e9 || (size !== 0 && size < 0.001)) return value.toExponential(2).replace('+', '').replaceAll('-', '−');
  if (size >= 10_000) return whole(value);
  return number(value, size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4);
}

/** Control and direction characters as visible escapes, so that a name shows as it is. */
export { escapeForTerminal as visible } from '../src/escapes.js';

/** A text of any direction within a tooltip, whose numbers stay where they are: what `<bdi>` does elsewhere. */
export const isolated = (text: string): string => `\u2068${text}\u2069`;

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

export function ago(milliseconds: number): string {
  const seconds = (milliseconds - Date.now()) / 1000;
  const [size, unit] = (
    [
      [60, 'second'],
      [3600, 'minute'],
      [86_400, 'hour'],
      [Infinity, 'day'],
    ] as const
  ).find(([limit]) => -seconds < limit)!;
  const per = { second: 1, minute: 60, hour: 3600, day: 86_400 }[unit];
  return size === 60 && seconds > -10 ? 'now' : RELATIVE.format(Math.round(seconds / per), unit);
}
