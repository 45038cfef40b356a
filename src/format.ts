/**
 * How numbers and lists are written: one rule of rounding, with the signs of a terminal or of a page. Safe for
 * browsers.
 */

/** What differs between a terminal, whose text is piped and searched, and a page. */
export interface Signs {
  readonly minus: string;
  readonly infinity: string;
  readonly nan: string;
  /** Stands where a figure is not known. */
  readonly unknown: string;
  /** Before the bound of a share that would be rounded to nothing. */
  readonly below: string;
  /** Before the bound of a share that would be rounded to all. */
  readonly above: string;
}

/** For terminals. */
const PLAIN: Signs = { minus: '-', infinity: 'Infinity', nan: 'NaN', unknown: '-', below: '<', above: '>' };

/** For pages and figures. */
export const TYPOGRAPHIC: Signs = {
  minus: '−',
  infinity: '∞',
  nan: '–',
  unknown: '–',
  below: 'below ',
  above: 'above ',
};

/** Fractions from here on are written with powers of ten: a diverged loss would be wider than its column. */
const MAX_PLAIN = 1e9;

/**
 * A number with a fixed number of decimals and commas between thousands.
 *
 * @example formatNumber(10123.456, 1); // '10,123.5'
 * @example formatNumber(1.43e14, 2); // '1.43e+14'
 */
export function formatNumber(value: number | undefined, decimals = 2, signs = PLAIN): string {
  if (value === undefined) return signs.unknown;
  if (Number.isNaN(value)) return signs.nan;
  if (!Number.isFinite(value)) return value > 0 ? signs.infinity : signs.minus + signs.infinity;
  if (decimals > 0 && Math.abs(value) >= MAX_PLAIN) return value.toExponential(2).replace('-', signs.minus);
  const [whole = '0', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  // −0.001 with two decimals reads 0.00, not -0.00.
  return value < 0 && /[1-9]/.test(text) ? signs.minus + text : text;
}

/**
 * A whole number with commas between thousands.
 *
 * @example formatCount(1234567); // '1,234,567'
 */
export function formatCount(value: number | undefined, signs = PLAIN): string {
  return formatNumber(value, 0, signs);
}

/** An epoch as its readers count it, from 1. Files count from 0, as the original notebook did. */
export const epochNumber = (epoch: number): number => epoch + 1;

/** A number and what it counts, e.g. `1 epoch`, `1,200 epochs`. */
export function counted(count: number | undefined, one: string, signs = PLAIN): string {
  return `${formatCount(count, signs)} ${one}${count === 1 ? '' : 's'}`;
}

/** A list in words: `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[], word: 'and' | 'or' = 'and'): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)!}`;
}

/**
 * A share as a percentage. Shares that are not 0 or 1 never read `0 %` or `100 %`.
 *
 * @example formatPercent(0.8041); // '80.4 %'
 * @example formatPercent(0.0004); // '<0.1 %'
 */
export function formatPercent(share: number | undefined, decimals = 1, signs = PLAIN): string {
  if (share === undefined || !Number.isFinite(share)) return signs.unknown;
  const least = 10 ** -decimals;
  const value = 100 * share;
  if (value > 0 && value < least / 2) return `${signs.below}${formatNumber(least, decimals)} %`;
  if (value < 100 && value >= 100 - least / 2) return `${signs.above}${formatNumber(100 - least, decimals)} %`;
  return `${formatNumber(value, value === 0 || value === 100 ? 0 : decimals, signs)} %`;
}

/**
 * A duration in seconds, in the two largest units that it has.
 *
 * @example formatDuration(0.0421); // '42 ms'
 * @example formatDuration(7.25); // '7.3 s'
 * @example formatDuration(7384); // '2 h 3 min'
 */
export function formatDuration(seconds: number | undefined, signs = PLAIN): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return signs.unknown;
  if (seconds < 0) return signs.minus + formatDuration(-seconds, signs);
  // The bounds are those of the rounded values, so that nothing ever reads "1000 ms" or "60 s".
  if (seconds < 0.9995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  const hours = Math.round(minutes / 60);
  return `${formatCount(Math.floor(hours / 24))} d ${hours % 24} h`;
}

/**
 * A measured time with more digits than a duration has.
 *
 * @example formatSeconds(0.04213); // '42.13 ms'
 */
export function formatSeconds(seconds: number): string {
  return seconds < 0.1 ? `${formatNumber(seconds * 1000, 2)} ms` : `${formatNumber(seconds, 3)} s`;
}

/**
 * A size in bytes, in decimal units (1 kB = 1000 bytes).
 *
 * @example formatBytes(1536000); // '1.5 MB'
 */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  // 999.95 would be written 1000.0.
  while (Math.abs(value) >= (unit === 0 ? 1000 : 999.95) && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${formatNumber(value, unit === 0 ? 0 : 1)} ${units[unit]!}`;
}
