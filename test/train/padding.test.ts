import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/types.js';
import type { ModelConfig } from '../../src/nn/config.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { PRE_NORM_ARCHITECTURE, NOTEBOOK_ARCHITECTURE } from '../../src/nn/presets.js';
import { Random } from '../../src/random.js';
import { crossEntropy } from '../../src/tensor/ops/cross-entropy.js';
import { Tape } from '../../src/tensor/tape.js';
import { PAD_TOKEN } from '../../src/tokenizer/special-tokens.js';
import { finish } from '../../src/generators.js';
import { Evaluator } from '../../src/model/evaluate.js';
import { backendsUnderTest } from '../support/backends.js';

const SHAPE = { vocabulary: 29, contextLength: 150, dModel: 16, heads: 2, layers: 2, mlpRatio: 2 };
const FAMILY: readonly (readonly [string, ModelConfig])[] = [
  ['notebook', { ...SHAPE, ...NOTEBOOK_ARCHITECTURE }],
  ['modern', { ...SHAPE, ...PRE_NORM_ARCHITECTURE }],
];

/**
 * A random model that is certain of a pad after a pad, p(pad | pad) = 1, and of nothing else: two features of the
 * residual stream tell whether the last token was a pad. The pad's embedding sets them to +50 and −50, everything
 * else leaves them equal, and the pad's logit weighs their difference.
 */
function certainOfPads(config: ModelConfig): DecoderTransformer {
  const model = new DecoderTransformer(config, { seed: 11 });
  const { parameters } = model;
  const { dModel, vocabulary, layers } = config;
  const setFeatures = (name: string, row: number, plus: number, minus: number) =>
    parameters.tensor(name).data.set([plus, minus], row * dModel);
  // Small random weights would make a model that hardly looks at its input: bigger ones tell more.
  if (config.initialization === 'normal')
    for (const [i, x] of parameters.values.entries()) if (x !== 1) parameters.values[i] = x * 10;
  for (let token = 0; token < vocabulary; token++) setFeatures('embedding.weight', token, 0, 0);
  for (let at = 0; at < config.contextLength; at++) setFeatures('positional_embedding.weight', at, 0, 0);
  setFeatures('embedding.weight', PAD_TOKEN, 50, -50);
  for (let i = 0; i < layers; i++) {
    for (const layer of ['msha.w_c', 'mlp.2']) {
      const weight = parameters.tensor(`transformer_blocks.${i}.${layer}.weight`);
      weight.data.fill(0, 0, 2 * (weight.shape[1] ?? 0)); // nothing is added to the two features
      if (layer === 'mlp.2' || config.attentionBias)
        parameters.tensor(`transformer_blocks.${i}.${layer}.bias`).data.fill(0, 0, 2);
    }
  }
  setFeatures('logits.0.weight', PAD_TOKEN, 40, -40);
  return model;
}

const random = new Random(3, 'test');
const texts = [0, 1, 2, 5, 17, 42, 100, 147, 148, 149].map((length) =>
  Uint16Array.from({ length }, () => 1 + random.integer(27)),
);

/** −log p of every row of padded texts. */
function rowNll(model: DecoderTransformer, backend: Backend): { nll: number[]; tokens: Int32Array } {
  const batch = packBatch(texts, SHAPE, 'all');
  const tape = new Tape(backend);
  tape.begin({ training: false });
  const { nll } = crossEntropy(tape, model.forward(tape, batch), batch.targets);
  return { nll: [...nll.subarray(0, batch.tokens.length)], tokens: batch.tokens };
}

describe.each(backendsUnderTest())('both kinds of padding on $info.name', (backend) => {
  describe.each(FAMILY)('%s', (_, config) => {
    const model = certainOfPads(config);
    const score = (padding: 'all' | 'first') => finish(new Evaluator(model, backend, padding).score(texts));

    it('let a model be certain of a pad after a pad, and of nothing else', () => {
      const { nll, tokens } = rowNll(model, backend);
      const after = (isPad: boolean) => nll.filter((_nll, row) => (tokens[row] === PAD_TOKEN) === isPad);
      expect(after(true).length).toBeGreaterThan(500);
      expect(Math.max(...after(true))).toBeLessThan(1e-6);
      expect(Math.min(...after(false))).toBeGreaterThan(1e-3);
    });

    it('give every text the same NLL, top-1 and accuracy, with p(pad | pad) = 1', () => {
      const all = score('all');
      const first = score('first');
      texts.forEach((text, i) => {
        expect(first.nll[i]).toBeGreaterThan(text.length); // many nats: not a comparison of zeros
        expect(Math.abs(all.nll[i]! / first.nll[i]! - 1)).toBeLessThan(1e-5);
      });
      expect(all.top1).toEqual(first.top1);
      expect([all.characters, all.correct]).toEqual([first.characters, first.correct]);
      expect(new Set(first.top1).size).toBeGreaterThan(3);
    });
  });
});

describe('a model that is not certain of padding', () => {
  it("has a higher NLL with padding 'all'", () => {
    const [portable] = backendsUnderTest();
    const model = new DecoderTransformer(FAMILY[0]![1], { seed: 11 });
    const nll = (padding: 'all' | 'first') =>
      finish(new Evaluator(model, portable!, padding).score([texts[5]!])).nll[0]!;
    expect(nll('all')).toBeGreaterThan(nll('first') + 100);
  });
});
