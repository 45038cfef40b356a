import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitBigram,
  fitFlatUnigram,
  fitPositionUnigram,
  fitUnigram,
  sampleUnigram,
} from '../../src/baselines/simple-models.js';
import { fitKneserNey } from '../../src/baselines/kneser-ney.js';
import { meanNll, meanTop1, type CharacterModel, type SequenceShape } from '../../src/baselines/sequence-model.js';
import { errorOf } from '../support/error-of.js';
import { allTexts, corpora, sum } from './small-texts.js';

type Fit = (texts: readonly number[][], shape: SequenceShape) => CharacterModel;
const CHARACTER_MODELS: readonly [string, Fit][] = [
  ['unigram', fitUnigram],
  ['position-unigram', fitPositionUnigram],
  ['bigram', fitBigram],
  ['kneser-ney of order 2', (texts, shape) => fitKneserNey(texts, { ...shape, order: 2 })],
  ['kneser-ney of order 4', (texts, shape) => fitKneserNey(texts, { ...shape, order: 4 })],
];

// Characters a, b, c of which c is never seen; a context length of five tokens, so that the third text fills it and has
// no end.
const [A, B, C] = [1, 2, 3];
const shape = { vocabulary: 5, contextLength: 5 };
const texts = [[A, B], [A], [A, A, B, A], []];

describe('a simple model on a small corpus', () => {
  it('as a flat unigram has p = (c + 1) / (16 + 4), with the counts pad 2 + 3 + 0 + 4 = 9, a 5, b 2', () => {
    const model = fitFlatUnigram(texts, shape);
    expect([...model.distribution]).toEqual([10 / 20, 6 / 20, 3 / 20, 1 / 20, 0]);
    expect(model.nll([A, C])).toBeCloseTo(-Math.log((6 / 20) * (1 / 20) * 0.5 * 0.5), 14);
    expect(model.nll([A, A, B, A])).toBeCloseTo(-Math.log((6 / 20) ** 3 * (3 / 20)), 14);
    // It always guesses the pad.
    expect([[], [A], [A, B, C, A]].map((text) => model.top1(text))).toEqual([1, 0.75, 0]);
  });

  it('as a unigram has p = (c + 1) / (10 + 4), with the counts end 3, a 5, b 2', () => {
    const model = fitUnigram(texts, shape);
    expect([...model.distribution]).toEqual([4 / 14, 6 / 14, 3 / 14, 1 / 14, 0]);
  });

  it('as a position unigram has p = (c + T·q) / (n + T), with the unigram q', () => {
    const model = fitPositionUnigram(texts, shape);
    // First position: a 3, end 1; T = 2, n = 4.  Fourth: a 1; T = 1, n = 1.
    expect(model.probabilities([])[A]).toBeCloseTo((3 + (2 * 6) / 14) / 6, 14);
    expect(model.probabilities([])[C]).toBeCloseTo((2 * 1) / 14 / 6, 14);
    expect(model.probabilities([B, B, B])[A]).toBeCloseTo((1 + 6 / 14) / 2, 14);
    expect(model.probabilities([B, B, B])[0]).toBeCloseTo(4 / 14 / 2, 14);
    // No text of the first three reaches the fourth position.
    const short = fitPositionUnigram([[A, B], [A]], shape);
    expect(short.probabilities([A, A, A])).toEqual(fitUnigram([[A, B], [A]], shape).probabilities([]));
  });

  it('as a bigram has p = (c + T·q) / (n + T), with the unigram q', () => {
    const model = fitBigram(texts, shape);
    // After a: b 2, a 1, end 1; T = 3, n = 4. After b: a 1, end 1; T = 2, n = 2. At the start: a 3, end 1; T = 2, n =
    // 4.
    const q = { end: 4 / 14, a: 6 / 14, b: 3 / 14 };
    const nll = -Math.log((3 + 2 * q.a) / 6) - Math.log((2 + 3 * q.b) / 7) - Math.log((1 + 2 * q.end) / 4);
    expect(model.nll([A, B])).toBeCloseTo(nll, 14);
    expect(model.probabilities([A, C])).toEqual(fitUnigram(texts, shape).probabilities([]));
  });
});

