import type { Backend } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { packBatch, type Padding } from '../nn/packed-batch.js';
import { scoreTexts } from './scores.js';
import { crossEntropy } from '../tensor/ops/cross-entropy.js';
import { Tape } from '../tensor/tape.js';

/** Texts of an evaluation batch: docs/notebook.md, section 6. The result does not depend on it. */
const BATCH = 32;

/** NLL (nats) and top-1 of each text. */
export interface TextScores {
  readonly nll: Float64Array;
  readonly top1: Float64Array;
}

/** Means over texts: docs/notebook.md, section 6. */
export interface Evaluation {
  /** Mean NLL, nats per text. */
  readonly nll: number;
  /** Mean share of positions whose most probable token was right. */
  readonly top1: number;
  readonly texts: number;
}

/** Scores texts with a model, without dropout. Reuse one evaluator: it keeps its memory. */
export class Evaluator {
  private readonly tape: Tape;

  constructor(
    private readonly model: DecoderTransformer,
    backend: Backend,
    private readonly padding: Padding,
  ) {
    this.tape = new Tape(backend);
  }

  /**
   * NLL and top-1 of each text, in portions.
   *
   * @param texts characters of each text as tokens, without cls and pads
   * @returns a generator that yields the number of texts done after each batch, and returns the scores
   */
  *score(texts: readonly ArrayLike<number>[]): Generator<number, TextScores> {
    const { contextLength, vocabulary } = this.model.config;
    const scores = { nll: new Float64Array(texts.length), top1: new Float64Array(texts.length) };
    // Texts of similar length together keep the work of a batch even; each score lands in its own place.
    const order = [...texts.keys()].sort((a, b) => texts[a]!.length - texts[b]!.length);
    for (let from = 0; from < order.length; from += BATCH) {
      const chosen = order.slice(from, from + BATCH);
      const batch = packBatch(
        chosen.map((i) => texts[i]!),
        contextLength,
        vocabulary - 1,
        this.padding,
      );
      this.tape.begin({ training: false });
      const logits = this.model.forward(this.tape, batch);
      const { nll, correct } = crossEntropy(this.tape, logits, batch.targets, 1);
      const part = scoreTexts(batch, contextLength, nll, correct);
      chosen.forEach((i, b) => {
        scores.nll[i] = part.nll[b]!;
        scores.top1[i] = part.top1[b]!;
      });
      yield from + chosen.length;
    }
    return scores;
  }
}

/** Means of per-text scores; NaN for no texts. */
export function meanScores({ nll, top1 }: TextScores): Evaluation {
  const mean = (values: Float64Array) => values.reduce((a, b) => a + b, 0) / values.length;
  return { nll: mean(nll), top1: mean(top1), texts: nll.length };
}
