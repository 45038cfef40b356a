import { describe, expect, it } from 'vitest';
import type { Backend } from '../../src/backend/types.js';
import type { ModelConfig } from '../../src/nn/config.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { PRE_NORM_ARCHITECTURE, NOTEBOOK_ARCHITECTURE } from '../../src/nn/presets.js';
import { Random } from '../../src/random.js';
import { transformerSource, writeTexts, type GenerateOptions } from '../../src/model/generate.js';
import { sampleToken } from '../../src/model/strategy.js';
import { clsToken, PAD_TOKEN } from '../../src/tokenizer/special-tokens.js';
import { Tape } from '../../src/tensor/tape.js';
import { finish } from '../../src/generators.js';
import { errorOf } from '../runs/fixtures.js';
import { backendsUnderTest } from '../support/backends.js';

const SHAPE = { vocabulary: 29, contextLength: 24, dModel: 12, heads: 3, layers: 2, mlpRatio: 3 };
const FAMILY: readonly (readonly [string, ModelConfig])[] = [
  ['notebook', { ...SHAPE, ...NOTEBOOK_ARCHITECTURE }],
  ['without the causal mask', { ...SHAPE, ...NOTEBOOK_ARCHITECTURE, causal: false }],
  [
    'modern',
    {
      ...SHAPE,
      ...PRE_NORM_ARCHITECTURE,
      dropout: { embedding: 0.3, attention: 0.3, residual: 0.3 },
    },
  ],
];

/** A model whose predictions depend on the preceding characters, and whose texts end somewhere in the context. */
function build(config: ModelConfig): DecoderTransformer {
  const model = new DecoderTransformer(config, { seed: 5 });
  const { parameters } = model;
  if (config.initialization === 'normal')
    parameters.tensor('logits.0.weight').data.forEach((x, i, all) => (all[i] = 40 * x));
  parameters.tensor('logits.0.bias').data[PAD_TOKEN]! += 0.5;
  return model;
}

/**
 * docs/notebook.md, section 8, as the notebook did it: for every character, the model reads the whole prefix again.
 * A text ends at its first pad; what follows is not shown.
 */
function uncached(model: DecoderTransformer, backend: Backend, options: GenerateOptions): number[][] {
  const { contextLength, vocabulary } = model.config;
  const tape = new Tape(backend);
  return Array.from({ length: options.count }, (_, i) => {
    const random = new Random(options.seed, 'sampling', i);
    const text = Array.from(options.prompt ?? []);
    while (text.length < contextLength - 1) {
      const tokens = Int32Array.from([clsToken(model.config), ...text]);
      const positions = Int32Array.from(tokens.keys());
      tape.begin({ training: false });
      const logits = model.forward(tape, { tokens, positions, offsets: Int32Array.of(0, tokens.length) });
      const last = text.length;
      const token = sampleToken(logits.data, last * vocabulary, vocabulary, options, random.uniformAt(last));
      if (token === PAD_TOKEN) break;
      text.push(token);
    }
    return text;
  });
}

const cached = (model: DecoderTransformer, backend: Backend, options: GenerateOptions): number[][] =>
  finish(writeTexts(transformerSource(model, backend), options));

describe.each(backendsUnderTest())('sampling on $info.name', (backend) => {
  describe.each(FAMILY)('%s', (_, config) => {
    const model = build(config);

    it.each([
      { seed: 0, temperature: 1 },
      { seed: 1, temperature: 1 },
      { seed: 2 ** 40 + 3, temperature: 0.5 },
      { seed: 3, temperature: 1.7 },
      { seed: 4, temperature: 0.01 },
      { seed: 5, temperature: 1, prompt: [13, 1, 25, 15, 18, 27] },
      { seed: 6, temperature: 0.8, topK: 5, topP: 0.9, prompt: [1] },
    ])('draws the same characters with a cache as without: %j', (options) => {
      const asked = { count: 12, ...options };
      const texts = cached(model, backend, asked);
      expect(texts).toEqual(uncached(model, backend, asked));
      for (const text of texts) expect(text.slice(0, options.prompt?.length ?? 0)).toEqual(options.prompt ?? []);
    });

    it('covers texts that end early and texts that fill the context', () => {
      const lengths = cached(model, backend, { count: 60, seed: 0, temperature: 1 }).map((text) => text.length);
      expect(Math.min(...lengths)).toBeLessThan(10);
      expect(Math.max(...lengths)).toBe(config.contextLength - 1);
    });

    it('gives a text that is a function of the seed and its number, not of their count', () => {
      const asked = { seed: 9, temperature: 1 };
      const many = cached(model, backend, { ...asked, count: 70 });
      expect(many).toHaveLength(70);
      expect(cached(model, backend, { ...asked, count: 3 })).toEqual(many.slice(0, 3));
      expect(cached(model, backend, { ...asked, count: 2, firstText: 66 })).toEqual(many.slice(66, 68));
      expect(new Set(many.map((text) => text.join())).size).toBeGreaterThan(60);
      expect(cached(model, backend, { ...asked, seed: 10, count: 3 })).not.toEqual(many.slice(0, 3));
    });

    it('yields every new character once, the end included', () => {
      const asked = { count: 70, seed: 2, temperature: 1, prompt: [4, 5] };
      const told = Array.from({ length: 70 }, () => [4, 5]);
      const steps = writeTexts(transformerSource(model, backend), asked);
      let step = steps.next();
      for (; !step.done; step = steps.next()) {
        for (const { text, token } of step.value) told[text]!.push(token);
      }
      const whole = step.value.map((text) => (text.length === config.contextLength - 1 ? text : [...text, PAD_TOKEN]));
      expect(told).toEqual(whole);
    });
  });
});

describe('generate', () => {
  const model = build(FAMILY.at(-1)![1]);
  const [portable] = backendsUnderTest();
  const ask = (options: Partial<GenerateOptions>) =>
    cached(model, portable!, { count: 1, seed: 0, temperature: 1, ...options });

  it('refuses a prompt that leaves no room for a character, and an invalid strategy', () => {
    expect(ask({ prompt: Array<number>(22).fill(3) })[0]!.length).toBeLessThanOrEqual(23);
    const long = errorOf(() => ask({ prompt: Array<number>(23).fill(3) }));
    expect(long).toMatchObject({ code: 'BAD_OPTION', fix: 'Shorten the prompt.' });
    expect(long.message).toContain('at most 22 characters for this model, got 23');
    expect(errorOf(() => ask({ temperature: 0 })).code).toBe('BAD_OPTION');
  });

  it('samples no texts when none are asked for', () => {
    expect(ask({ count: 0 })).toEqual([]);
  });

  it('never goes beyond 149 characters with the context length of the notebook', () => {
    const endless = new DecoderTransformer(
      { ...FAMILY.at(-1)![1], contextLength: 150, dModel: 6, layers: 1 },
      { seed: 1 },
    );
    endless.parameters.tensor('logits.0.bias').data[PAD_TOKEN] = -1e9;
    const [one, two] = cached(endless, portable!, { count: 2, seed: 0, temperature: 1 });
    expect([one!.length, two!.length]).toEqual([149, 149]);
  });
});
