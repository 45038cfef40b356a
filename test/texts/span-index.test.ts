import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpanIndex } from '../../src/texts/span-index.js';

/** The longest span by trying every one, the first of several. */
function byTrying(texts: readonly string[], text: string): { start: number; characters: number } {
  for (let characters = text.length; characters > 0; characters--)
    for (let start = 0; start + characters <= text.length; start++)
      if (texts.some((other) => other.includes(text.slice(start, start + characters)))) return { start, characters };
  return { start: 0, characters: 0 };
}

// Two characters only: long spans repeat, and states of the automaton are split again and again.
const word = fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 14 });

describe('the longest known span', () => {
  it('is found in a worked example', () => {
    const index = new SpanIndex(['wall street opens', 'street art']);
    expect(index.longestSpan('the street artist')).toEqual({ start: 4, characters: 10 });
    // 'street opens' and 'street art' are known, but no text has 'opens art'.
    expect(index.longestSpan('opens art').characters).toBe(5);
    expect(index.longestSpan('')).toEqual({ start: 0, characters: 0 });
    expect(new SpanIndex([]).longestSpan('abc').characters).toBe(0);
  });

  it('is the one that trying every span finds', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), word, (texts, text) => {
        expect(new SpanIndex(texts).longestSpan(text)).toEqual(byTrying(texts, text));
      }),
      { numRuns: 500 },
    );
  });
});
