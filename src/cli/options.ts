import { LetterpressError } from '../errors.js';
import { suggest } from '../suggest.js';

/** Turns the text a user wrote after an option into a value, or throws `BAD_OPTION`. For commander's `option()`. */
export type OptionParser<T> = (text: string) => T;

/** Limits of a number, both included unless `above` or `below` say otherwise. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
  /** The value must be greater than this. */
  readonly above?: number;
  /** The value must be less than this. */
  readonly below?: number;
}

// Number() would also take '', ' 1 ', '0x10' and 'Infinity', which are more likely slips than wishes.
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A whole number of at least 1 (1e3 and 1_000 are fine too).
 *
 * @example command.option('--epochs <n>', 'passes over the texts', positiveInteger('--epochs'))
 */
export function positiveInteger(option: string): OptionParser<number> {
  return integer(option, { min: 1 });
}

/** A whole number within `range`; exact up to 2^53 − 1. */
export function integer(option: string, range: Range = {}): OptionParser<number> {
  return (text) => {
    const value = toNumber(text);
    if (!Number.isSafeInteger(value) || !inside(value, range)) throw badNumber(option, 'a whole number', range, text);
    return value;
  };
}

/**
 * A number within `range`.
 *
 * @example command.option('--temperature <t>', 'sharpness of sampling', number('--temperature', { above: 0 }))
 */
export function number(option: string, range: Range = {}): OptionParser<number> {
  return (text) => {
    const value = toNumber(text);
    if (!Number.isFinite(value) || !inside(value, range)) throw badNumber(option, 'a number', range, text);
    return value;
  };
}

/**
 * Several values between commas, each once.
 *
 * @example command.option('--temperatures <list>', 'such as 0.5,1', list(number('--temperatures', { above: 0 })))
 */
export function list<T>(each: OptionParser<T>): OptionParser<T[]> {
  return (text) => [...new Set(text.split(',').map((part) => each(part.trim())))];
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/**
 * A time such as `90s`, `45m`, `1.5h` or `1h30m`, in seconds.
 *
 * @example command.option('--budget <time>', 'e.g. 2h', duration('--budget'))
 */
export function duration(option: string): OptionParser<number> {
  return (text) => {
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([smh])/gy)];
    const read = parts.map(([part]) => part).join('');
    const seconds = parts.reduce((sum, [, n, unit]) => sum + Number(n) * SECONDS[unit as keyof typeof SECONDS], 0);
    if (read === text && seconds > 0) return seconds;
    throw new LetterpressError(
      'BAD_OPTION',
      `${option} expects a time such as 90s, 45m or 1h30m, not '${text}'`,
      `Give ${option} a value that fits, or leave it out.`,
    );
  };
}

/**
 * One of a few words. The error names them all and suggests the nearest.
 *
 * @example command.option('--clean <how>', 'cleaning of the texts', choice('--clean', ['headlines', 'none']))
 */
export function choice<T extends string>(option: string, allowed: readonly T[]): OptionParser<T> {
  return (text) => {
    const found = allowed.find((word) => word === text);
    if (found !== undefined) return found;
    const nearest = suggest(text, allowed);
    throw new LetterpressError(
      'BAD_OPTION',
      `${option} expects ${oneOf(allowed)}, not '${text}'`,
      nearest === undefined ? `Choose ${oneOf(allowed)}.` : `Did you mean '${nearest}'?`,
    );
  };
}

function toNumber(text: string): number {
  const digits = text.replace(/(?<=\d)_(?=\d)/g, '');
  return DECIMAL.test(digits) ? Number(digits) : NaN;
}

function inside(value: number, { min, max, above, below }: Range): boolean {
  return (
    (min === undefined || value >= min) &&
    (max === undefined || value <= max) &&
    (above === undefined || value > above) &&
    (below === undefined || value < below)
  );
}

function badNumber(option: string, kind: string, range: Range, text: string): LetterpressError {
  return new LetterpressError(
    'BAD_OPTION',
    `${option} expects ${kind}${describe(range)}, not '${text}'`,
    `Give ${option} a value that fits, or leave it out.`,
  );
}

function describe({ min, max, above, below }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`;
  const limits: string[] = [];
  if (min !== undefined) limits.push(`of at least ${min}`);
  if (above !== undefined) limits.push(`above ${above}`);
  if (max !== undefined) limits.push(`of at most ${max}`);
  if (below !== undefined) limits.push(`below ${below}`);
  return limits.length === 0 ? '' : ` ${limits.join(' and ')}`;
}

function oneOf(words: readonly string[]): string {
  const quoted = words.map((word) => `'${word}'`);
  if (quoted.length < 2) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`;
}
