import type { FloatArray } from '../backend/types.js';
import type { PackedBatch } from '../nn/packed-batch.js';

/** Sums over some texts; divide by `texts` for the figures of docs/notebook.md, section 6. */
export interface Scores {
  texts: number;
  /** Σ over texts of −log p(text), nats. */
  nll: number;
  /** Σ over texts of the share of the context length − 1 positions whose most probable token was right. */
  top1: number;
}

/**
 * NLL and top-1 of each text of a batch. Positions that a batch leaves out (after the first pad, with
 * `--padding first`) are certain: they add no NLL, and count as right. So both batch forms give comparable
 * figures.
 *
 * @param nll `[rows]` @param correct `[rows]`
 */
export function scoreTexts(
  batch: PackedBatch,
  contextLength: number,
  nll: FloatArray,
  correct: FloatArray,
): { nll: Float64Array; top1: Float64Array } {
  const predictions = contextLength - 1;
  const textNll = new Float64Array(batch.texts);
  const textTop1 = new Float64Array(batch.texts);
  for (let b = 0; b < batch.texts; b++) {
    const first = batch.offsets[b]!;
    const end = batch.offsets[b + 1]!;
    let sum = 0;
    let right = predictions - (end - first);
    for (let r = first; r < end; r++) {
      sum += nll[r]!;
      right += correct[r]!;
    }
    textNll[b] = sum;
    textTop1[b] = right / predictions;
  }
  return { nll: textNll, top1: textTop1 };
}

/** Adds a batch's texts to running sums. */
export function addScores(
  total: Scores,
  batch: PackedBatch,
  contextLength: number,
  nll: FloatArray,
  correct: FloatArray,
): void {
  const scores = scoreTexts(batch, contextLength, nll, correct);
  total.texts += batch.texts;
  for (const x of scores.nll) total.nll += x;
  for (const x of scores.top1) total.top1 += x;
}
