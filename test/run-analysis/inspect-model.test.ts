import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ModelConfig } from '../../src/nn/config.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { PRE_NORM_ARCHITECTURE, NOTEBOOK_ARCHITECTURE } from '../../src/nn/presets.js';
import { inspectionSchema } from '../../src/runs/analysis-schema.js';
import { predictNext } from '../../src/model/inspect.js';
import { chooseTexts, inspectModel } from '../../src/run-analysis/inspect-model.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { Tape } from '../../src/tensor/tape.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { backendsUnderTest } from '../support/backends.js';
import { readGoldens } from '../support/goldens.js';
import { logSoftmax, plainForward } from '../support/plain-transformer.js';

const tokenizer = defaultTokenizer();
const shape = { vocabulary: 29, contextLength: 40, dModel: 12, heads: 3, layers: 2, mlpRatio: 2 };
const architectures: readonly (readonly [string, ModelConfig])[] = [
  ['full-width heads, post-norm', { ...shape, ...NOTEBOOK_ARCHITECTURE }],
  ['standard heads, pre-norm', { ...shape, ...PRE_NORM_ARCHITECTURE }],
  ['standard heads, post-norm', { ...shape, ...NOTEBOOK_ARCHITECTURE, headWidth: 'standard' }],
  ['rotary positions', { ...shape, ...NOTEBOOK_ARCHITECTURE, positions: 'rotary' }],
  ['query-key norm', { ...shape, ...PRE_NORM_ARCHITECTURE, queryKeyNorm: true }],
  ['query-key norm, rotary', { ...shape, ...PRE_NORM_ARCHITECTURE, queryKeyNorm: true, positions: 'rotary' }],
];
const characters = (text: string) => tokenizer.encode(text);

/** A model whose weights are large enough for its attention to be uneven. */
function modelOf(config: ModelConfig): DecoderTransformer {
  return new DecoderTransformer({ ...config, initialization: 'pytorch' }, { seed: 5 });
}

const goldens = readGoldens().filter(({ config }) => config.contextLength < 50);

it('the plain model agrees with PyTorch', () => {
  expect(goldens.length).toBeGreaterThan(0);
  for (const golden of goldens) {
    const { config } = golden;
    const expected = golden.tensor('log_probs').data;
    golden.tokens.forEach((row, b) => {
      const { logits } = plainForward(config, golden.tensors('weights'), row);
      logits.flatMap(logSoftmax).forEach((x, i) => {
        expect(Math.abs(x - expected[b * config.contextLength * 29 + i]!)).toBeLessThan(2e-5);
      });
    });
  }
});

