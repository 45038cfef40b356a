import { describe, expect, it } from 'vitest';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { temperaturesSchema } from '../../src/runs/analysis-schema.js';
import { type SampleQuality } from '../../src/texts/texts-schema.js';
import { writeTexts } from '../../src/model/generate.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { sampleAtTemperatures } from '../../src/run-analysis/temperatures.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { finish } from '../../src/generators.js';
import { configOf } from '../support/architectures.js';
import { quality as someQuality } from '../runs/fixtures.js';
import { backendsUnderTest } from '../support/backends.js';
import { errorOf } from '../support/error-of.js';
import { logSoftmax, plainForward } from '../support/plain-transformer.js';

const tokenizer = defaultTokenizer();
const config = configOf('notebook', { vocabulary: 29, contextLength: 12, dModel: 8, mlpRatio: 2 });
const transformer = new DecoderTransformer(config, { seed: 3 });
// Texts that end early, and others that fill the context.
transformer.parameters.tensor('logits.0.bias').data[0]! += 1.5;

/** A quality that tells by how many texts it was measured. */
const quality = (texts: readonly string[]): SampleQuality => ({ ...someQuality, texts: texts.length });

/** Entropy and NLL of what was drawn, from the plain model, one distribution after another, each of its prefix. */
function byHand(
  { config, parameters }: DecoderTransformer,
  texts: readonly (readonly number[])[],
  temperature: number,
) {
  let entropy = 0;
  let nll = 0;
  let characters = 0;
  for (const text of texts) {
    const tokens = [28, ...text, 0].slice(0, config.contextLength);
    const pass = (length: number) => plainForward(config, parameters.toMap(), tokens.slice(0, length)).logits;
    const whole = config.causal ? pass(tokens.length) : undefined;
    for (let t = 0; t + 1 < tokens.length; t++) {
      const logits = whole?.[t] ?? pass(t + 1)[t]!;
      const tempered = logSoftmax(logits.map((z) => z / temperature));
      entropy -= tempered.reduce((sum, l) => (l === -Infinity ? sum : sum + Math.exp(l) * l), 0);
      nll -= logSoftmax(logits)[tokens[t + 1]!]!;
      characters++;
    }
  }
  return {
    entropyPerCharacter: entropy / characters,
    modelNll: nll / texts.length,
    modelNllPerCharacter: nll / characters,
  };
}

describe.each(backendsUnderTest())('sampleAtTemperatures on $info.name', (backend) => {
  const model = new LanguageModel(transformer, tokenizer, backend, 'first');
  const draw = (...temperatures: number[]) =>
    finish(sampleAtTemperatures(model, { temperatures, count: 40, seed: 9, quality }));

  it('measures the distributions that were sampled from, and the texts under the model itself', () => {
    const drawn = draw(0.2, 1, 3);
    expect(temperaturesSchema.parse(drawn)).toEqual(drawn);
    expect(drawn.seed).toBe(9);
    for (const { temperature, texts, ...found } of drawn.entries) {
      // As tokens, for a model that has learnt nothing may also draw cls, of which the text shows nothing.
      const tokens = finish(writeTexts(model.characterSource(), { count: 40, seed: 9, temperature }));
      expect(texts).toEqual(tokens.map((text) => tokenizer.decode(text)));
      const expected = byHand(transformer, tokens, temperature);
      expect(found.entropyPerCharacter).toBeCloseTo(expected.entropyPerCharacter, 5);
      expect(found.modelNll).toBeCloseTo(expected.modelNll, 4);
      expect(found.modelNllPerCharacter).toBeCloseTo(expected.modelNllPerCharacter, 5);
      expect(found.quality).toEqual(quality(texts));
    }
    const lengths = drawn.entries[1]!.texts.map((text) => text.length);
    expect(Math.min(...lengths)).toBeLessThan(11);
    expect(Math.max(...lengths)).toBe(11);
  });

  it.each(['causal', 'shift'])('measures a model without %s as it is sampled', (part) => {
    const leaking = new DecoderTransformer({ ...config, [part]: false }, { seed: 3 });
    leaking.parameters.tensor('logits.0.bias').data[0]! += 1.5;
    const leak = new LanguageModel(leaking, tokenizer, backend, 'first');
    const options = { count: 10, seed: 9 };
    const [found] = finish(sampleAtTemperatures(leak, { ...options, temperatures: [2], quality })).entries;
    const tokens = finish(writeTexts(leak.characterSource(), { ...options, temperature: 2 }));
    const expected = byHand(leaking, tokens, 2);
    expect(found!.entropyPerCharacter).toBeCloseTo(expected.entropyPerCharacter, 5);
    expect(found!.modelNll).toBeCloseTo(expected.modelNll, 4);
    expect(found!.modelNllPerCharacter).toBeCloseTo(expected.modelNllPerCharacter, 5);
  });

  it('has almost no entropy near 0, and that of a uniform distribution when it is hot', () => {
    const [cold, hot] = draw(0.001, 1e6).entries;
    expect(cold!.entropyPerCharacter).toBeLessThan(0.05);
    expect(new Set(cold!.texts).size).toBe(1);
    expect(hot!.entropyPerCharacter).toBeCloseTo(Math.log(29), 4);
    expect(cold!.modelNll).toBeLessThan(hot!.modelNll);
  });

  it('yields its progress, and refuses an invalid temperature', () => {
    expect([...sampleAtTemperatures(model, { temperatures: [0.5, 1], count: 2, seed: 0, quality })]).toEqual([1, 2]);
    expect(errorOf(() => draw(0)).message).toContain('above 0');
  });
});
