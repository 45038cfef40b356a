import { InvalidArgumentError } from '@commander-js/extra-typings';
import { LetterpressError } from '../../errors.js';
import { listed } from '../../format.js';
import type { FormField } from '../../studio/api.js';
import { suggest } from '../../suggest.js';

/**
 * Turns the text after an option into its value. Throws commander's InvalidArgumentError, to which commander adds the
 * option and the text.
 */
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

/** What a parser takes, for forms. */
type Expectation = FormField['expects'];

const expectations = new WeakMap<object, Expectation>();

/** Remembers what a parser takes, and returns it. */
export function expecting<P extends OptionParser<unknown>>(what: Expectation, parser: P): P {
  expectations.set(parser, what);
  return parser;
}

/** What {@link expecting} was told of a parser. */
export function expectationOf(parser: object | undefined): Expectation | undefined {
  return parser && expectations.get(parser);
}

// Number() would also take '', ' 1 ', '0x10' and 'Infinity', which are more likely slips than wishes.
const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/**
 * A whole number within `range` (1e3 and 1_000 are fine too); exact up to 2^53 − 1.
 *
 * @example command.option('--seed <n>', 'seed', integer({ min: 0 }))
 */
export function integer(range: Range = {}): OptionParser<number> {
  return numberThat(Number.isSafeInteger, 'a whole number', range);
}

export const positiveInteger = integer({ min: 1 });

/** A number within `range`. */
export function number(range: Range = {}): OptionParser<number> {
  return numberThat(Number.isFinite, 'a number', range);
}

export function somePath(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path.');
  if (/^~(?=$|[/\\])/.test(text))
    throw new InvalidArgumentError(
      'Expected a path in which the shell has replaced ~: write the home folder out, or ./~ for a folder of that name.',
    );
  return text;
}

/** Several values between commas, each once. */
export function list<T>(each: OptionParser<T>): OptionParser<T[]> {
  return (text) => {
    const values = text.split(',').map((part) => {
      try {
        return each(part.trim());
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
        throw new InvalidArgumentError(`${error.message} Got '${part.trim()}'.`);
      }
    });
    return [...new Set(values)];
  };
}

/** One of a few words. The error names them all and suggests the nearest. */
export function choice<const T extends string>(allowed: readonly T[]): OptionParser<T> {
  return expecting({ kind: 'choice', choices: allowed }, (text) => {
    const found = allowed.find((word) => word === text);
    if (found !== undefined) return found;
    const nearest = suggest(text, allowed);
    const expected = listed(
      allowed.map((word) => `'${word}'`),
      'or',
    );
    const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`;
    throw new InvalidArgumentError(`Expected ${expected}.${hint}`);
  });
}

/** Turns an error of the library into one that commander adds the option to. */
export function asArgument<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LetterpressError)) throw error;
    const message = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`;
    throw new InvalidArgumentError(`${message}.\n  ${error.fix}`);
  }
}

const SECONDS = { s: 1, m: 60, h: 3600 } as const;

/** A time such as `90s`, `45m`, `1.5h` or `1h30m`, in seconds. */
export function duration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([smh])/gy)];
  const read = parts.map(([part]) => part).join('');
  const seconds = parts.reduce((sum, [, n, unit]) => sum + Number(n) * SECONDS[unit as keyof typeof SECONDS], 0);
  if (read === text && seconds > 0) return seconds;
  throw new InvalidArgumentError('Expected a time such as 90s, 45m or 1h30m.');
}

/** Gathers the values of a repeatable option. */
export function collect(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

function numberThat(fits: (value: number) => boolean, kind: string, range: Range): OptionParser<number> {
  const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity } = range;
  return expecting({ kind: kind === 'a whole number' ? 'integer' : 'number' }, (text) => {
    const digits = text.replace(/(?<=\d)_(?=\d)/g, '');
    const value = DECIMAL.test(digits) ? Number(digits) : NaN;
    if (fits(value) && value >= min && value <= max && value > above && value < below) return value;
    const isHuge = kind === 'a whole number' && Math.abs(value) > Number.MAX_SAFE_INTEGER;
    const limits = isHuge ? { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER, ...range } : range;
    throw new InvalidArgumentError(`Expected ${kind}${describe(limits)}.`);
  });
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