describe.each(backendsUnderTest())('inspectModel on $info.name', (backend) => {
  const inspect = (transformer: DecoderTransformer, texts: readonly ArrayLike<number>[]) =>
    inspectModel(
      new LanguageModel(transformer, tokenizer, backend, 'first'),
      texts.map((tokens) => ({ split: 'test', tokens })),
    );

  it('gives the distributions that PyTorch gives', () => {
    for (const golden of goldens) {
      const { vocabulary, contextLength } = golden.config;
      const model = new DecoderTransformer(golden.config);
      model.parameters.load(golden.tensors('weights'));
      const ends = golden.tokens.map((row) => (row.includes(0) ? row.indexOf(0) : row.length));
      const texts = golden.tokens.map((row, b) => row.slice(1, ends[b]));
      const logProbabilities = golden.tensor('log_probs').data;
      inspect(model, texts).texts.forEach(({ distributions, nll, text }, b) => {
        expect(text).toBe(tokenizer.decode(golden.tokens[b]!));
        const rows = Math.min(texts[b]!.length + 1, contextLength - 1);
        expect(distributions).toHaveLength(rows);
        let expectedNll = 0;
        distributions.forEach((distribution, t) => {
          expect(distribution).toHaveLength(vocabulary);
          const at = (b * contextLength + t) * vocabulary;
          distribution.forEach((p, v) =>
            expect(Math.abs(p / Math.exp(logProbabilities[at + v]!) - 1)).toBeLessThan(1e-4),
          );
          expectedNll -= logProbabilities[at + golden.tokens[b]![t + 1]!]!;
        });
        expect(nll / expectedNll).toBeCloseTo(1, 5);
      });
    }
  });

  it.each(architectures)('gives the attention weights of an independent model: %s', (_name, config) => {
    const model = modelOf(config);
    const texts = ['mayor opens new bridge', 'a', ''].map(characters);
    const { texts: found } = inspect(model, texts);
    let spread = 0;
    found.forEach(({ attention }, i) => {
      const tokens = [28, ...texts[i]!];
      const expected = plainForward(config, model.parameters.toMap(), tokens).attention;
      expect(attention).toHaveLength(config.layers);
      attention.forEach((heads, block) => {
        expect(heads).toHaveLength(config.heads);
        heads.forEach((queries, head) => {
          expect(queries.map((keys) => keys.length)).toEqual(tokens.map((_, query) => query + 1));
          queries.forEach((keys, query) => {
            expect(keys.reduce((a, b) => a + b)).toBeCloseTo(1, 2);
            keys.forEach((weight, key) => {
              const exact = expected[block]![head]![query]![key]!;
              expect(Math.abs(weight - exact)).toBeLessThan(1e-4);
              spread = Math.max(spread, exact * (query + 1));
            });
          });
        });
      });
    });
    // Where all weights were even, this would be 1, and the test would say little.
    expect(spread).toBeGreaterThan(1.2);
  });

  it('names the characters, and has a row of the embedding for each', () => {
    const model = modelOf(architectures[1]![1]);
    const { tokens, embedding } = inspect(model, []);
    expect(tokens.join()).toBe('pad,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z, ,cls');
    const { data } = model.parameters.tensor('embedding.weight');
    expect(embedding).toHaveLength(29);
    embedding.flat().forEach((x, i) => expect(Math.abs(x - data[i]!)).toBeLessThanOrEqual(6e-4 * Math.abs(data[i]!)));
  });

  it('fits its schema and a modest file', () => {
    const texts = [16, 20, 26, 32].map((length) => characters('the mayor opens a new bridge today'.slice(0, length)));
    const config = { ...architectures[0]![1], dModel: 20, heads: 6, layers: 6 };
    const inspection = inspect(modelOf(config), texts);
    expect(inspectionSchema.parse(inspection)).toEqual(inspection);
    expect(JSON.stringify(inspection).length).toBeLessThan(600_000);
  });
});

it('observing attention does not change the logits', () => {
  const [backend] = backendsUnderTest();
  const model = modelOf(architectures[0]![1]);
  const logits = (observe?: () => void) =>
    Array.from(predictNext(model, new Tape(backend!), [characters('storm')], observe).logits);
  expect(logits(() => undefined)).toEqual(logits());
});

const ofLength = (length: number, character = 1) => new Uint16Array(length).fill(character);

it('chooseTexts takes the first texts that come nearest to 16, 20, 26 and 32 characters', () => {
  const lengths = [40, 32, 5, 16, 21, 19, 16, 27, 24];
  const chosen = chooseTexts(lengths.map((length, i) => ofLength(length, i + 1)));
  expect(chosen.map((i) => lengths[i])).toEqual([16, 21, 27, 32]);
  expect(chosen[0]).toBe(3); // the first of the two
});

it('chooseTexts passes over empty, long and repeated texts', () => {
  expect(chooseTexts([])).toEqual([]);
  expect(chooseTexts([ofLength(0), ofLength(65), ofLength(900)])).toEqual([]);
  expect(chooseTexts([ofLength(20), ofLength(20), ofLength(64)])).toEqual([0, 2]);
});

it('chooseTexts takes four different texts where there are four, and never one twice', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 70 })), (texts) => {
      const chosen = chooseTexts(texts);
      const fit = new Set(texts.filter((text) => text.length > 0 && text.length <= 64).map(String));
      expect(new Set(chosen.map((i) => String(texts[i]))).size).toBe(Math.min(4, fit.size));
      expect(chosen).toHaveLength(Math.min(4, fit.size));
    }),
  );
});
