import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markText } from '../../src/texts/mark-text.js';
import { distinctShare, evenlySpaced, sampleQuality } from '../../src/texts/sample-quality.js';
import { TrainingIndex } from '../../src/texts/training-index.js';
import { sampleQualitySchema } from '../../src/texts/texts-schema.js';

const train = ['stock fall again', 'stock rise', 'rain again'];
const index = new TrainingIndex(train);

describe('measures of texts', () => {
  it('are what counting by hand gives', () => {
    const texts = ['stock rise', 'stock fall', 'zzz stock', ''];
    const quality = sampleQuality(texts, index, (text) => 2 * text.length + 1);
    expect(quality).toEqual({
      texts: 4,
      meanCharacters: (10 + 10 + 9 + 0) / 4,
      // stock rise | stock fall | stock: 'zzz' is too short to count
      knownWords: { words: 5, share: 1, standardError: 0 },
      copied: 1 / 4,
      // All ten characters, all ten characters of 'stock fall again', 'stock' without the space before it, none.
      longestCopy: { mean: (10 + 10 + 5 + 0) / 4, max: 10 },
      // A copy; ' again' is missing; without 'zzz ' and with ' rise'; the empty text is wholly another.
      nearest: expect.closeTo((0 + 6 / 16 + 9 / 10 + 1) / 4, 12) as number,
      distinct: { words: 4 / 6, pairs: 3 / 3, triples: 0 },
      ngramNll: (21 + 21 + 19 + 1) / 4,
      ngramNllPerCharacter: (21 + 21 + 19 + 1) / (11 + 11 + 10 + 1),
      marked: expect.any(Array) as unknown[],
    });
    expect(sampleQualitySchema.parse(quality)).toEqual(quality);
  });

  it('are not known where the n-gram model does not know a text', () => {
    const quality = sampleQuality(['a', 'b'], index, (text) => (text === 'a' ? 1 : NaN));
    expect(quality).toMatchObject({ ngramNll: NaN, ngramNllPerCharacter: NaN });
    expect(() => sampleQuality(['a'], index, () => 1, { maxCharacters: 0 })).toThrow(/context length/);
  });

  it('of the training texts themselves are those of copies', () => {
    const { copied, nearest, knownWords } = sampleQuality(train, index, () => 1);
    expect({ copied, nearest, knownWords }).toEqual({
      copied: 1,
      nearest: 0,
      knownWords: { words: 7, share: 1, standardError: 0 },
    });
  });

  it('count copies of validation and test texts apart from those of training texts', () => {
    const heldOut = { val: new Set(['stock rise', 'snow again']), test: new Set(['snow again', 'fog']) };
    const texts = ['stock rise', 'snow again', 'fog', 'none', 'fog'];
    const { copied, copiedVal, copiedTest } = sampleQuality(texts, index, () => 1, { heldOut });
    expect({ copied, copiedVal, copiedTest }).toEqual({ copied: 1 / 5, copiedVal: 1 / 5, copiedTest: 3 / 5 });
  });

  it('know words of at least four characters only, with an error that has texts as its units', () => {
    // A model without context writes letters and pairs of letters that occur as words.
    const letters = new TrainingIndex(['a b c of in', 'stock rise']);
    expect(sampleQuality(['a c b', 'of in stork'], letters, () => 1).knownWords.share).toBe(0);
    // 2 of 2, 1 of 2 and 0 of 1: 3 of 5; residuals 0.8, −0.2 and −0.6.
    expect(sampleQuality(['stock rise', 'stock xxxx', 'yyyy'], index, () => 1).knownWords).toEqual({
      words: 5,
      share: 3 / 5,
      standardError: expect.closeTo(Math.sqrt(((0.64 + 0.04 + 0.36) * 3) / 2) / 5, 12) as number,
    });
    expect(sampleQuality(['a', 'b c'], index, () => 1).knownWords).toEqual({ words: 0, share: 0, standardError: NaN });
  });

  it('predict no end for a text that fills the context length', () => {
    expect(sampleQuality(['abcde', 'abc'], index, () => 9, { maxCharacters: 5 }).ngramNllPerCharacter).toBe(
      18 / (5 + 4),
    );
  });

  it('stay in their ranges for any texts', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 20 }), { minLength: 1, maxLength: 8 }), (texts) => {
        const quality = sampleQuality(texts, index, (text) => text.length);
        expect(sampleQualitySchema.parse(quality)).toEqual(quality);
        expect(quality.longestCopy.mean).toBeLessThanOrEqual(quality.meanCharacters);
      }),
    );
  });

  it('count different runs of words within a text only', () => {
    expect(distinctShare([['a', 'b', 'a', 'b'], ['a']], 1)).toBe(2 / 5);
    expect(distinctShare([['a', 'b', 'a', 'b'], ['a']], 2)).toBe(2 / 3);
    expect(distinctShare([['a'], ['b']], 2)).toBe(0);
  });

  it('take test texts from the whole list, in its order', () => {
    expect(evenlySpaced([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
    expect(evenlySpaced([1, 2], 5)).toEqual([1, 2]);
  });
});

describe('marks of a text', () => {
  const marks = (text: string) =>
    markText(text, index).map((piece) => [piece.text, piece.invented ? 'invented' : '', piece.copied ? 'copied' : '']);

  it('are its invented words, and the longest span of twelve characters or more that a training text has', () => {
    expect(marks('xy stocc fall again')).toEqual([
      ['xy ', '', ''],
      ['stocc', 'invented', ''],
      [' fall again', '', ''], // eleven
    ]);
    expect(marks('q stock fall agai')).toEqual([
      ['q ', '', ''],
      ['stock fall ', '', 'copied'],
      ['agai', 'invented', 'copied'],
    ]);
  });

  it('leave the text as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(
          markText(text, index)
            .map((piece) => piece.text)
            .join(''),
        ).toBe(text);
      }),
    );
  });
});
