import type { Backend, FloatArray } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { PAD_TOKEN, predictedPositions } from '../tokenizer/special-tokens.js';
import { packBatch, type PackedBatch, type Padding } from '../nn/packed-batch.js';
import { crossEntropy, type Loss } from '../tensor/ops/cross-entropy.js';
import { Tape } from '../tensor/tape.js';

/** Texts that are evaluated at the same time: docs/notebook.md, section 6. The result does not depend on it. */
const BATCH = 32;

/** Into how many parts they are cut, at most: a thread for each. */
const MAX_PARTS = 4;

/** NLL (nats), top-1 and correctly predicted characters of each text. */
export interface TextScores {
  readonly nll: Float64Array;
  readonly top1: Float64Array;
  /** Characters of the text, its end included where the context has room for it. */
  readonly characters: Float64Array;
  /** How many of them were the most probable token. */
  readonly correct: Float64Array;
}

/** Means over texts: docs/notebook.md, section 6. */
export interface Evaluation {
  /** Mean NLL, nats per text. */
  readonly nll: number;
  /** Mean top-1 reconstruction (the notebook's definition, padding counted). */
  readonly top1: number;
  /** Share of the characters, ends included, that were the most probable token: top-1 without the padding. */
  readonly accuracy: number;
  readonly texts: number;
}

/** Scores texts with a model, without dropout. Reuse one evaluator: it keeps its memory. */
export class Evaluator {
  private readonly tapes: readonly Tape[];

  constructor(
    private readonly model: DecoderTransformer,
    private readonly backend: Backend,
    private readonly padding: Padding,
  ) {
    const parts = Math.min(MAX_PARTS, backend.info.threads);
    this.tapes = Array.from({ length: parts }, () => new Tape(backend));
  }

  /**
   * NLL and top-1 of each text.
   *
   * @param texts characters of each text as tokens, without cls and pads
   * @returns a generator that yields the number of texts done after each batch, and returns the scores
   */
  *score(texts: readonly ArrayLike<number>[]): Generator<number, TextScores> {
    const { model, tapes } = this;
    const scores = noScores(texts.length);
    for (const { chosen, some, done } of similarLengths(texts)) {
      const size = Math.ceil(some.length / tapes.length);
      const parts = tapes.flatMap((tape, i) => {
        const tokens = some.slice(i * size, (i + 1) * size);
        if (tokens.length === 0) return [];
        return { tape, chosen: chosen.slice(i * size), batch: packBatch(tokens, model.config, this.padding) };
      });
      const losses: Loss[] = [];
      this.backend.together(
        parts.map(({ tape, batch }) => () => {
          tape.begin({ training: false });
          losses.push(crossEntropy(tape, model.forward(tape, batch), batch.targets));
        }),
      );
      for (const [i, part] of parts.entries()) {
        putScores(scores, part.chosen, scoreTexts(part.batch, model.config.contextLength, losses[i]!));
      }
      yield done;
    }
    return scores;
  }
}

/** Batches of texts of similar lengths, which keep the work of a batch even, with their indices. */
export function* similarLengths<T extends { readonly length: number }>(texts: readonly T[]) {
  const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
  for (let from = 0; from < order.length; from += BATCH) {
    const chosen = order.slice(from, from + BATCH);
    yield { chosen, some: chosen.map((i) => texts[i]!), done: from + chosen.length };
  }
}

export function noScores(texts: number): TextScores {
  const zeros = (): Float64Array => new Float64Array(texts);
  return { nll: zeros(), top1: zeros(), characters: zeros(), correct: zeros() };
}

/** Puts the scores of a batch where its texts stand among all. */
export function putScores(all: TextScores, chosen: readonly number[], batch: TextScores): void {
  for (let b = 0; b < batch.nll.length; b++) {
    const i = chosen[b]!;
    all.nll[i] = batch.nll[b]!;
    all.top1[i] = batch.top1[b]!;
    all.characters[i] = batch.characters[b]!;
    all.correct[i] = batch.correct[b]!;
  }
}

/**
 * NLL and top-1 of each text of a batch. Positions that a batch leaves out (after the first pad, with padding `first`)
 * are certain: they add no NLL, and count as right. So both kinds of padding give comparable numbers.
 *
 * @param rows `[rows]` −log p of each target, and 1 where it was the most probable token, else 0
 */
export function scoreTexts(
  batch: PackedBatch,
  contextLength: number,
  rows: { readonly nll: FloatArray; readonly correct: FloatArray },
): TextScores {
  const predictions = contextLength - 1;
  const scores = noScores(batch.texts);
  for (let b = 0; b < batch.texts; b++) {
    const first = batch.offsets[b]!;
    const end = batch.offsets[b + 1]!;
    let sum = 0;
    let right = predictions - (end - first);
    for (let r = first; r < end; r++) {
      sum += rows.nll[r]!;
      right += rows.correct[r]!;
      // What follows the first pad is padding.
      if (r > first && batch.targets[r - 1] === PAD_TOKEN) continue;
      scores.characters[b]!++;
      scores.correct[b]! += rows.correct[r]!;
    }
    scores.nll[b] = sum;
    scores.top1[b] = right / predictions;
  }
  return scores;
}

/** Means of per-text scores; NaN for no texts. */
export function meanScores({ nll, top1, characters, correct }: TextScores): Evaluation {
  const sum = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
  const texts = nll.length;
  return { nll: sum(nll) / texts, top1: sum(top1) / texts, accuracy: sum(correct) / sum(characters), texts };
}

/**
 * NLL in bits per predicted character. The end of a text counts as a character, where the context has room for it.
 *
 * @param nll nats per text @param contextLength tokens of a text, cls included
 */
export function bitsPerCharacter(nll: number, texts: readonly ArrayLike<number>[], contextLength: number): number {
  const characters = texts.reduce((sum, text) => sum + predictedPositions(text, contextLength), 0) / texts.length;
  return nll / Math.LN2 / characters;
}
