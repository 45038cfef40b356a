import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestKneserNey } from '../../src/baselines/best-kneser-ney.js';
import { estimateDiscounts } from '../../src/baselines/discounts.js';
import { fitKneserNey, KneserNey } from '../../src/baselines/kneser-ney.js';
import { NgramCounts } from '../../src/baselines/ngram-counts.js';
import { meanNll } from '../../src/baselines/sequence-model.js';
import { Random } from '../../src/random.js';
import { errorOf } from '../support/error-of.js';
import { KneserNeyByStrings } from './kneser-ney-by-strings.js';
import { allTexts, corpora } from './small-texts.js';

const [END, A, B] = [0, 1, 2];
const order = fc.integer({ min: 1, max: 6 });

describe('a Kneser–Ney bigram model worked by hand', () => {
  // Texts over {a, b}: "ab", "ab", "a". With ^ for the start and $ for the end of a text:
  //
  // Bigrams, order 2, count as they occur: ^a 3, ab 2, a$ 1, b$ 2.
  //   n₁ = 1, n₂ = 2, n₃ = 1, n₄ = 0.  Y = 1 / (1 + 2·2) = 0.2
  //   D₁ = 1 − 2·0.2·2/1 = 0.2,  D₂ = 2 − 3·0.2·1/2 = 1.7,  D₃ = 3 − 4·0.2·0/1 = 3
  // Unigrams, order 1, count the different characters before them: a 1 (^), b 1 (a), $ 2 (a, b).
  //   n₁ = 2, n₂ = 1, n₃ = 0.  D₃ is not defined, so Y = 2 / (2 + 2·1) = 0.5 is taken off each.
  //
  // Order 1, S = 3·0.5 = 1.5, total 4, uniform 1/3:
  //   p(a) = (1 − 0.5 + 1.5/3) / 4 = 0.25,  p(b) = 0.25,  p($) = (2 − 0.5 + 1.5/3) / 4 = 0.5
  // After a, S = 1.7 + 0.2 = 1.9, total 3:
  //   p(a|a) = 1.9·0.25/3 = 0.475/3,  p(b|a) = (2 − 1.7 + 0.475)/3 = 0.775/3,  p($|a) = (1 − 0.2 + 1.9·0.5)/3 = 1.75/3
  // After b, S = 1.7, total 2:
  //   p(a|b) = p(b|b) = 1.7·0.25/2 = 0.2125,  p($|b) = (2 − 1.7 + 1.7·0.5)/2 = 0.575
  // At the start, S = 3, total 3: all is left to order 1.
  const model = fitKneserNey([[A, B], [A, B], [A]], { order: 2, vocabulary: 4, contextLength: 150 });
  const after = (...context: number[]): number[] => [...model.probabilities(context)];
  const close = (actual: number[], expected: number[]): void => {
    expect(actual).toHaveLength(expected.length);
    expected.forEach((p, i) => expect(actual[i]).toBeCloseTo(p, 14));
  };

  it('has the discounts of the hand calculation', () => {
    const [unigrams, bigrams] = model.discounts;
    expect(unigrams).toMatchObject({ order: 1, values: [0.5, 0.5, 0.5], method: 'single' });
    expect(unigrams!.reason).toContain('2, 1, 0 and 0 1-grams have counts 1 to 4');
    expect(bigrams).toMatchObject({ order: 2, method: 'modified' });
    close([...bigrams!.values], [0.2, 1.7, 3]);
  });

  it('has the probabilities of the hand calculation', () => {
    close(after(), [0.5, 0.25, 0.25, 0]);
    close(after(A), [1.75 / 3, 0.475 / 3, 0.775 / 3, 0]);
    close(after(B), [0.575, 0.2125, 0.2125, 0]);
    close(after(B, B, A), [1.75 / 3, 0.475 / 3, 0.775 / 3, 0]);
  });

  it('says how often the longest known context was seen, and with how many followers', () => {
    // The start counts as a character here: ^a 3; after a, b 2 and $ 1; after b, $ 2.
    expect(model.confidence([])).toEqual({ depth: 1, occurrences: 3, followers: 1 });
    expect(model.confidence([A])).toEqual({ depth: 1, occurrences: 3, followers: 2 });
    expect(model.confidence([B, B])).toEqual({ depth: 1, occurrences: 2, followers: 1 });
    const trigrams = fitKneserNey([[A, B], [A]], { order: 3, vocabulary: 5, contextLength: 150 });
    expect(trigrams.confidence([A])).toEqual({ depth: 2, occurrences: 2, followers: 2 });
    expect(trigrams.confidence([A, B])).toEqual({ depth: 2, occurrences: 1, followers: 1 });
    expect(trigrams.confidence([B, A])).toEqual({ depth: 1, occurrences: 2, followers: 2 });
    expect(trigrams.confidence([3])).toEqual({ depth: 0, occurrences: 5, followers: 3 });
    expect(
      [
        [B, 3],
        [3, A],
      ].map((context) => trigrams.confidence(context).depth),
    ).toEqual([0, 1]);
    expect(errorOf(() => trigrams.confidence([END])).code).toBe('BAD_INPUT');
  });
});

