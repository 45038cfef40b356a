import { describe, expect, it } from 'vitest';
import { corpusReport, corpusReportSteps } from '../../src/texts/corpus-report.js';
import { defaultTokenizer, gazette } from '../../src/index.js';
import { corpusReportSchema } from '../../src/texts/texts-schema.js';

const splits = {
  train: ['wall street opens', 'wall street opens', 'wall street open', 'rain', ''],
  val: ['wall street opens', 'new rain'],
  test: ['snow', 'rains', 'ráin'],
};

describe('a corpus in numbers', () => {
  const report = corpusReport(splits, defaultTokenizer());

  it('counts texts, words, copies and near-copies of each split', () => {
    expect(report.splits.train).toMatchObject({
      texts: 5,
      empty: 1,
      duplicates: 1,
      words: { total: 10, different: 5, known: 1 },
      searched: 5,
      nearDuplicates: { texts: 3, share: 0.6, pairs: 3, groups: 1, largestGroup: 3 },
    });
    expect(report.splits.train.nearTrain).toBeUndefined();
    expect(report.splits.val).toMatchObject({
      inTrain: 1,
      words: { total: 5, different: 5, known: 4 / 5 },
      nearTrain: { texts: 1, share: 0.5, examples: [] },
    });
    // 'ráin' is read as 'rain'; 'rains' is one character in five away from it.
    expect(report.splits.test.nearTrain).toEqual({
      texts: 2,
      share: 2 / 3,
      examples: [{ text: 'rains', other: 'rain', distance: 0.2 }],
    });
    expect(report.splits.test.encoding.folded).toEqual({ á: { to: 'a', count: 1 } });
  });

  it('has one histogram for all splits, and every text in it', () => {
    const { width, train, val, test } = report.lengthHistogram;
    expect(width).toBe(1);
    expect([train.length, val.length, test.length]).toEqual([18, 18, 18]);
    expect([train[0], train[4], train[16], train[17], val[17], test[4], test[5]]).toEqual([1, 1, 1, 2, 1, 2, 1]);
    for (const [split, bins] of Object.entries({ train, val, test }))
      expect(bins.reduce((a, b) => a + b)).toBe(splits[split as keyof typeof splits].length);
  });

  it('is what a run keeps, for real lengths too', () => {
    expect(corpusReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
    const { splits: texts } = gazette({ sizes: { train: 300, val: 40, test: 40 } });
    const whole = corpusReport(texts, defaultTokenizer());
    expect(corpusReportSchema.parse(whole)).toEqual(whole);
    const longest = [...texts.train, ...texts.val, ...texts.test].reduce((a, { length }) => Math.max(a, length), 0);
    expect(whole.lengthHistogram.train.length * whole.lengthHistogram.width).toBeGreaterThan(longest);
    expect(whole.lengthHistogram.train.length).toBeLessThanOrEqual(40);
  });

  it('searches no more texts than it is told to', () => {
    const { splits: found } = corpusReport(splits, defaultTokenizer(), { maxSearched: 1 });
    expect(found.train).toMatchObject({ texts: 5, searched: 1, nearDuplicates: { texts: 0, share: 0 } });
    expect(found.val).toMatchObject({ texts: 2, searched: 1, nearTrain: { texts: 1, share: 1 } });
  });

  it('says how far it is, from the first text to near the last', () => {
    const { splits: texts } = gazette({ sizes: { train: 300, val: 100, test: 100 } });
    const steps = [...corpusReportSteps(texts, defaultTokenizer())];
    expect(new Set(steps.map(({ total }) => total))).toEqual(new Set([700]));
    const done = steps.map((step) => step.done);
    expect(done[0]).toBe(0);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBeGreaterThanOrEqual(600);
  });
});
