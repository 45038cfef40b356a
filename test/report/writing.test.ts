import { describe, expect, it } from 'vitest';
import { decimal, duration, nats, range, signed, top1, whole } from '../../src/report/writing/numbers.js';
import { code, prose } from '../../src/report/writing/prose.js';

describe('prose', () => {
  it('tells formulas, emphasis and strong words from text', () => {
    expect(prose`Let $x_t$ be _one_ token, *always*.`).toEqual([
      'Let ',
      { formula: 'x_t' },
      ' be ',
      { emphasis: 'one' },
      ' token, ',
      { strong: 'always' },
      '.',
    ]);
  });

  it('leaves backslashes and other marks within a formula alone', () => {
    expect(prose`$a_{i} \cdot b^*$`).toEqual([{ formula: String.raw`a_{i} \cdot b^*` }]);
  });

  it('fills in numbers, in a formula too', () => {
    expect(prose`$V = ${29}$ and ${3} more`).toEqual([{ formula: 'V = 29' }, ' and 3 more']);
    expect(prose`$${'1,234,567'}$, ${'1,234'}`).toEqual([{ formula: '1{,}234{,}567' }, ', 1,234']);
  });

  it('takes signs that are filled in for what they are', () => {
    expect(prose`The text ${'a_b $c$ *d*'} stays.`).toEqual(['The text a_b $c$ *d* stays.']);
    expect(prose`The character ${code('$')}.`).toEqual(['The character ', { code: '$' }, '.']);
  });

  it('joins lines, and has no space at its ends', () => {
    expect(prose`
      one
      two  three ${code('x')}
    `).toEqual(['one two three ', { code: 'x' }]);
  });

  it('refuses a mark that is not closed', () => {
    expect(() => prose`half a $formula`).toThrow('not closed');
    expect(() => prose`$x = ${code('y')}$`).toThrow('within marks');
  });
});

describe('numbers of a report', () => {
  it('have the decimals of their kind, and a real minus sign', () => {
    const shown = [decimal(-1234.5, 1), nats(98.3214), top1(0.80412), whole(1084)];
    expect(shown).toEqual(['−1,234.5', '98.32', '0.8041', '1,084']);
    expect([signed(0.001), signed(-0.001), signed(0.006)]).toEqual(['0.00', '0.00', '+0.01']);
    expect([signed(1.5), signed(-1.5), signed(0)]).toEqual(['+1.50', '−1.50', '0.00']);
  });

  it('are a dash where they are not known', () => {
    expect([nats(undefined), range(NaN, 1, 2), duration(NaN)]).toEqual(['–', '–', '–']);
    expect(range(-0.984, -0.921, 3)).toBe('−0.984 to −0.921');
  });
});
