import { describe, expect, it } from 'vitest';
import { counted, significant } from '../../web/format.js';
import { nameOf, share } from '../../web/model/characters.js';

const characters = ['a', ' ', '\t', '\u00a0', '\u0301', '\u200d', '\u202e', 'ش', '👩'];
const info = {
  characters,
  maxCharacters: 9,
  layers: 1,
  heads: 1,
  causal: true,
  parameters: 1,
  cleaning: 'none',
} as const;

it('names each character so that it can be seen', () => {
  const names = ['end', ...characters].map((_, token) => nameOf(info, token));
  expect(names).toEqual(['end', 'a', 'space', 'tab', '\\u{a0}', '◌\u0301', '\\u{200d}', '\\u{202e}', 'ش', '👩']);
});

describe('numbers of the page', () => {
  it.each([
    [0, '0.0 %'],
    [0.0004, '< 0.1 %'],
    [0.0996, '10 %'],
    [0.9949, '99 %'],
    [0.9996, '> 99 %'],
    [1, '100 %'],
  ])('the share %f reads %s', (value, text) => expect(share(value)).toBe(text));

  it('are as short as their size allows', () => {
    expect([1e20, -2.5e9, 123_456, 0.00012].map(significant)).toEqual(['1.00e20', '−2.50e9', '123,456', '1.20e−4']);
  });

  it('count one thing and several', () => {
    expect([0, 1, 1200, undefined].map((count) => counted(count, 'edit'))).toEqual([
      '0 edits',
      '1 edit',
      '1,200 edits',
      '– edits',
    ]);
  });
});
