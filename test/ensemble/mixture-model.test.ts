import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitKneserNey } from '../../src/baselines/kneser-ney.js';
import { meanNll } from '../../src/baselines/sequence-model.js';
import { chooseBackend } from '../../src/backend/registry.js';
import { ConfidenceGate, NO_GATE } from '../../src/ensemble/gate.js';
import { sameEverywhere, type Mixing, type MixingKind } from '../../src/ensemble/mix.js';
import { ensembleOf, mixModels } from '../../src/ensemble/mix-models.js';
import { TransformerMember } from '../../src/ensemble/members.js';
import { MixtureModel } from '../../src/ensemble/mixture-model.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { NOTEBOOK_ARCHITECTURE } from '../../src/nn/presets.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { defaultTokenizer, Tokenizer } from '../../src/tokenizer/tokenizer.js';
import { errorOf } from '../support/error-of.js';
import { tinyCorpus } from '../train/tiny.js';

const { backend } = chooseBackend();
const tokenizer = new Tokenizer(['a', 'b']);
const SHAPE = { vocabulary: 4, contextLength: 5 };
const ARCHITECTURE = { dModel: 6, heads: 2, layers: 1, mlpRatio: 2, ...NOTEBOOK_ARCHITECTURE };

/** A transformer that was never trained, and depends on what came before; `cls` is impossible, as training makes it. */
function transformer(seed: number, shape = SHAPE, characters = tokenizer): LanguageModel {
  const model = new DecoderTransformer({ ...ARCHITECTURE, ...shape }, { seed });
  model.parameters.tensor('logits.0.bias').data[shape.vocabulary - 1] = -1e9;
  return new LanguageModel(model, characters, backend, 'first');
}

const kneserNey = fitKneserNey(
  ['ab', 'ab', 'abab', 'b', 'bba', 'a', 'abb'].map((text) => tokenizer.encode(text)),
  { ...SHAPE, order: 3 },
);
const members = [1, 2].map((seed) => new TransformerMember(transformer(seed), `seed ${seed}`));
const ensemble = ensembleOf(members, kneserNey, SHAPE);
const { buckets } = ensemble.gate;

/** All texts of the context length: 0 to 4 characters. */
const everyText = [0, 1, 2, 3, 4].flatMap((length) =>
  Array.from({ length: 2 ** length }, (_, i) => Array.from({ length }, (__, t) => ((i >> t) & 1 ? 'b' : 'a')).join('')),
);
const mixture = (mixing: Mixing): MixtureModel => new MixtureModel(ensemble, mixing, tokenizer);
const probabilities = (model: MixtureModel | LanguageModel): number[] =>
  [...model.score(everyText).nll].map((nll) => Math.exp(-nll));
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** Some weights, other ones in each bucket. */
const uneven = (kind: MixingKind): Mixing => ({
  kind,
  weights: Array.from({ length: buckets }, (_, b) => {
    const raw = [1 + (b % 3), 2, 1 + (b % 2)];
    return raw.map((w) => w / sum(raw));
  }),
});

describe('MixtureModel', () => {
  it.each([
    ['linear', [1.5, -0.5, 0]],
    ['linear', [0.5, 0.2, 0.1]],
    ['linear', [NaN, 1, 0]],
    ['geometric', [Infinity, 1, 0]],
  ] as const)('refuses the %s weights %j', (kind, weights) => {
    expect(errorOf(() => mixture(sameEverywhere(kind, weights, buckets)))).toMatchObject({ code: 'BAD_OPTION' });
  });

  it('is a distribution over all texts, whatever the weights', () => {
    const weights = fc.array(fc.array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }), {
      minLength: buckets,
      maxLength: buckets,
    });
    fc.assert(
      fc.property(weights, fc.constantFrom<MixingKind>('linear', 'geometric'), (raw, kind) => {
        const shares = raw.map((each) => each.map((w) => (kind === 'linear' ? w / sum(each) : 3 * w - 1)));
        expect(sum(probabilities(mixture({ kind, weights: shares })))).toBeCloseTo(1, 9);
      }),
      { numRuns: 10 },
    );
  });

  it.each(['linear', 'geometric'] as const)('is the member that has all the weight, %s', (kind) => {
    const alone = (m: number) =>
      mixture(
        sameEverywhere(
          kind,
          [0, 1, 2].map((n) => (n === m ? 1 : 0)),
          buckets,
        ),
      ).score(everyText);
    members.forEach(({ model }, m) => {
      const [mixed, own] = [alone(m), model.score(everyText)];
      mixed.nll.forEach((nll, i) => expect(nll).toBeCloseTo(own.nll[i]!, 5));
      expect(mixed.top1).toEqual(own.top1);
    });
    const ngram = alone(2);
    everyText.forEach((text, i) => {
      const characters = tokenizer.encode(text);
      expect(ngram.nll[i]).toBeCloseTo(kneserNey.nll(characters), 9);
      expect(ngram.top1[i]).toBeCloseTo(kneserNey.top1(characters), 12);
    });
  });

  it.each(['linear', 'geometric'] as const)('writes and scores with the same probabilities, %s', (kind) => {
    const mixing = uneven(kind);
    const { nll } = mixture(mixing).score(everyText);
    const next = mixture(mixing).characterSource().begin(2);
    everyText.forEach((text, i) => {
      const characters = tokenizer.encode(text);
      let written = 0;
      // In slot 1, beside another text in slot 0.
      for (let t = 0; t < Math.min(characters.length + 1, 4); t++) {
        const token = t === 0 ? 3 : characters[t - 1]!;
        const logs = next(Int32Array.of(t === 0 ? 3 : 1, token), t, Int32Array.of(0, 1));
        expect(logs[7]).toBe(-Infinity); // cls
        written -= logs[4 + (characters[t] ?? 0)]!;
      }
      expect(written).toBeCloseTo(nll[i]!, 5);
    });
  });

  it.each(['linear', 'geometric'] as const)('samples texts as often as they are probable, %s', (kind) => {
    const model = mixture(uneven(kind));
    const count = 2000;
    const chiSquare = (texts: readonly string[], expected: readonly number[]): number =>
      everyText.reduce((total, text, i) => {
        const seen = texts.filter((each) => each === text).length;
        return total + (seen - count * expected[i]!) ** 2 / (count * expected[i]!);
      }, 0);
    // 31 texts: χ² with 30 degrees of freedom is above 59.7 once in a thousand; the draws are always the same.
    const p = probabilities(model);
    expect(chiSquare(model.sample({ count, seed: 1 }), p)).toBeLessThan(59.7);
    // The texts of one member alone would not do.
    expect(chiSquare(members[0]!.model.sample({ count, seed: 1 }), p)).toBeGreaterThan(100);
  });

  it('refuses weights that are not one set per bucket', () => {
    const error = errorOf(() => mixture({ kind: 'linear', weights: [[0.5, 0.5]] }));
    expect(error.message).toContain(`expected ${buckets} sets of 3 weights, got 1 of 2`);
  });
});

