import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { epochBatches } from '../../src/train/batches.js';

/** Lengths as headlines have them: about 10 to 80 characters. */
function someLengths(n: number): number[] {
  const random = new Random(1, 'test');
  return Array.from({ length: n }, () => 10 + random.integer(70));
}

const BATCHING = ['shuffled', 'similar-lengths'] as const;

describe.each(BATCHING)('epochBatches, %s', (batching) => {
  it('takes every text once, in full batches but for one', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.integer({ min: 1, max: 20 }),
        fc.nat(1000),
        fc.nat(100),
        (n, batch, seed, epoch) => {
          const batches = epochBatches(someLengths(n), { batch, batching }, seed, epoch);
          const all = batches.flatMap((each) => [...each]).sort((a, b) => a - b);
          expect(all).toEqual(Array.from({ length: n }, (_, i) => i));
          const sizes = batches.map((each) => each.length).sort((a, b) => a - b);
          const partial = n % batch === 0 ? [] : [n % batch];
          expect(sizes).toEqual([...partial, ...Array<number>(Math.floor(n / batch)).fill(batch)]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is a function of seed and epoch', () => {
    const lengths = someLengths(300);
    const at = (seed: number, epoch: number) =>
      epochBatches(lengths, { batch: 16, batching }, seed, epoch).map((batch) => [...batch]);
    expect(at(5, 2)).toEqual(at(5, 2));
    expect(at(5, 2)).not.toEqual(at(5, 3));
    expect(at(5, 2)).not.toEqual(at(6, 2));
  });
});

describe('epochBatches', () => {
  it('leaves the partial batch for the end when shuffled, as PyTorch does', () => {
    const batches = epochBatches(someLengths(70), { batch: 32, batching: 'shuffled' }, 0, 0);
    expect(batches.map((batch) => batch.length)).toEqual([32, 32, 6]);
  });

  it('gives the texts of a batch similar lengths, in batches of random order', () => {
    const lengths = someLengths(2048);
    const spread = (batching: (typeof BATCHING)[number]) => {
      const batches = epochBatches(lengths, { batch: 64, batching }, 0, 0);
      const spreads = batches.map((batch) => {
        const own = [...batch].map((i) => lengths[i]!);
        return Math.max(...own) - Math.min(...own);
      });
      return { largest: Math.max(...spreads), batches };
    };
    // 2048 texts of 70 different lengths in 32 sorted batches: about 2 lengths each.
    const { largest, batches } = spread('similar-lengths');
    expect(largest).toBeLessThanOrEqual(5);
    expect(spread('shuffled').largest).toBeGreaterThan(50);
    const firsts = batches.map((batch) => lengths[batch[0]!]!);
    expect(firsts).not.toEqual([...firsts].sort((a, b) => a - b));
  });
});
