import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choice, integer, list, number, positiveInteger } from '../../src/cli/options.js';
import { suggest } from '../../src/suggest.js';
import { errorOf } from '../support/error-of.js';

describe('lists', () => {
  it('reads values between commas, each once, and refuses what one value is refused for', () => {
    const parse = list(integer('--sizes', { min: 1 }));
    expect(parse('3, 1,3 ,2')).toEqual([3, 1, 2]);
    expect(parse('7')).toEqual([7]);
    for (const [text, part] of [
      ['1,0', '0'],
      ['', ''],
      ['1,', ''],
      ['1;2', '1;2'],
    ] as const)
      expect(errorOf(() => parse(text)).message).toBe(`--sizes expects a whole number of at least 1, not '${part}'`);
  });
});

describe('numbers', () => {
  it('reads whole numbers, also as 1e3 and 1_000', () => {
    const parse = positiveInteger('--epochs');
    expect(['1', '12', '+7', '1e3', '1_000', '2.0'].map(parse)).toEqual([1, 12, 7, 1000, 1000, 2]);
  });

  it.each(['0', '-3', '1.5', 'ten', '', ' 4', '0x10', 'Infinity', 'NaN', '9007199254740993', '12px', '--json'])(
    'refuses %j as a positive whole number, saying so',
    (text) => {
      const error = errorOf(() => positiveInteger('--epochs')(text));
      expect(error.code).toBe('BAD_OPTION');
      expect(error.exitCode).toBe(2);
      expect(error.message).toBe(`--epochs expects a whole number of at least 1, not '${text}'`);
    },
  );

  it('keeps to open and closed limits', () => {
    const share = number('--top-p', { above: 0, max: 1 });
    expect(share('1')).toBe(1);
    expect(share('1e-9')).toBe(1e-9);
    expect(errorOf(() => share('0')).message).toContain('above 0 and of at most 1');
    expect(errorOf(() => share('1.01')).message).toContain("'1.01'");
    expect(errorOf(() => integer('--seed', { min: 0, max: 9 })('10')).message).toContain('from 0 to 9');
    expect(errorOf(() => number('--x', { below: 2 })('2')).message).toContain('below 2');
  });

  it('reads back every number as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // Adding 0 makes −0, which is written "0", a plain 0.
        expect(number('--x')(String(value))).toBe(value + 0);
      }),
    );
  });
});

describe('choices', () => {
  const parse = choice('--preset', ['87k', '557k', '5m', '10m']);

  it('takes the words and nothing else', () => {
    expect(parse('557k')).toBe('557k');
    expect(errorOf(() => parse('Headline')).message).toBe(
      "--preset expects '87k', '557k', '5m' or '10m', not 'Headline'",
    );
  });

  it('suggests the nearest word, and none when nothing is near', () => {
    expect(errorOf(() => parse('5557k')).fix).toContain("'557k'");
    expect(errorOf(() => parse('gigantic')).fix).not.toContain('Did you mean');
    expect(suggest('trian', ['train', 'sample', 'score'])).toBe('train');
    expect(suggest('x', ['train'])).toBeUndefined();
    expect(suggest('train', [])).toBeUndefined();
  });
});