describe.each(CHARACTER_MODELS)('%s', (_name, fit) => {
  it('is a distribution over all padded sequences', () => {
    fc.assert(
      fc.property(corpora, ({ texts, shape }) => {
        const sizes = { vocabulary: Math.min(shape.vocabulary, 5), contextLength: Math.min(shape.contextLength, 6) };
        const own = texts.map((text) => text.filter((character) => character < sizes.vocabulary - 1));
        const model = fit(own, sizes);
        const every = allTexts(sizes);
        expect(every.every((text) => Number.isFinite(model.nll(text)))).toBe(true);
        expect(sum(every.map((text) => Math.exp(-model.nll(text))))).toBeCloseTo(1, 11);
      }),
      { numRuns: 60 },
    );
  });

  it('scores texts as its probabilities say, which are positive and add up to 1', () => {
    fc.assert(
      fc.property(corpora, ({ texts, shape }) => {
        const model = fit(texts, shape);
        for (const text of texts.slice(0, 5).map((text) => text.slice(0, shape.contextLength - 1))) {
          let nll = 0;
          let right = 0;
          for (let t = 0; t < shape.contextLength - 1; t++) {
            // Positions after the end included, whose context ends with a pad.
            const token = text[t] ?? 0;
            const before = Array.from({ length: Math.min(t, text.length + 1) }, (_, i) => text[i] ?? 0);
            const p = [...model.probabilities(before)];
            expect(sum(p)).toBeCloseTo(1, 12);
            expect(p.pop()).toBe(0);
            if (before.length <= text.length) expect(Math.min(...p)).toBeGreaterThan(0);
            nll -= Math.log(p[token]!);
            if (p.indexOf(Math.max(...p)) === token) right++;
          }
          expect(model.nll(text)).toBeCloseTo(nll, 10);
          expect(model.top1(text)).toBeCloseTo(right / (shape.contextLength - 1), 14);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('truncates texts to the context length, in fitting and in scoring', () => {
    const long = fit([[A, B, A, B, B, B]], shape);
    const cut = fit([[A, B, A, B]], shape);
    expect(long.nll([B, A, A, B, A])).toBe(cut.nll([B, A, A, B]));
    expect(long.top1([B, A, A, B, A])).toBe(cut.top1([B, A, A, B]));
  });

  it('rejects tokens that are no characters, and impossible sizes', () => {
    const model = fit(texts, shape);
    expect(errorOf(() => model.nll([A, 4]))).toMatchObject({
      code: 'BAD_INPUT',
      message: 'expected characters as tokens from 1 to 3, got 4 at position 1',
    });
    expect(errorOf(() => model.top1([0, A]))).toMatchObject({ code: 'BAD_INPUT' });
    expect(errorOf(() => model.probabilities([A, 0, A]))).toMatchObject({ code: 'BAD_INPUT' });
    expect(errorOf(() => fit([[4]], shape))).toMatchObject({ code: 'BAD_INPUT' });
    for (const sizes of [
      { vocabulary: 2, contextLength: 5 },
      { vocabulary: 5, contextLength: 1 },
      { vocabulary: 5, contextLength: 2.5 },
    ])
      expect(errorOf(() => fit([[1]], sizes))).toMatchObject({ code: 'BAD_OPTION' });
  });
});

describe('the flat unigram model', () => {
  it('is a distribution over all sequences of tokens, pads anywhere', () => {
    fc.assert(
      fc.property(corpora, ({ texts, shape }) => {
        const sizes = { ...shape, contextLength: Math.min(shape.contextLength, 5) };
        const model = fitFlatUnigram(texts, sizes);
        expect(sum(model.distribution)).toBeCloseTo(1, 13);
        // Padded texts are a part of them: Σ_k p(a character)^k · p(pad)^(W − 1 − k).
        const [pad] = model.distribution as unknown as [number];
        const parts = Array.from({ length: sizes.contextLength }, (_, k) => {
          return (1 - pad) ** k * pad ** (sizes.contextLength - 1 - k);
        });
        expect(sum(allTexts(sizes).map((text) => Math.exp(-model.nll(text))))).toBeCloseTo(sum(parts), 12);
      }),
      { numRuns: 40 },
    );
  });
});

it('meanNll and meanTop1 average over texts', () => {
  const model = fitUnigram(texts, shape);
  expect(meanNll(model, [[A], [B, B]])).toBeCloseTo((model.nll([A]) + model.nll([B, B])) / 2, 14);
  expect(meanTop1(model, [[A], [B, B]])).toBeCloseTo((model.top1([A]) + model.top1([B, B])) / 2, 14);
  expect(meanNll(model, [])).toBeNaN();
});

it('texts of a unigram have its frequencies, end with a pad or fill the context, and are always the same', () => {
  const model = fitUnigram(texts, shape);
  const sampled = sampleUnigram(model, 4000);
  const tokens = sampled.flatMap((text) => (text.length < 4 ? [...text, 0] : text));
  for (const [token, p] of model.distribution.entries()) {
    const count = tokens.filter((each) => each === token).length;
    expect(Math.abs(count - p * tokens.length)).toBeLessThanOrEqual(4 * Math.sqrt(p * (1 - p) * tokens.length));
  }
  expect(Math.max(...sampled.map(({ length }) => length))).toBe(4);
  expect(sampleUnigram(model, 10)).toEqual(sampled.slice(0, 10));
});
