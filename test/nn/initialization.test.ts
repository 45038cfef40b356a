import { describe, expect, it } from 'vitest';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { PRE_NORM_ARCHITECTURE, NOTEBOOK_ARCHITECTURE } from '../../src/nn/presets.js';

const shape = { vocabulary: 29, contextLength: 150, dModel: 60, heads: 3, layers: 2, mlpRatio: 20 };
const notebook = { ...shape, ...NOTEBOOK_ARCHITECTURE };
const normal = { ...shape, ...PRE_NORM_ARCHITECTURE, attentionBias: true };

function moments(values: ArrayLike<number>): { mean: number; deviation: number } {
  const all = Array.from(values);
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  return { mean, deviation: Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length) };
}

/** Mean and deviation of n draws lie within five standard errors of the true ones, whatever the seed. */
function expectMoments(values: ArrayLike<number>, deviation: number): void {
  const found = moments(values);
  const n = values.length;
  expect(Math.abs(found.mean)).toBeLessThan((5 * deviation) / Math.sqrt(n));
  expect(Math.abs(found.deviation / deviation - 1)).toBeLessThan(5 / Math.sqrt(2 * n));
}

describe("PyTorch's starting values", () => {
  const weights = new DecoderTransformer(notebook, { seed: 3 }).parameters.toMap();

  it.each([
    ['transformer_blocks.0.msha.w_k', 60],
    ['transformer_blocks.1.msha.w_c', 180],
    ['transformer_blocks.0.mlp.0', 60],
    ['transformer_blocks.1.mlp.2', 1200],
    ['logits.0', 60],
  ])('%s: weights and biases are uniform within ±1/√%i', (name, fanIn) => {
    const bound = 1 / Math.sqrt(fanIn);
    for (const part of ['weight', 'bias']) {
      const { data } = weights.get(`${name}.${part}`)!;
      const largest = Math.max(...data.map(Math.abs));
      expect(largest).toBeLessThanOrEqual(Math.fround(bound));
      // The largest of n uniform draws is above 1 − 12/n times the bound but for 6 seeds in a million.
      expect(largest).toBeGreaterThan(bound * (1 - 12 / data.length));
      expectMoments(data, bound / Math.sqrt(3));
    }
  });

  it('embeddings are N(0, 1)', () => {
    for (const name of ['embedding.weight', 'positional_embedding.weight']) {
      const { data } = weights.get(name)!;
      expectMoments(data, 1);
      const within = data.filter((x) => Math.abs(x) < 1).length / data.length;
      expect(Math.abs(within - 0.6827)).toBeLessThan(5 * Math.sqrt((0.6827 * 0.3173) / data.length));
    }
  });

  it('LayerNorms are 1 and 0', () => {
    for (const norm of ['layer_norm1', 'layer_norm2']) {
      expect(new Set(weights.get(`transformer_blocks.1.${norm}.weight`)!.data)).toEqual(new Set([1]));
      expect(new Set(weights.get(`transformer_blocks.1.${norm}.bias`)!.data)).toEqual(new Set([0]));
    }
  });
});

describe('normal starting values', () => {
  it('matrices and embeddings are N(0, 0.02²), biases 0, LayerNorms 1 and 0', () => {
    for (const [name, { data }] of new DecoderTransformer(normal, { seed: 5 }).parameters.toMap()) {
      if (name.includes('norm')) expect(new Set(data)).toEqual(new Set([name.endsWith('.weight') ? 1 : 0]));
      else if (name.endsWith('.bias')) expect(new Set(data)).toEqual(new Set([0]));
      else expectMoments(data, 0.02);
    }
  });
});

describe.each([
  ['pytorch', notebook],
  ['normal', normal],
])('the initialisation %s', (_, config) => {
  it('is a function of the seed, and differs from tensor to tensor', () => {
    const bytes = (seed: number) => Buffer.from(new DecoderTransformer(config, { seed }).parameters.values.buffer);
    expect(bytes(8).equals(bytes(8))).toBe(true);
    expect(bytes(8).equals(bytes(9))).toBe(false);
    const drawn = [...new DecoderTransformer(config, { seed: 8 }).parameters.toMap()]
      .filter(([name, { data }]) => !name.includes('norm') && data.some((x) => x !== 0))
      .map(([, { data }]) => data[0]);
    expect(new Set(drawn).size).toBe(drawn.length);
  });
});
