/** Numbers as a report writes them, with the signs of a page. */
import { formatDuration, formatNumber, formatPercent, TYPOGRAPHIC } from '../../format.js';

export { counted } from '../../format.js';

/** Stands in tables where a figure is not known. */
export const UNKNOWN = TYPOGRAPHIC.unknown;

export const decimal = (value: number | undefined, decimals: number): string =>
  formatNumber(value, decimals, TYPOGRAPHIC);
export const percent = (share: number | undefined, decimals = 1): string => formatPercent(share, decimals, TYPOGRAPHIC);
export const duration = (seconds: number | undefined): string => formatDuration(seconds, TYPOGRAPHIC);

export const whole = (value: number | undefined): string => decimal(value, 0);
export const nats = (value: number | undefined): string => decimal(value, 2);
/** Nats or bits per character, entropies, perplexities, correlations. */
export const three = (value: number | undefined): string => decimal(value, 3);
export const top1 = (value: number | undefined): string => decimal(value, 4);

/** An interval, e.g. `−0.984 to −0.921`; unknown where an end is. */
export function range(low: number, high: number, decimals: number): string {
  if (Number.isNaN(low) || Number.isNaN(high)) return UNKNOWN;
  return `${decimal(low, decimals)} to ${decimal(high, decimals)}`;
}

/** A difference in nats per text with its sign, also where it is positive. */
export function signed(difference: number): string {
  const size = nats(difference);
  return difference > 0 && Number(size) !== 0 ? `+${size}` : size.replace(/^−(?=[0.]+$)/, '');
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** A number in words up to twelve, as in running text. */
export function inWords(count: number): string {
  return WORDS[count] ?? whole(count);
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
