import { describe, expect, it } from 'vitest';
import { parseModelConfig, type ModelConfig } from '../../src/nn/config.js';
import { countParameters, DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { presetConfig, type PresetName } from '../../src/nn/presets.js';
import { parametersByKind, summarizeModel } from '../../src/nn/summary.js';
import { errorOf } from '../runs/fixtures.js';
import { ALL_ARCHITECTURES, configOf } from '../support/architectures.js';

/** docs/notebook.md, section 5: parameters of the whole model, and of one block. */
const SIZES: readonly (readonly [PresetName, number, number])[] = [
  ['87k', 87_289, 16_620],
  ['557k', 556_919, 110_130],
  ['5m', 5_097_821, 847_968],
  ['10m', 10_122_749, 1_685_040],
];

const shape = { vocabulary: 29, contextLength: 150, dModel: 48, heads: 4, layers: 3, mlpRatio: 4 };
const modern = configOf('modern', shape);

describe('the sizes of the notebook', () => {
  it.each(SIZES)('%s has %i parameters, %i in a block', (name, parameters, perBlock) => {
    const config = presetConfig(name);
    expect(new DecoderTransformer(config).parameters.count).toBe(parameters);
    expect(countParameters(config)).toBe(parameters);
    const summary = summarizeModel(config);
    expect([summary.parameters, summary.trainable]).toEqual([parameters, parameters]);
    const layers = summary.rows.filter(({ type }) => type === 'TransformerBlock');
    expect(layers.map((row) => row.parameters)).toEqual(Array(config.layers).fill(perBlock));
  });

  it('a plain pre-norm model of width 48, 3 blocks and 4 heads has 94,349 parameters', () => {
    // 29·48 + 150·48 embeddings; a block 4·48² + 2·4·48² + 5·48 + 4·48; the last norm 2·48; 48·29 + 29 logits.
    const block = 4 * 48 ** 2 + 8 * 48 ** 2 + 5 * 48 + 4 * 48;
    expect(29 * 48 + 150 * 48 + 3 * block + 2 * 48 + 48 * 29 + 29).toBe(94_349);
    expect(new DecoderTransformer(modern).parameters.count).toBe(94_349);
  });
});

describe('the state dict', () => {
  it("has the notebook's names and PyTorch's shapes", () => {
    const { parameters } = new DecoderTransformer(presetConfig('87k'));
    const expected: Record<string, number[]> = {
      'embedding.weight': [29, 20],
      'positional_embedding.weight': [150, 20],
      'logits.0.weight': [29, 20],
      'logits.0.bias': [29],
    };
    for (let i = 0; i < 5; i++) {
      for (const part of ['w_k', 'w_q', 'w_v']) {
        expected[`transformer_blocks.${i}.msha.${part}.weight`] = [100, 20];
        expected[`transformer_blocks.${i}.msha.${part}.bias`] = [100];
      }
      expected[`transformer_blocks.${i}.msha.w_c.weight`] = [20, 100];
      expected[`transformer_blocks.${i}.msha.w_c.bias`] = [20];
      for (const norm of ['layer_norm1', 'layer_norm2']) {
        expected[`transformer_blocks.${i}.${norm}.weight`] = [20];
        expected[`transformer_blocks.${i}.${norm}.bias`] = [20];
      }
      expected[`transformer_blocks.${i}.mlp.0.weight`] = [200, 20];
      expected[`transformer_blocks.${i}.mlp.0.bias`] = [200];
      expected[`transformer_blocks.${i}.mlp.2.weight`] = [20, 200];
      expected[`transformer_blocks.${i}.mlp.2.bias`] = [20];
    }
    const found = Object.fromEntries([...parameters.toMap()].map(([name, { shape }]) => [name, [...shape]]));
    expect(found).toEqual(expected);
  });

  it('loads what it saves, and refuses weights of another model', () => {
    const from = new DecoderTransformer(modern, { seed: 1 });
    const to = new DecoderTransformer(modern, { seed: 2 });
    to.parameters.load(from.parameters.toMap());
    expect(Buffer.from(to.parameters.values.buffer).equals(Buffer.from(from.parameters.values.buffer))).toBe(true);

    const lacking = from.parameters.toMap();
    lacking.delete('logits.0.bias');
    expect(errorOf(() => to.parameters.load(lacking)).message).toContain('lack the tensor logits.0.bias');
    const unknown = from.parameters.toMap().set('logits.1.bias', { shape: [1], data: Float32Array.of(0) });
    expect(errorOf(() => to.parameters.load(unknown)).message).toContain('logits.1.bias');
    const wider = new DecoderTransformer({ ...modern, dModel: 52 });
    const other = errorOf(() => to.parameters.load(wider.parameters.toMap()));
    expect(other.code).toBe('BAD_RUN');
    expect(other.message).toContain('embedding.weight should have shape [29, 48], but has [29, 52]');
  });
});

describe('configurations that do not fit', () => {
  it('are refused where standard heads do not divide the width; full heads need not', () => {
    const error = errorOf(() => parseModelConfig({ ...modern, dModel: 10, heads: 3 }));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toContain('dModel must be a multiple of heads: got 10 and 3');
    expect(error.fix).toContain('heads may be 1, 2, 5, 10');
    expect(() => parseModelConfig({ ...modern, dModel: 10, heads: 3, headWidth: 'full' })).not.toThrow();
  });

  it.each([
    ['layers', { layers: 0 }],
    ['layers', { layers: 65 }],
    ['dModel', { dModel: 1.5 }],
    ['contextLength', { contextLength: 1026 }],
    ['norm', { norm: 'sandwich' }],
    ['dropout.embedding', { dropout: { embedding: 1, attention: 0, residual: 0 } }],
    ['depth', { depth: 3 }],
  ])('names the field %s', (field, change) => {
    const error = errorOf(() => parseModelConfig({ ...modern, ...change }));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toContain(field);
  });
});

describe('parametersByKind', () => {
  const total = (config: ModelConfig) => parametersByKind(config).reduce((sum, { parameters }) => sum + parameters, 0);

  it.each(Object.keys(ALL_ARCHITECTURES))('counts each parameter of the architecture %s once', (name) => {
    expect(total(configOf(name))).toBe(countParameters(configOf(name)));
  });

  it('tells the layers of the smallest notebook model apart', () => {
    expect(parametersByKind(presetConfig('87k')).map(({ parameters }) => parameters)).toEqual([
      29 * 20,
      150 * 20,
      5 * (3 * (20 * 100 + 100) + 100 * 20 + 20),
      5 * (20 * 200 + 200 + 200 * 20 + 20),
      5 * 4 * 20,
      20 * 29 + 29,
    ]);
  });
});
