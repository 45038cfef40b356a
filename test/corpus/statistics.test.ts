import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadCorpus } from '../../src/corpus/sources/load-corpus.js';
import { corpusStatistics } from '../../src/corpus/statistics.js';
import { learnAlphabet } from '../../src/tokenizer/learn-alphabet.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';

const tokenizer = defaultTokenizer();

describe('corpusStatistics', () => {
  const splits = {
    train: ['ab', 'ab', '', 'abcdé', 'a b'],
    val: ['ab', 'zz', 'ab', '1'],
    test: [],
  };
  const statistics = corpusStatistics(splits, tokenizer, 4);

  it('counts by hand', () => {
    expect(statistics).toMatchObject({ maxCharacters: 4, alphabetSize: 27 });
    expect(statistics.splits.train).toMatchObject({
      texts: 5,
      empty: 1,
      duplicates: 1,
      lengths: { total: 12, mean: 2.4, median: 2, min: 0, max: 5 },
      truncated: 1,
      truncatedShare: 0.2,
      inTrain: 0,
      characters: [
        { character: 'a', count: 4 },
        { character: 'b', count: 4 },
        { character: 'c', count: 1 },
        { character: 'd', count: 1 },
        { character: 'e', count: 1 },
        { character: ' ', count: 1 },
      ],
    });
    expect(statistics.splits.train.encoding.folded).toEqual({ é: { to: 'e', count: 1 } });
    expect(statistics.splits.val).toMatchObject({
      duplicates: 1,
      lengths: { median: 2 },
      inTrain: 2,
      inTrainShare: 0.5,
    });
    expect(statistics.splits.val.encoding.replaced).toEqual({ 1: 1 });
  });

  it('takes texts for the same that a model cannot tell apart', () => {
    const same = { train: ['Cafe\u0301', 'café', 'tea 1'], val: ['CAFE', 'tea 2', 'teas'], test: ['cafe '] };
    const { train, val, test } = corpusStatistics(same, tokenizer).splits;
    expect([train.duplicates, train.inTrain]).toEqual([1, 0]);
    expect([val.duplicates, val.inTrain]).toEqual([0, 2]);
    expect(test.inTrain).toBe(0);
    const all = corpusStatistics(same, learnAlphabet(['CcAaFfEétes 12'])).splits;
    expect([all.train.duplicates, all.val.inTrain]).toEqual([0, 0]);
  });

  it('is all zeros for a split without texts, and survives JSON', () => {
    expect(statistics.splits.test).toMatchObject({
      texts: 0,
      lengths: { total: 0, mean: 0, median: 0, min: 0, max: 0 },
      truncatedShare: 0,
      inTrainShare: 0,
      characters: [],
    });
    expect(JSON.parse(JSON.stringify(statistics))).toEqual(statistics);
  });

  it('has character counts and lengths that add up', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (train) => {
        const { lengths, characters, encoding } = corpusStatistics({ train, val: [], test: [] }, tokenizer).splits
          .train;
        expect(characters.reduce((sum, { count }) => sum + count, 0)).toBe(lengths.total);
        expect(lengths.total).toBe(encoding.encoded);
        expect(lengths.min).toBeLessThanOrEqual(lengths.median);
        expect(lengths.median).toBeLessThanOrEqual(lengths.max);
      }),
    );
  });
});

const headlines = '../shared/data/headlines';
describe.runIf(existsSync(headlines))('the headlines', () => {
  it('are 8,664 / 1,084 / 1,084 different texts, none of which is in two splits', async () => {
    const texts = (await loadCorpus({ path: headlines })).splits;
    const { splits } = corpusStatistics(texts, learnAlphabet(texts.train));
    expect([splits.train.texts, splits.val.texts, splits.test.texts]).toEqual([8664, 1084, 1084]);
    for (const split of Object.values(splits))
      expect([split.duplicates, split.inTrain, split.empty]).toEqual([0, 0, 0]);
  });
});
