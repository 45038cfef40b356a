/**
 * The options of models, alone and together: parameters, logits against the plain model, and logits character by
 * character against those of whole texts.
 */
import { describe, expect, it } from 'vitest';
import { hiddenWidthOf, parseModelConfig } from '../../src/nn/config.js';
import { countParameters, DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { summarizeModel } from '../../src/nn/summary.js';
import { decodeSafetensors, encodeSafetensors } from '../../src/runs/safetensors.js';
import { Tape } from '../../src/tensor/tape.js';
import { float32Tensors } from '../../src/model/saved-model.js';
import { backendsUnderTest } from '../support/backends.js';
import { ALL_ARCHITECTURES, configOf, roughen } from '../support/architectures.js';
import { errorOf } from '../support/error-of.js';
import { errors } from '../support/op-errors.js';
import { plainForward } from '../support/plain-transformer.js';

/** Bounds on float32 errors through a model of two blocks, whose logits are of size 1 to 10. */
const LARGEST = 3e-5;

const TEXTS = [[1, 2, 3, 2, 1], [4], [], [5, 1, 1, 4, 2, 3, 1, 2, 2, 5, 3, 3, 3]];

describe.each(Object.keys(ALL_ARCHITECTURES))('a model of the architecture %s', (name) => {
  const config = configOf(name);
  const model = new DecoderTransformer(config);
  roughen(model.parameters, 4);

  it('has as many parameters as are counted without allocating them', () => {
    expect(countParameters(config)).toBe(model.parameters.count);
    const summary = summarizeModel(config);
    expect(summary.parameters).toBe(model.parameters.count);
    expect(summary.rows.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(model.parameters.count);
  });

  it('is saved and loaded', () => {
    const saved = encodeSafetensors(
      new Map(
        [...model.parameters.toMap()].map(([key, { shape, data }]) => [key, { dtype: 'F32' as const, shape, data }]),
      ),
    );
    const again = new DecoderTransformer(parseModelConfig(JSON.parse(JSON.stringify(config))));
    again.parameters.load(float32Tensors(decodeSafetensors(saved).tensors));
    expect(again.parameters.values).toEqual(model.parameters.values);
  });

  it.each(backendsUnderTest())('has the logits of the plain model, on $info.name', (backend) => {
    const tape = new Tape(backend);
    tape.begin({ training: false });
    const batch = packBatch(TEXTS, config, 'first');
    const logits = model.forward(tape, batch).data.slice();
    const weights = model.parameters.toMap();
    TEXTS.forEach((_, b) => {
      const [from, to] = [batch.offsets[b]!, batch.offsets[b + 1]!];
      const expected = plainForward(config, weights, batch.tokens.subarray(from, to)).logits.flat();
      const got = logits.slice(from * config.vocabulary, to * config.vocabulary);
      expect(errors(got, Float64Array.from(expected)).largest).toBeLessThanOrEqual(LARGEST);
    });
  });

  const caching = config.causal ? backendsUnderTest() : [];
  it.each(caching)('has the same logits character by character, from caches, on $info.name', (backend) => {
    const tape = new Tape(backend);
    tape.begin({ training: false });
    const batch = packBatch(TEXTS, config, 'first');
    const expected = model.forward(tape, batch).data.slice();
    const caches = model.newCaches(TEXTS.length + 1, tape.backend);
    for (let t = 0; t < config.contextLength - 1; t++) {
      // The texts that still have a character, last first: a row's slot is not its number.
      const alive = TEXTS.flatMap((_, b) => (t < batch.offsets[b + 1]! - batch.offsets[b]! ? [b] : []));
      if (alive.length === 0) break;
      const texts = Int32Array.from(alive).reverse();
      const rows = Array.from(texts, (b) => batch.offsets[b]! + t);
      const tokens = Int32Array.from(rows, (row) => batch.tokens[row]!);
      tape.begin({ training: false });
      const positions = new Int32Array(texts.length).fill(t);
      const logits = model.step(tape, { tokens, positions, slots: texts }, caches).data;
      rows.forEach((row, i) => {
        const [got, wanted] = [logits, expected].map((all, k) => {
          const at = (k === 0 ? i : row) * config.vocabulary;
          return all.slice(at, at + config.vocabulary);
        }) as [Float32Array, Float32Array];
        expect(errors(got, wanted).largest).toBeLessThanOrEqual(LARGEST);
      });
    }
  });
});

describe('SwiGLU', () => {
  it.each([
    [6, 3, 16], // 12, rounded up to a multiple of 8
    [48, 4, 128],
    [256, 4, 688], // 682.7
  ])('of width %i and %i neurons is %i wide', (dModel, mlpRatio, hidden) => {
    const config = { ...configOf('swiglu'), dModel, mlpRatio };
    expect(hiddenWidthOf(config)).toBe(hidden);
    const weights = new DecoderTransformer(config).parameters.toMap();
    const shapes = ['gate', 'up', 'down'].map((part) => weights.get(`transformer_blocks.1.mlp.${part}.weight`)!.shape);
    expect(shapes).toEqual([
      [hidden, dModel],
      [hidden, dModel],
      [dModel, hidden],
    ]);
    expect([...weights.keys()].filter((name) => name.includes('mlp') && name.endsWith('bias'))).toEqual([]);
  });
});

describe('the limits of a configuration', () => {
  it('refuse rotary positions in heads of one number', () => {
    const error = errorOf(() => parseModelConfig({ ...configOf('rotary'), dModel: 4, heads: 4 }));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toContain('dModel / heads of at least 2: got 4 and 4');
  });

  it('allow 64 blocks with all dropouts', () => {
    const dropout = { embedding: 0.1, attention: 0.1, residual: 0.1 };
    const config = parseModelConfig({ ...configOf('modern'), layers: 64, dropout });
    const model = new DecoderTransformer(config, { seed: 1 });
    const tape = new Tape(backendsUnderTest().at(-1)!);
    tape.begin({ training: true, dropout: { key0: 1, key1: 2, step: 3 } });
    const logits = model.forward(tape, packBatch([[1, 2]], config, 'first'));
    expect(logits.data.every(Number.isFinite)).toBe(true);
  });
});

describe('the summary of a model', () => {
  it('names the options of its blocks, and has no line for missing layers', () => {
    const rows = summarizeModel(configOf('all of today')).rows.map(({ layer, type }) => `${layer} (${type})`);
    expect(rows).toEqual([
      'embedding (Embedding)',
      'dropout (Dropout(0))',
      'transformer_blocks.0 (TransformerBlock: rotary positions, SwiGLU, QK-norm)',
      'transformer_blocks.1 (TransformerBlock: rotary positions, SwiGLU, QK-norm)',
      'layer_norm (LayerNorm)',
      'logits (Linear, tied to embedding)',
    ]);
  });
});

describe('tied embeddings', () => {
  it('save the weight of the logits', () => {
    const tied = configOf('tied');
    const names = (config: typeof tied) => [...new DecoderTransformer(config).parameters.toMap().keys()];
    const others = names({ ...tied, tiedEmbeddings: false });
    expect(names(tied)).toEqual(others.filter((name) => name !== 'logits.0.weight'));
    const difference = countParameters({ ...tied, tiedEmbeddings: false }) - countParameters(tied);
    expect(difference).toBe(tied.vocabulary * tied.dModel);
  });
});
