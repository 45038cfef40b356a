import { describe, expect, it } from 'vitest';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { Tape } from '../../src/tensor/tape.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { errorOf } from '../runs/fixtures.js';
import { configOf } from '../support/architectures.js';
import { backendsUnderTest } from '../support/backends.js';

const config = configOf('notebook', { vocabulary: 29, contextLength: 150, dModel: 10, mlpRatio: 2 });
const transformer = new DecoderTransformer(config, { seed: 1 });
const tokenizer = defaultTokenizer();

describe.each(backendsUnderTest())('LanguageModel on $info.name', (backend) => {
  const model = (padding: 'all' | 'first') => new LanguageModel(transformer, tokenizer, backend, padding);

  /** −Σ log p and top-1 of a text over its 149 positions or up to its end, from log-probabilities, by hand. */
  function byHand(text: string, padding: 'all' | 'first'): { nll: number; top1: number; correct: number } {
    const characters = [...tokenizer.encode(text)].slice(0, 149);
    const row = [28, ...characters, ...Array<number>(149 - characters.length).fill(0)];
    const tape = new Tape(backend);
    tape.begin({ training: false });
    const positions = Int32Array.from(row.keys());
    const logits = transformer.forward(tape, {
      tokens: Int32Array.from(row),
      positions,
      offsets: Int32Array.of(0, 150),
    });
    const out = tape.scratch(150 * 29);
    backend.logSoftmax({ rows: 150, vocabulary: 29, logits: logits.data, temperature: 1, out });
    const scored = padding === 'all' ? 149 : Math.min(characters.length + 1, 149);
    let nll = 0;
    let right = 149 - scored;
    let correct = 0; // of the characters and the end
    for (let t = 0; t < scored; t++) {
      const logProbabilities = out.subarray(t * 29, (t + 1) * 29);
      nll -= logProbabilities[row[t + 1]!]!;
      if (Math.max(...logProbabilities) !== logProbabilities[row[t + 1]!]) continue;
      right++;
      if (t <= characters.length) correct++;
    }
    return { nll, top1: right / 149, correct };
  }

  it.each(['all', 'first'] as const)('scores texts as −Σ log p with padding %s', (padding) => {
    const texts = ['mayor opens new bridge', '', 'a', 'x'.repeat(149), 'rain '.repeat(40), 'storm hits coast'];
    const scores = model(padding).score(texts);
    texts.forEach((text, i) => {
      const expected = byHand(text, padding);
      expect(scores.nll[i]! / expected.nll).toBeCloseTo(1, 5);
      expect(scores.top1[i]).toBeCloseTo(expected.top1, 12);
      expect(scores.correct[i]).toBe(expected.correct);
      expect(scores.characters[i]).toBe(Math.min(text.length + 1, 149));
    });
  });

  it('scores each text alike, whatever the others and their order', () => {
    const texts = Array.from({ length: 50 }, (_, i) => 'storm hits coast again'.slice(0, i % 23));
    const all = model('first').score(texts);
    const reversed = model('first').score([...texts].reverse());
    expect([...reversed.nll].reverse()).toEqual([...all.nll]);
    expect(model('first').score([texts[20]!]).nll[0]).toBe(all.nll[20]);
    const { nll, top1, accuracy, texts: count } = model('first').evaluate(texts);
    const mean = (values: Float64Array) => values.reduce((a, b) => a + b) / 50;
    expect({ nll, top1, count }).toEqual({ nll: mean(all.nll), top1: mean(all.top1), count: 50 });
    expect(accuracy).toBe(mean(all.correct) / mean(all.characters));
  });

  it('samples and scores asynchronously the same, until it is aborted', async () => {
    const texts = Array.from({ length: 70 }, (_, i) => 'storm hits coast again'.slice(0, i % 23));
    const options = { count: 3, seed: 5, prompt: 'storm' };
    expect(await model('first').sampleAsync(options)).toEqual(model('first').sample(options));
    expect(await model('first').scoreAsync(texts)).toEqual(model('first').score(texts));

    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    expect(() => model('first').sample({ signal })).toThrow(reason);
    expect(() => model('first').score(texts, { signal })).toThrow(reason);
    expect(() => model('first').evaluate(texts, { signal })).toThrow(reason);
    const later = new AbortController();
    const begun: Promise<unknown>[] = [
      model('first').sampleAsync({ count: 5000, signal: later.signal }),
      model('first').scoreAsync(Array<string[]>(100).fill(texts).flat(), later),
    ];
    setTimeout(() => later.abort(reason), 5);
    const ends = await Promise.allSettled<unknown>(begun);
    expect(ends).toEqual(ends.map(() => ({ status: 'rejected', reason })));
  });

  it('writes strings in the alphabet that begin with the prompt', () => {
    const texts = model('first').sample({ count: 5, seed: 3, prompt: 'Mayor é' });
    for (const text of texts) {
      expect(text).toMatch(/^mayor e[a-z ]*$/);
      expect(text.length).toBeLessThanOrEqual(149);
    }
    expect(model('first').sample()).toHaveLength(1);
    const long = errorOf(() => model('first').sample({ prompt: 'a'.repeat(149) }));
    expect(long.message).toContain('at most 148 characters');
  });
});
