import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packBatch, rowsOfText, type Padding } from '../../src/nn/packed-batch.js';

const CONTEXT_LENGTH = 150;
const CLS = 28;
const SHAPE = { contextLength: CONTEXT_LENGTH, vocabulary: 29 };

/** docs/notebook.md, section 4: cls, the characters truncated at 149, pads up to 150. */
function padded(text: ArrayLike<number>): number[] {
  const row = [CLS, ...Array.from(text).slice(0, CONTEXT_LENGTH - 1)];
  return [...row, ...Array<number>(CONTEXT_LENGTH - row.length).fill(0)];
}

const characters = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => 1 + ((from + i) % 27));

const LENGTHS = [0, 1, 148, 149, 200];

describe('packBatch', () => {
  it('with padding all gives every text the 149 predictions of its padded row', () => {
    const texts = LENGTHS.map((n) => characters(n, n));
    const batch = packBatch(texts, SHAPE, 'all');
    expect(batch.texts).toBe(5);
    expect([...batch.offsets]).toEqual([0, 149, 298, 447, 596, 745]);
    texts.forEach((text, b) => {
      const row = padded(text);
      const part = (array: Int32Array) => [...array.subarray(b * 149, (b + 1) * 149)];
      expect(part(batch.tokens)).toEqual(row.slice(0, -1));
      expect(part(batch.targets)).toEqual(row.slice(1));
      expect(part(batch.positions)).toEqual(Array.from({ length: 149 }, (_, t) => t));
    });
  });

  it('with padding first ends a text at its first pad, if the context has room for one', () => {
    const texts = LENGTHS.map((n) => characters(n, n));
    const batch = packBatch(texts, SHAPE, 'first');
    const rows = [1, 2, 149, 149, 149];
    expect(LENGTHS.map((n) => rowsOfText(n, CONTEXT_LENGTH, 'first'))).toEqual(rows);
    expect([...batch.offsets]).toEqual([0, 1, 3, 152, 301, 450]);
    expect(batch.tokens).toHaveLength(450);
    texts.forEach((text, b) => {
      const [from, to] = [batch.offsets[b]!, batch.offsets[b + 1]!];
      const row = padded(text);
      expect([...batch.tokens.subarray(from, to)]).toEqual(row.slice(0, to - from));
      expect([...batch.targets.subarray(from, to)]).toEqual(row.slice(1, to - from + 1));
    });
    // The end is predicted after 0, 1 and 148 characters; 149 characters leave no room for it.
    expect([0, 2, 151, 300, 449].map((r) => batch.targets[r] === 0)).toEqual([true, true, true, false, false]);
  });

  it('packs each text alike, whatever else is in the batch', () => {
    const text = fc.array(fc.integer({ min: 1, max: 27 }), { maxLength: 30 });
    fc.assert(
      fc.property(
        fc.array(text, { minLength: 1, maxLength: 6 }),
        fc.constantFrom<Padding>('all', 'first'),
        (texts, padding) => {
          const shape = { ...SHAPE, contextLength: 20 };
          const whole = packBatch(texts, shape, padding);
          const alone = texts.map((one) => packBatch([one], shape, padding));
          for (const name of ['tokens', 'targets', 'positions'] as const)
            expect([...whole[name]]).toEqual(alone.flatMap((batch) => [...batch[name]]));
          expect(whole.offsets.at(-1)).toBe(whole.tokens.length);
        },
      ),
    );
  });

  it('packs no texts into no rows', () => {
    expect(packBatch([], SHAPE, 'all')).toMatchObject({ texts: 0, tokens: new Int32Array(0) });
  });
});
