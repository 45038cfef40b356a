import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corpusFromTexts } from '../src/corpus/corpus.js';
import { DROPOUT_ROUNDS, Random, threefry } from '../src/random.js';
import { correlate } from '../src/statistics/correlation.js';
import { tinyConfig } from './train/tiny.js';

function draw(key: [number, number], counter: [number, number], rounds?: number): string {
  const out = new Uint32Array(2);
  threefry(key[0], key[1], counter[0], counter[1], out, rounds);
  return [...out].map((x) => x.toString(16).padStart(8, '0')).join(' ');
}

describe('threefry', () => {
  // Known answers published with Random123 (kat_vectors, threefry2x32, 20 rounds and 13).
  it('matches the published known answers', () => {
    expect(draw([0, 0], [0, 0])).toBe('6b200159 99ba4efe');
    expect(draw([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff])).toBe('1cb996fc bb002be7');
    expect(draw([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3])).toBe('c4923a9c 483df7a0');
    expect(draw([0, 0], [0, 0], DROPOUT_ROUNDS)).toBe('9d1c5ec6 8bd50731');
    expect(draw([0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], DROPOUT_ROUNDS)).toBe('fd36d048 2d17272c');
    expect(draw([0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], DROPOUT_ROUNDS)).toBe('ba3e4725 f27d669e');
  });
});

describe('Random', () => {
  it('is a function of seed, purpose and stream only', () => {
    expect(new Random(1, 'init', 3).uniform()).toBe(new Random(1, 'init', 3).uniform());
    expect(new Random(1, 'init', 3).uniform()).not.toBe(new Random(1, 'shuffle', 3).uniform());
    expect(new Random(1, 'init', 3).uniform()).not.toBe(new Random(2, 'init', 3).uniform());
    expect(new Random(1, 'init', 3).uniform()).not.toBe(new Random(1, 'init', 4).uniform());
  });

  it.each([NaN, Infinity, -1, 1.5, 2 ** 53])('refuses the seed %d, whose bits are those of another', (seed) => {
    const error = { code: 'BAD_OPTION', message: `expected a whole number of at least 0 for seed, got ${seed}` };
    for (const use of [
      () => new Random(seed, 'test'),
      () => corpusFromTexts(['a', 'b', 'c'], { seed }),
      () => correlate([{ name: 'a', metrics: [] }], { seed }),
      () => tinyConfig(undefined, seed),
    ])
      expect(use).toThrow(expect.objectContaining(error));
  });

  it('has the moments of the uniform and of the normal', () => {
    const random = new Random(7, 'test');
    const n = 20_000;
    let u = 0;
    let z = 0;
    let zz = 0;
    for (let i = 0; i < n; i++) {
      u += random.uniform();
      const x = random.normal();
      z += x;
      zz += x * x;
    }
    // Four standard errors of each mean.
    expect(Math.abs(u / n - 0.5)).toBeLessThan((4 * Math.sqrt(1 / 12)) / Math.sqrt(n));
    expect(Math.abs(z / n)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(zz / n - 1)).toBeLessThan((4 * Math.sqrt(2)) / Math.sqrt(n));
  });

  it('permutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(), (n, seed) => {
        const order = new Random(seed, 'shuffle').permutation(n);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
    );
  });
});
