import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { finish } from '../../src/generators.js';
import { alignTexts, noveltySteps } from '../../src/texts/novelty.js';
import { SpanIndex } from '../../src/texts/span-index.js';
import { distance } from 'fastest-levenshtein';

const word = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 14 });

describe('the alignment of two texts', () => {
  it('marks what was inserted, deleted and replaced', () => {
    expect(alignTexts('rain', 'train')).toEqual([
      { isSame: false, text: '', other: 't' },
      { isSame: true, text: 'rain', other: 'rain' },
    ]);
    expect(alignTexts('storm 🌧', 'stern')).toEqual([
      { isSame: true, text: 'st', other: 'st' },
      { isSame: false, text: 'o', other: 'e' },
      { isSame: true, text: 'r', other: 'r' },
      { isSame: false, text: 'm 🌧', other: 'n' },
    ]);
  });

  it('holds both texts, and differs in as few characters as possible', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const pieces = alignTexts(a, b);
        expect(pieces.map(({ text }) => text).join('')).toBe(a);
        expect(pieces.map(({ other }) => other).join('')).toBe(b);
        const same = pieces.filter(({ isSame }) => isSame).reduce((sum, { text }) => sum + text.length, 0);
        expect(Math.max(a.length, b.length) - same).toBeLessThanOrEqual(distance(a, b));
      }),
    );
  });
});

describe('copied spans', () => {
  it('are those that trying every span finds', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), word, fc.integer({ min: 1, max: 5 }), (texts, text, min) => {
        const isCopied = Array.from(text, () => false);
        for (let start = 0; start + min <= text.length; start++)
          if (texts.some((other) => other.includes(text.slice(start, start + min))))
            isCopied.fill(true, start, start + min);
        const found = Array.from(text, () => false);
        for (const { start, characters } of new SpanIndex(texts).copiedSpans(text, min))
          found.fill(true, start, start + characters);
        expect(found).toEqual(isCopied);
      }),
    );
  });
});

describe('the novelty of samples', () => {
  const training = ['mayor opens new bridge', 'storm closes the harbour'];

  it('is the share of their characters in copied spans, and the nearest training text', () => {
    const { texts, searched, trainingTexts } = finish(
      noveltySteps(['mayor opens new harbour', 'storm closes the harbour', 'zzz'], training),
    );
    expect({ searched, trainingTexts }).toEqual({ searched: 2, trainingTexts: 2 });
    expect(texts.map(({ copied }) => copied)).toEqual([
      [{ start: 0, characters: 16 }],
      [{ start: 0, characters: 24 }],
      [],
    ]);
    expect(texts[0]).toMatchObject({ nearest: { text: 'mayor opens new bridge' }, copiedShare: 16 / 23 });
    expect(texts[1]).toMatchObject({ nearest: { edits: 0 }, copiedShare: 1 });
  });

  it('is whole without training texts', () => {
    const { texts } = finish(noveltySteps(['mayor opens new bridge'], []));
    expect(texts).toEqual([{ text: 'mayor opens new bridge', nearest: undefined, copied: [], copiedShare: 0 }]);
  });
});
