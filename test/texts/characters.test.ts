import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countCharacters, createUnitWriter, textsAsRead, wordsOf } from '../../src/texts/characters.js';
import { defaultTokenizer, learnAlphabet } from '../../src/index.js';

describe('characters and words', () => {
  it('count code points, and split at any white space', () => {
    expect(countCharacters('a😀b')).toBe(3);
    expect(wordsOf('  wall\t street \n opens ')).toEqual(['wall', 'street', 'opens']);
    expect(wordsOf('   ')).toEqual([]);
  });

  it('are those that a model reads: folded, dropped and cut to the context length', () => {
    expect(textsAsRead(['Café 7 müde', 'abcdef'], defaultTokenizer(), 5)).toEqual(['cafe ', 'abcde']);
    const texts = ['Ä😀', 'x'];
    expect(textsAsRead(texts, learnAlphabet(texts))).toEqual(texts);
    for (const length of [0, -1, 1.5, NaN])
      expect(() => textsAsRead(texts, defaultTokenizer(), length)).toThrow(/context length of at least 1 character/);
  });

  it('become one unit each, the same for the same character and another for another', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 }), { maxLength: 6 }), (texts) => {
        const write = createUnitWriter();
        const written = texts.map(write);
        texts.forEach((text, i) => expect(written[i]!.length).toBe(countCharacters(text)));
        for (const [i, text] of texts.entries())
          for (const [j, other] of texts.entries()) expect(written[i] === written[j]).toBe(text === other);
      }),
    );
  });
});
