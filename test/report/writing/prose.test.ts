import { describe, expect, it } from 'vitest';
import { code, prose } from '../../../src/report/writing/prose.js';

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