describe('Kneser–Ney models', () => {
  it('agree with counted strings', () => {
    fc.assert(
      fc.property(corpora, order, ({ texts, shape }, order) => {
        const model = fitKneserNey(texts, { ...shape, order });
        const strings = new KneserNeyByStrings(texts, shape.vocabulary - 2, shape.contextLength, order);
        const contexts = allTexts({ ...shape, contextLength: Math.min(shape.contextLength, 5) });
        const random = new Random(order, 'test');
        for (let i = 0; i < 30; i++) {
          const context = contexts[random.integer(contexts.length)]!;
          if (context.length >= shape.contextLength - 1) continue;
          const expected = [...strings.distribution(context), 0];
          const found = model.probabilities(context);
          expect(Math.max(...expected.map((p, v) => Math.abs(found[v]! - p)))).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('agree with counted strings on repetitive texts, where all discounts are estimated', () => {
    const random = new Random(3, 'test');
    // Characters of very different frequencies, dependent on the character before.
    const texts = Array.from({ length: 300 }, () => {
      const text = [1];
      while (random.uniform() < 0.93) text.push(1 + Math.floor(5 * random.uniform() ** (1 + text.at(-1)! / 2)));
      return text.slice(0, 19);
    });
    const shape = { vocabulary: 7, contextLength: 20 };
    const model = fitKneserNey(texts, { ...shape, order: 5 });
    expect(model.discounts.map(({ method }) => method)).toContain('modified');
    const strings = new KneserNeyByStrings(texts, 5, 20, 5);
    for (const text of texts.slice(0, 20)) {
      let nll = 0;
      for (let t = 0; t < Math.min(text.length + 1, 19); t++) {
        const expected = strings.distribution(text.slice(0, t));
        const found = model.probabilities(text.slice(0, t));
        expected.forEach((p, v) => expect(Math.abs(found[v]! - p)).toBeLessThan(1e-12));
        nll -= Math.log(expected[text[t] ?? 0]!);
      }
      expect(model.nll(text)).toBeCloseTo(nll, 10);
    }
  });

  it.each([[[]], [[0, 3, 2, 1]], [[4, 0, 2, 1]]])('have fixed discounts where n₁ or n₂ is zero: %j', (n) => {
    const counts = n.flatMap((times, i) => Array.from({ length: times }, () => i + 1));
    const { reason, ...found } = estimateDiscounts(1, counts);
    expect(found).toEqual({ order: 1, values: [0.5, 1, 1.5], method: 'fixed' });
    expect(reason).toMatch(/1-grams have count 1 and \d have count 2/);
  });

  it('give the same scores from the counts of a higher order', () => {
    fc.assert(
      fc.property(corpora, order, ({ texts, shape }, order) => {
        const shared = new KneserNey(new NgramCounts(texts, shape, 6), order);
        const own = fitKneserNey(texts, { ...shape, order });
        expect(shared.discounts).toEqual(own.discounts);
        for (const text of texts) expect(shared.nll(text)).toBe(own.nll(text));
      }),
    );
  });

  it('write probabilities into a given array', () => {
    const model = fitKneserNey([[1, 2]], { order: 2, vocabulary: 4, contextLength: 9 });
    const out = new Float64Array(4);
    expect(model.probabilities([1], out)).toBe(out);
    expect(out).toEqual(model.probabilities([1]));
  });

  it('reject impossible orders and tokens', () => {
    const shape = { vocabulary: 4, contextLength: 9 };
    for (const order of [0, 1.5, Number.NaN, 101])
      expect(errorOf(() => fitKneserNey([[1]], { ...shape, order }))).toMatchObject({ code: 'BAD_OPTION' });
    const model = fitKneserNey([[1]], { ...shape, order: 2 });
    for (const token of [3, 4, -1, 0.5])
      expect(errorOf(() => model.nll([1, token]))).toMatchObject({ code: 'BAD_INPUT' });
    expect(errorOf(() => new KneserNey(new NgramCounts([[1]], shape, 2), 3))).toMatchObject({
      message: 'expected n-grams of an order from 1 to 2, got 3',
    });
  });
});

describe('bestKneserNey', () => {
  const shape = { vocabulary: 5, contextLength: 30 };
  /**
   * Texts in which each character is one of two, by the two characters before: two characters of context are needed.
   */
  const draw = (count: number, stream: number): number[][] => {
    const random = new Random(1, 'test', stream);
    return Array.from({ length: count }, () => {
      const text = [1, 2];
      while (text.length < 25)
        text.push(1 + ((text.at(-1)! * 2 + text.at(-2)! + (random.uniform() < 0.3 ? 1 : 0)) % 3));
      return text;
    });
  };

  it('finds the order with the lowest validation NLL and stops two orders after it', () => {
    const [train, val] = [draw(400, 0), draw(100, 1)];
    const { model, byOrder } = bestKneserNey(train, val, { ...shape, maxOrder: 10 });
    const nlls = byOrder.map(({ valNll }) => valNll);
    expect(byOrder.map(({ order }) => order)).toEqual(nlls.map((_, i) => i + 1));
    expect(model.order).toBe(nlls.indexOf(Math.min(...nlls)) + 1);
    expect(model.order).toBeGreaterThanOrEqual(3);
    expect(fitKneserNey(train, { ...shape, order: 1 }).contextFree).toBe(true);
    expect(model.contextFree).toBe(false);
    expect(nlls).toHaveLength(model.order + 2);
    nlls.forEach((nll, i) => expect(nll).toBe(meanNll(fitKneserNey(train, { ...shape, order: i + 1 }), val)));
  });

  it('tries no order above the maximum', () => {
    const { byOrder } = bestKneserNey(draw(50, 0), draw(20, 1), { ...shape, maxOrder: 2 });
    expect(byOrder).toHaveLength(2);
  });

  it('refuses to choose by no validation texts', () => {
    expect(() => bestKneserNey(draw(50, 0), [], shape)).toThrow(/validation texts to choose the order by, got none/);
  });
});
