import { describe, expect, it } from 'vitest';
import { meanNllOf, rowsByBucket } from '../../src/ensemble/examples.js';
import { FOLDS, fitMixing, learnWeights, STRENGTHS } from '../../src/ensemble/learn-weights.js';
import { Random } from '../../src/random.js';
import { finish } from '../../src/generators.js';
import { errorOf } from '../support/error-of.js';
import { examplesOf, logsOf, type Place } from './made-up-examples.js';

/** Places whose truth is member 0 in bucket 0 and member 1 in bucket 1; bucket 2 is empty. */
function made(count: number, moreOfFirst = 0): Place[] {
  const random = new Random(3, 'test', count);
  return Array.from({ length: count }, (_, i) => {
    const bucket = random.uniform() < 0.5 + moreOfFirst ? 0 : 1;
    const logs = [0, 1].map(() => logsOf([0, 1, 2, 3].map(() => 4 * random.uniform() - 2)));
    let left = random.uniform();
    let target = 0;
    for (; target < 3; target++) if ((left -= Math.exp(logs[bucket]![target]!)) < 0) break;
    return { logs, target, bucket, text: Math.floor(i / 10) };
  });
}

describe('fitMixing', () => {
  const examples = examplesOf(made(4000), 3);
  const rows = rowsByBucket(examples);

  it.each(['linear', 'geometric'] as const)('learns the best member of each bucket, %s', (kind) => {
    const { weights } = fitMixing(examples, rows, kind, 1);
    // The truth is one member alone, with the weight 1.
    for (const b of [0, 1]) {
      expect(weights[b]![b]).toBeGreaterThan(0.85);
      expect(weights[b]![b]).toBeLessThan(1.15);
      expect(Math.abs(weights[b]![1 - b]!)).toBeLessThan(0.15);
    }
    const shared = fitMixing(examples, rows, kind, Infinity).weights;
    expect(shared[0]).toEqual(shared[1]);
    expect(weights[2]!.map((w) => w.toFixed(9))).toEqual(shared[2]!.map((w) => w.toFixed(9)));
    const drawn = fitMixing(examples, rows, kind, 1e9).weights;
    for (const b of [0, 1]) drawn[b]!.forEach((w, m) => expect(w).toBeCloseTo(shared[b]![m]!, 4));
  });
});

describe('learnWeights', () => {
  it('tries every way on folds of whole texts, and keeps the best', () => {
    const places = made(300);
    const examples = examplesOf(places, 3);
    const learned = finish(learnWeights(examples));
    expect(learned.folds).toBe(FOLDS);
    expect(learned.tried).toHaveLength(2 * STRENGTHS.length);
    expect(learned.crossValidatedNll).toBe(Math.min(...learned.tried.map((t) => t.crossValidatedNll)));
    expect(learned.mixing).toEqual(fitMixing(examples, rowsByBucket(examples), learned.kind, learned.strength));
    // By hand: each fold with weights from the others.
    const byHand = [0, 1, 2, 3, 4].map((fold) => {
      const of = (wanted: (text: number) => boolean) =>
        examplesOf(
          places.filter(({ text }) => wanted(text!)),
          3,
        );
      const others = of((text) => text % 5 !== fold);
      const held = of((text) => text % 5 === fold);
      const mixing = fitMixing(others, rowsByBucket(others), 'linear', 10);
      return meanNllOf(held, mixing) * held.texts;
    });
    const tried = learned.tried.find(({ kind, strength }) => kind === 'linear' && strength === 10);
    expect(tried?.crossValidatedNll).toBeCloseTo(byHand.reduce((a, b) => a + b) / examples.texts, 9);
  });

  it('draws buckets together that do not differ', () => {
    // All of one truth, in 27 buckets of about eleven places, which lie in all folds.
    const same = made(300, 0.5).map((place, i) => ({ ...place, bucket: (i * i) % 53 }));
    const { tried } = finish(learnWeights(examplesOf(same, 53), ['geometric']));
    const nll = (strength: number) => tried.find((t) => t.strength === strength)!.crossValidatedNll;
    expect(nll(Infinity)).toBeLessThan(nll(1));
  });

  it('keeps to the kind that is asked for', () => {
    const examples = examplesOf(made(60), 3);
    for (const kind of ['linear', 'geometric'] as const) expect(finish(learnWeights(examples, [kind])).kind).toBe(kind);
  });

  it('needs two texts, and then leaves out one at a time', () => {
    const examples = examplesOf(made(20), 3);
    expect(finish(learnWeights(examples)).folds).toBe(2);
    const one = examplesOf(made(10), 3);
    expect(errorOf(() => finish(learnWeights(one))).code).toBe('BAD_INPUT');
  });
});
