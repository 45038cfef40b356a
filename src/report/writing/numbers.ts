/** Numbers as a report writes them. What is not known is an en dash in tables. */

/** Stands in tables where a figure is not known. */
export const UNKNOWN = '–';

/**
 * A number with fixed decimals, thousands apart, and a real minus sign.
 *
 * @example decimal(-1234.5, 1); // '−1,234.5'
 */
export function decimal(value: number | undefined, decimals: number): string {
  if (value === undefined || Number.isNaN(value)) return UNKNOWN;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const [whole = '', fraction] = Math.abs(value).toFixed(decimals).split('.');
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`);
  // −0.001 with two decimals is 0.00, not −0.00.
  return value < 0 && /[1-9]/.test(digits) ? `−${digits}` : digits;
}

/** A whole number. */
export const whole = (value: number | undefined): string => decimal(value, 0);
/** An NLL in nats per text. */
export const nats = (value: number | undefined): string => decimal(value, 2);
/** Nats or bits per character, entropies, perplexities, correlations. */
export const three = (value: number | undefined): string => decimal(value, 3);
/** A top-1, as a share with the four decimals that its figures are usually given with. */
export const top1 = (value: number | undefined): string => decimal(value, 4);

/**
 * A share between 0 and 1 in percent. Shares that are not 0 or 1 never read `0 %` or `100 %`.
 *
 * @example percent(0.0004); // 'below 0.1 %'
 */
export function percent(share: number | undefined, decimals = 1): string {
  if (share === undefined || !Number.isFinite(share)) return UNKNOWN;
  const least = 10 ** -decimals;
  const value = 100 * share;
  if (value > 0 && value < least / 2) return `below ${decimal(least, decimals)} %`;
  if (value < 100 && value >= 100 - least / 2) return `above ${decimal(100 - least, decimals)} %`;
  return `${decimal(value, value === 0 || value === 100 ? 0 : decimals)} %`;
}

/** An interval, e.g. `−0.984 to −0.921`; unknown where an end is. */
export function range(low: number, high: number, decimals: number): string {
  if (Number.isNaN(low) || Number.isNaN(high)) return UNKNOWN;
  return `${decimal(low, decimals)} to ${decimal(high, decimals)}`;
}

/** A ratio, e.g. `× 6.4`. */
export function times(ratio: number): string {
  return Number.isFinite(ratio) ? `× ${decimal(ratio, ratio < 0.95 ? 2 : 1)}` : UNKNOWN;
}

/** A difference in nats per text with its sign, also where it is positive. */
export function signed(difference: number): string {
  return difference > 0 ? `+${nats(difference)}` : nats(difference);
}

/** A number and what it counts, e.g. `1 epoch`, `12 epochs`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** A number in words up to twelve, as in running text. */
export function inWords(count: number): string {
  return WORDS[count] ?? whole(count);
}

/** With a capital at its beginning. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * A duration in seconds, in the two largest units that it has.
 *
 * @example duration(7384); // '2 h 3 min'
 */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const all = Math.round(seconds);
  if (all < 60) return `${all} s`;
  if (all < 3600) return `${Math.floor(all / 60)} min ${all % 60} s`;
  const minutes = Math.round(all / 60);
  return `${whole(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}
