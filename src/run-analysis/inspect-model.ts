import type { Inspection } from '../runs/analysis-schema.js';
import { Tape } from '../tensor/tape.js';
import { finish } from '../generators.js';
import { attentionWeights, predictNext } from '../model/inspect.js';
import type { LanguageModel } from '../model/language-model.js';
import { softmax } from '../softmax.js';

export interface TextToInspect {
  readonly split: Inspection['texts'][number]['split'];
  /** Characters, truncated. */
  readonly tokens: ArrayLike<number>;
}

/** Significant digits of what is only drawn; probabilities have five. */
const DIGITS = 4;
/** Smaller attention weights are written as 0: no figure shows them. */
const MIN_WEIGHT = 1e-6;

/**
 * What a model predicts at each position of some texts, and what each head of each block attends to. Numbers are
 * rounded, since they are only drawn: see {@link Inspection}.
 *
 * @example inspectModel(model, [{ split: 'test', tokens: model.tokenizer.encode('mayor opens bridge') }]);
 */
export function inspectModel(model: LanguageModel, texts: readonly TextToInspect[]): Inspection {
  const { transformer, tokenizer, backend } = model;
  const { vocabulary, dModel } = transformer.config;
  const tape = new Tape(backend);
  const { nll } = finish(model.scoreSteps(texts.map(({ tokens }) => tokens)));
  const characters = transformer.parameters.tensor('embedding.weight').data; // [vocabulary, dModel]
  return {
    tokens: ['pad', ...tokenizer.characters, 'cls'],
    embedding: Array.from({ length: vocabulary }, (_, v) =>
      Array.from(characters.subarray(v * dModel, (v + 1) * dModel), (x) => round(x)),
    ),
    texts: texts.map(({ split, tokens }, i) => {
      const attention: number[][][][] = [];
      const { batch, logits } = predictNext(transformer, tape, [tokens], (view) => {
        attention[view.block] = attentionWeights(view).map((head) => head.map((row) => row.map(roundWeight)));
      });
      return {
        split,
        text: tokenizer.decode(tokens),
        nll: nll[i]!,
        distributions: Array.from(batch.tokens, (_, row) =>
          Array.from(softmax(logits, row * vocabulary, vocabulary, 1), (p) => round(p, 5)),
        ),
        attention,
      };
    }),
  };
}

function roundWeight(weight: number): number {
  return weight < MIN_WEIGHT ? 0 : round(weight);
}

function round(x: number, digits = DIGITS): number {
  return Number(x.toPrecision(digits));
}

/** Characters: from a short headline to one that still fits a figure. */
const LENGTHS = [16, 20, 26, 32];

/** Attention of longer texts would not fit a figure: it has a number for every pair of characters. */
const MAX_CHARACTERS = 64;

/**
 * Chooses texts of a split to inspect: for each of the lengths 16, 20, 26 and 32, the first text that is nearest to it,
 * no text twice. Empty texts and those of more than 64 characters are left out, so there may be fewer than four, or
 * none.
 *
 * @param texts characters of each text as tokens
 * @returns indices into `texts`
 */
export function chooseTexts(texts: readonly ArrayLike<number>[]): number[] {
  const different = new Map<string, number>();
  texts.forEach((text, i) => {
    const key = Array.from(text).join();
    if (text.length > 0 && text.length <= MAX_CHARACTERS && !different.has(key)) different.set(key, i);
  });
  const left = new Set(different.values());
  const chosen: number[] = [];
  for (const length of LENGTHS) {
    let nearest: number | undefined;
    const distance = (i: number) => Math.abs(texts[i]!.length - length);
    for (const i of left) if (nearest === undefined || distance(i) < distance(nearest)) nearest = i;
    if (nearest === undefined) break;
    left.delete(nearest);
    chosen.push(nearest);
  }
  return chosen;
}
