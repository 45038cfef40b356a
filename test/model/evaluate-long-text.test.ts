import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { predictNext } from '../../src/model/inspect.js';
import { Tape } from '../../src/tensor/tape.js';
import { finish } from '../../src/generators.js';
import { bitsPerCharacter, Evaluator } from '../../src/model/evaluate.js';
import { overlappingPieces, scoreLongText } from '../../src/model/evaluate-long-text.js';
import { configOf } from '../support/architectures.js';
import { errorOf } from '../support/error-of.js';

const { backend } = chooseBackend();
const config = configOf('modern', { contextLength: 9, dModel: 8, layers: 1, mlpRatio: 2 });
const model = new DecoderTransformer(config, { seed: 4 });
model.parameters.values.forEach((value, i) => (model.parameters.values[i] = 8 * value)); // far from even
const tokens = Uint16Array.from({ length: 40 }, (_, i) => 1 + ((i * i + 3 * i) % 5));

it('overlapping pieces count every character once, with enough context', () => {
  const size = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(size, fc.integer({ min: 1, max: 20 }), size, (characters, context, wish) => {
      const stride = 1 + (wish % context);
      const counted: number[] = [];
      for (const { start, end, counted: from } of overlappingPieces(characters, context, stride)) {
        expect(end - start).toBe(Math.min(context, characters));
        for (let t = start + from; t < end; t++) {
          counted.push(t);
          expect(t - start).toBeGreaterThanOrEqual(Math.min(t, context - stride));
        }
      }
      expect(counted).toEqual(Array.from({ length: characters }, (_, i) => i));
    }),
  );
});

describe('scoreLongText', () => {
  it('gives the score of the pieces as texts without overlap', () => {
    const pieces = Array.from({ length: 5 }, (_, i) => tokens.subarray(8 * i, 8 * i + 8));
    const { nll } = finish(new Evaluator(model, backend, 'first').score(pieces));
    const sum = nll.reduce((a, b) => a + b, 0);
    const score = finish(scoreLongText(model, backend, tokens, 8));
    expect(score.characters).toBe(40);
    expect(score.nll).toBeCloseTo(sum / 40, 5);
    expect(bitsPerCharacter(sum / 5, pieces, 9)).toBeCloseTo(score.nll / Math.LN2, 5);
  });

  it('gives each character its full context with a stride of 1', () => {
    let nll = 0;
    let right = 0;
    for (let t = 0; t < tokens.length; t++) {
      const start = Math.max(0, t - 7); // 8 inputs at most: cls and 7 characters
      const { logits } = predictNext(model, new Tape(backend), [tokens.subarray(start, t)]);
      const row = Array.from(logits.subarray((t - start) * 7, (t - start + 1) * 7));
      nll += Math.log(row.reduce((sum, x) => sum + Math.exp(x), 0)) - row[tokens[t]!]!;
      if (row.indexOf(Math.max(...row)) === tokens[t]) right++;
    }
    const score = finish(scoreLongText(model, backend, tokens, 1));
    expect(score.nll).toBeCloseTo(nll / 40, 5);
    expect(score.top1).toBe(right / 40);
  });

  it('takes a text that is shorter than the context, and refuses an invalid stride', () => {
    const short = finish(scoreLongText(model, backend, tokens.subarray(0, 3), 4));
    expect(short.characters).toBe(3);
    expect(errorOf(() => finish(scoreLongText(model, backend, tokens, 9))).message).toContain('1 to 8 characters');
    expect(errorOf(() => finish(scoreLongText(model, backend, new Uint16Array(0), 1))).code).toBe('BAD_INPUT');
  });
});

it('bits per character count an end only where the context has room for it', () => {
  const texts = [Uint16Array.of(1, 2), Uint16Array.of(1, 2, 3, 4)];
  expect(bitsPerCharacter(Math.LN2 * 6, texts, 5)).toBeCloseTo(6 / 3.5, 12);
});