describe('ConfidenceGate', () => {
  const gate = new ConfidenceGate(kneserNey);
  const of = (text: string) => gate.describe()[gate.bucketOf(tokenizer.encode(text))];

  it('chooses the bucket by the longest context that was seen, and how', () => {
    expect(gate.describe()).toHaveLength(12);
    // The start of a text counts as a character: before the first character, the context is the start alone, 7 times.
    expect(of('')).toEqual({ depth: 1, seen: 'many' });
    expect(of('b')).toEqual({ depth: 2, seen: 'few' }); // after the start: the end, and b
    expect(of('bb')).toEqual({ depth: 2, seen: 'few' }); // bba, abb
    expect(of('aba')).toEqual({ depth: 2, seen: 'few' }); // abab: b; bba: the end
    expect(of('aa')).toEqual({ depth: 1, seen: 'many' }); // aa was never seen
    expect(NO_GATE.bucketOf(tokenizer.encode('ab'))).toBe(0);
  });
});

describe('mixModels', () => {
  const characters = defaultTokenizer();
  const wide = { vocabulary: 29, contextLength: 150 };
  const models = [3, 4].map((seed) => transformer(seed, wide, characters));
  const { splits } = tinyCorpus;

  it('gives the n-gram model more weight than untrained models', () => {
    const { mixture: model, validation, learned, ngramTexts } = mixModels({ models, splits, order: 4 });
    const val = splits.val.map((text) => characters.encode(text));
    const ngram = fitKneserNey(ngramTexts!, { ...wide, order: 4 });
    const expected = [...models.map((each) => each.evaluate(splits.val).nll), meanNll(ngram, val)];
    validation.memberNll.forEach((nll, m) => expect(nll / expected[m]!).toBeCloseTo(1, 5));
    expect(validation.equalWeightsNll).toBeLessThan(Math.max(...expected));
    expect(validation.nll).toBeLessThan(expected[2]! + 0.01);
    expect(model.evaluate(splits.val).nll).toBeCloseTo(validation.nll, 3);
    expect(learned.crossValidatedNll).toBeGreaterThan(validation.nll - 0.01);
    expect(validation.meanWeights[2]).toBeGreaterThan(0.5);
    expect(sum(validation.places)).toBe(sum(val.map((text) => text.length + 1)));
  });

  it('mixes models without an n-gram model, with one set of weights', () => {
    const { mixture: model, ngramTexts } = mixModels({ models, splits, ngram: false, mixing: 'linear' });
    expect(ngramTexts).toBeUndefined();
    expect(model.mixing.kind).toBe('linear');
    expect(model.mixing.weights).toHaveLength(1);
    expect(sum(model.mixing.weights[0]!)).toBeCloseTo(1, 9);
  });

  it('refuses too few models, different alphabets and context lengths, and an invalid order', () => {
    const refused = (options: Parameters<typeof mixModels>[0]) => errorOf(() => mixModels(options));
    const [one] = models;
    expect(refused({ models: [one!], splits, ngram: false }).message).toContain('got 1 without');
    expect(refused({ models: [], splits }).code).toBe('BAD_OPTION');
    expect(refused({ models: [one!, transformer(1)], splits }).message).toContain('one alphabet');
    const narrow = transformer(1, { vocabulary: 29, contextLength: 60 }, characters);
    expect(refused({ models: [one!, narrow], splits }).message).toContain('model 1 has 150 tokens');
    expect(refused({ models: [one!], splits: { ...splits, val: ['a'] } }).code).toBe('BAD_INPUT');
    expect(refused({ models: [one!], splits, order: 0 }).code).toBe('BAD_OPTION');
  });
});
