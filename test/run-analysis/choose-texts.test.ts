import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseTexts } from '../../src/run-analysis/inspect-model.js';

const ofLength = (length: number, character = 1) => new Uint16Array(length).fill(character);

it('takes the first texts that come nearest to 16, 20, 26 and 32 characters', () => {
  const lengths = [40, 32, 5, 16, 21, 19, 16, 27, 24];
  const chosen = chooseTexts(lengths.map((length, i) => ofLength(length, i + 1)));
  expect(chosen.map((i) => lengths[i])).toEqual([16, 21, 27, 32]);
  expect(chosen[0]).toBe(3); // the first of the two
});

it('passes over empty, long and repeated texts', () => {
  expect(chooseTexts([])).toEqual([]);
  expect(chooseTexts([ofLength(0), ofLength(65), ofLength(900)])).toEqual([]);
  expect(chooseTexts([ofLength(20), ofLength(20), ofLength(64)])).toEqual([0, 2]);
});

it('takes four different texts where there are four, and never one twice', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 70 })), (texts) => {
      const chosen = chooseTexts(texts);
      const fit = new Set(texts.filter((text) => text.length > 0 && text.length <= 64).map(String));
      expect(new Set(chosen.map((i) => String(texts[i]))).size).toBe(Math.min(4, fit.size));
      expect(chosen).toHaveLength(Math.min(4, fit.size));
    }),
  );
});
