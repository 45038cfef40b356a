import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearDuplicates, nearDuplicateSteps, nearOverlap } from '../../src/texts/near-duplicates.js';
import { NearSearch } from '../../src/texts/near-search.js';
import { TrainingIndex } from '../../src/texts/training-index.js';
import { errorOf } from '../support/error-of.js';

/** Levenshtein's distance by its recurrence (1966). */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

function distance(a: string, b: string): number {
  const longer = Math.max(a.length, b.length);
  return longer === 0 ? 0 : edits(a, b) / longer;
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 16 });
const texts = fc.array(text, { maxLength: 12 });

describe('near texts', () => {
  it('are all that computing every distance finds', () => {
    fc.assert(
      fc.property(texts, text, fc.constantFrom(0, 0.1, 0.2, 0.25, 0.5, 1), (known, asked, most) => {
        const found = new NearSearch(known, most).near(asked);
        const wanted = known.flatMap((other, at) => (distance(asked, other) <= most ? [at] : []));
        expect(found.map(({ at }) => at)).toEqual(wanted);
        for (const near of found) {
          expect(near.edits).toBe(edits(asked, known[near.at]!));
          expect(near.distance).toBe(distance(asked, known[near.at]!));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('have a nearest one, the first of several', () => {
    fc.assert(
      fc.property(texts, text, (known, asked) => {
        const found = new TrainingIndex(known).nearest(asked);
        const least = Math.min(...known.map((other) => distance(asked, other)));
        if (known.length === 0) expect(found).toBeUndefined();
        else
          expect(found).toEqual({
            text: known.find((other) => distance(asked, other) === least),
            edits: edits(asked, found!.text),
            distance: least,
          });
      }),
      { numRuns: 300 },
    );
  });
});

describe('near-duplicates', () => {
  const known = ['win french open', 'win french open', 'win french opens', 'lose a match', 'nothing like it'];

  it('are counted with copies, and hang together in groups', () => {
    const { examples, ...counts } = nearDuplicates(known);
    expect(counts).toEqual({ texts: 3, share: 3 / 5, pairs: 3, groups: 1, largestGroup: 3 });
    // Copies are no examples.
    expect(examples).toEqual([{ text: 'win french open', other: 'win french opens', distance: 1 / 16 }]);
  });

  it('between two sets count each text once', () => {
    const { texts: count, share, examples } = nearOverlap(['win french open', 'loses a match', 'new'], known);
    expect({ count, share }).toEqual({ count: 2, share: 2 / 3 });
    expect(examples).toEqual([{ text: 'loses a match', other: 'lose a match', distance: 1 / 13 }]);
  });

  it('agree with counting all pairs', () => {
    fc.assert(
      fc.property(texts, (all) => {
        const near = (i: number, j: number): boolean => i !== j && distance(all[i]!, all[j]!) <= 0.2;
        const at = all.map((_, i) => i);
        const found = nearDuplicates(all);
        expect(found.texts).toBe(at.filter((i) => at.some((j) => near(i, j))).length);
        expect(found.pairs).toBe(at.flatMap((i) => at.filter((j) => j < i && near(i, j))).length);
      }),
      { numRuns: 200 },
    );
  });

  it('report how many texts are done on the way, and reject a distance that is none', () => {
    const many = Array.from({ length: 200 }, (_, i) => `text number ${i * i * 7919}`);
    expect([...nearDuplicateSteps(many)]).toEqual([0, 64, 128, 192]);
    expect(errorOf(() => nearDuplicates(many, { maxDistance: 1.5 }))).toMatchObject({ code: 'BAD_OPTION' });
  });
});
