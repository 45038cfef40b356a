import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earlierInTexts, WrittenTokens } from '../../src/nn/earlier-letters.js';
import { packBatch } from '../../src/nn/packed-batch.js';

const CLS = 28;

describe('the letters before each one', () => {
  it('are pads before a text begins, and never those of the text before', () => {
    const { tokens, positions } = packBatch([[1, 2, 3], [4]], 6, CLS, 'first');
    expect([...tokens]).toEqual([CLS, 1, 2, 3, CLS, 4]);
    expect([...earlierInTexts(tokens, positions, 1)]).toEqual([0, CLS, 1, 2, 0, CLS]);
    expect([...earlierInTexts(tokens, positions, 3)]).toEqual([0, 0, 0, CLS, 0, 0]);
  });

  it('are the same for texts that are written letter by letter, in any places of the caches', () => {
    const letters = fc.array(fc.integer({ min: 1, max: 27 }), { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(letters, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (texts, distance) => {
          const { tokens, positions, offsets } = packBatch(texts, 10, CLS, 'first');
          const whole = earlierInTexts(tokens, positions, distance);
          const written = new WrittenTokens(texts.length, 10);
          const longest = Math.max(...texts.map(({ length }) => length));
          for (let t = 0; t <= longest; t++) {
            // Last text first, and only those that have not ended.
            const open = texts.flatMap(({ length }, b) => (t <= length ? [b] : [])).reverse();
            const at = Int32Array.from(open, () => t);
            const slots = Int32Array.from(open);
            const rows = open.map((b) => offsets[b]! + t);
            written.add(
              Int32Array.from(rows, (row) => tokens[row]!),
              at,
              slots,
            );
            const earlier = written.earlier(at, slots, distance);
            expect([...earlier]).toEqual(rows.map((row) => whole[row]));
          }
        },
      ),
    );
  });
});
