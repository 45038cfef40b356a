import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeSplit } from '../../src/tokenizer/encode-split.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';

const tokenizer = defaultTokenizer();

describe('encodeSplit', () => {
  it('truncates to the context length and counts what it cut', () => {
    const { encoded, report } = encodeSplit(['abcdef', 'abc', '', 'abcd'], tokenizer, { maxCharacters: 3 });
    expect(encoded.map((e) => [...e])).toEqual([[1, 2, 3], [1, 2, 3], [], [1, 2, 3]]);
    expect(report).toMatchObject({ texts: 4, empty: 1, characters: 13, encoded: 13, textsCut: 2, charactersCut: 4 });
  });

  it('truncates to 149 characters by default', () => {
    const { encoded, report } = encodeSplit(['a'.repeat(149), 'a'.repeat(150)], tokenizer);
    expect(encoded.map((e) => e.length)).toEqual([149, 149]);
    expect(report).toMatchObject({ textsCut: 1, charactersCut: 1 });
  });

  it('reports counts that add up for any texts and context length', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 12 }), (texts, maxCharacters) => {
        const { encoded, report } = encodeSplit(texts, tokenizer, { maxCharacters });
        expect(encoded.reduce((sum, e) => sum + e.length, 0)).toBe(report.encoded - report.charactersCut);
        expect(encoded.every((e) => e.length <= maxCharacters)).toBe(true);
      }),
    );
  });

  it('names split, text and character in a strict error', () => {
    expect(() => encodeSplit(['abc', 'é', 'a€'], tokenizer, { strict: true, name: 'val' })).toThrow(
      'text 3 of val has the character "€" (U+20AC), which is not in the alphabet',
    );
  });

  it.each([0, -1, 1.5, Number.NaN])('rejects a context length of %d characters', (maxCharacters) => {
    expect(() => encodeSplit([], tokenizer, { maxCharacters })).toThrow(
      'expected a context length of at least 1 character',
    );
  });
});
