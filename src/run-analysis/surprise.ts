import { predictNext } from '../model/inspect.js';
import type { LanguageModel } from '../model/language-model.js';
import { softmax } from '../softmax.js';
import type { SurpriseLine } from '../runs/analysis-schema.js';
import { Tape } from '../tensor/tape.js';
import { evenlySpaced } from '../texts/sample-quality.js';

const TEXTS = 4;
const MAX_CHARACTERS = 80;

/**
 * The validation texts whose surprise is kept: the same in every epoch, and of every run on the same texts. A longer
 * one has a character more than is kept.
 */
export function watchedTexts(texts: readonly ArrayLike<number>[]): readonly Uint16Array[] {
  const filled = texts.filter(({ length }) => length > 0);
  return evenlySpaced(filled, Math.min(TEXTS, filled.length)).map((text) =>
    Uint16Array.from({ length: Math.min(text.length, MAX_CHARACTERS + 1) }, (_, i) => text[i]!),
  );
}

/**
 * −log p of each character of some texts, and of the ends of those that are not cut, in nats, with three decimals: they
 * are only drawn.
 */
export function surpriseOf(model: LanguageModel, texts: readonly Uint16Array[]): SurpriseLine['texts'] {
  if (texts.length === 0) return [];
  const { transformer, tokenizer, backend } = model;
  const { vocabulary } = transformer.config;
  const { batch, logits } = predictNext(transformer, new Tape(backend), texts);
  return texts.map((tokens, t) => {
    const rows = batch.offsets[t + 1]! - batch.offsets[t]!;
    return {
      text: tokenizer.decode(tokens.subarray(0, MAX_CHARACTERS)),
      nll: Array.from({ length: tokens.length > MAX_CHARACTERS ? MAX_CHARACTERS : rows }, (_, i) => {
        const row = batch.offsets[t]! + i;
        const p = softmax(logits, row * vocabulary, vocabulary, 1)[batch.targets[row]!]!;
        return Math.round(-1000 * Math.log(p)) / 1000;
      }),
    };
  });
}
