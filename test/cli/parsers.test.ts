import { InvalidArgumentError } from '@commander-js/extra-typings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choice, duration, integer, list, number, positiveInteger } from '../../src/cli/options/parsers.js';
import { epochsBySize } from '../../src/cli/commands/study.js';

/** The message of a refused argument. */
function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidArgumentError);
    return (error as Error).message;
  }
  throw new Error('expected a refusal');
}

describe('list', () => {
  const parse = list(positiveInteger);

  it('reads values between commas, each once', () => {
    expect(parse('3, 1,3 ,2')).toEqual([3, 1, 2]);
    expect(parse('7')).toEqual([7]);
  });

  it.each([
    ['1,0', '0'],
    ['', ''],
    ['1,', ''],
    ['1;2', '1;2'],
  ])('names the part of %j that is refused', (text, part) => {
    expect(refusal(() => parse(text))).toMatch(new RegExp(`at least 1.*'${part}'`));
  });
});

describe('numbers', () => {
  it('reads whole numbers, also as 1e3 and 1_000', () => {
    expect(['1', '12', '+7', '1e3', '1_000', '2.0'].map(positiveInteger)).toEqual([1, 12, 7, 1000, 1000, 2]);
  });

  it.each(['0', '-3', '1.5', 'ten', '', ' 4', '0x10', 'Infinity', 'NaN', '12px', '--json'])(
    'refuses %j as a positive whole number',
    (text) => {
      expect(refusal(() => positiveInteger(text))).toContain('at least 1');
    },
  );

  it('says up to where whole numbers are exact', () => {
    expect(refusal(() => positiveInteger('9007199254740993'))).toContain('from 1 to 9007199254740991');
    expect(refusal(() => integer({ min: 0, max: 9 })('1e30'))).toContain('from 0 to 9');
  });

  it('keeps to open and closed limits', () => {
    const share = number({ above: 0, max: 1 });
    expect(share('1')).toBe(1);
    expect(share('1e-9')).toBe(1e-9);
    expect(refusal(() => share('0'))).toContain('above 0 and of at most 1');
    expect(refusal(() => share('1.01'))).toContain('above 0 and of at most 1');
    expect(refusal(() => integer({ min: 0, max: 9 })('10'))).toContain('from 0 to 9');
    expect(refusal(() => number({ below: 2 })('2'))).toContain('below 2');
  });

  it('reads back every number as JavaScript writes it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // Adding 0 makes −0, which is written "0", a plain 0.
        expect(number()(String(value))).toBe(value + 0);
      }),
    );
  });
});

describe('choice', () => {
  const parse = choice(['87k', '557k', '5m', '10m']);

  it('takes its words and names them all for any other', () => {
    expect(parse('557k')).toBe('557k');
    for (const word of ['87k', '557k', '5m', '10m']) expect(refusal(() => parse('Headline'))).toContain(`'${word}'`);
  });

  it('suggests the nearest word, and none when nothing is near', () => {
    expect(refusal(() => parse('5557k'))).toContain("Did you mean '557k'?");
    expect(refusal(() => parse('gigantic'))).not.toContain('Did you mean');
  });
});

describe('duration', () => {
  it.each([
    ['90s', 90],
    ['45m', 2700],
    ['1.5h', 5400],
    ['1h30m', 5400],
  ])('reads %s as %i seconds', (text, seconds) => {
    expect(duration(text)).toBe(seconds);
  });

  it.each(['soon', '0s', '5', ''])('refuses %j', (text) => {
    refusal(() => duration(text));
  });
});

describe('epochsBySize', () => {
  it.each([
    ['3', { '87k': 3, '557k': 3, '5m': 3, '10m': 3 }],
    ['10m=20', { '10m': 20 }],
    ['87k = 7, 30', { '87k': 7, '557k': 30, '5m': 30, '10m': 30 }],
  ])('reads %j', (text, epochs) => {
    expect(epochsBySize(text)()).toEqual(epochs);
  });

  it('knows the sizes that are shapes, and refuses epochs of one that is not trained', () => {
    expect(epochsBySize('3,64x2=9')(['87k', '64x2', '96x3'])).toMatchObject({ '87k': 3, '64x2': 9, '96x3': 3 });
    expect(() => epochsBySize('64x3=9')(['64x2'])).toThrow(/64x3/);
    expect(() => epochsBySize('87k=1')(['64x2'])).toThrow(/87k, which is not trained/);
  });

  it.each(['0', '10M=3', '3,4', '5m=3,5m=4', '5m=3=4'])('refuses %j', (text) => {
    refusal(() => epochsBySize(text));
  });
});
