import type { FloatArray } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { packBatch, type PackedBatch } from '../nn/packed-batch.js';
import type { AttentionObserver, AttentionView } from '../nn/self-attention.js';
import type { Tape } from '../tensor/tape.js';
import { softmax } from '../softmax.js';

/** Logits at every position of some texts. */
export interface Predictions {
  /** The texts, each up to its end: see {@link PackedBatch}. */
  readonly batch: PackedBatch;
  /** `[rows, vocabulary]`; overwritten by the tape's next pass. */
  readonly logits: FloatArray;
}

/**
 * Logits of the next token at every position of some texts: after cls, after the first character, and so on, up to the
 * position that predicts the text's end. Without dropout.
 *
 * @param texts characters of each text as tokens, without cls and pads
 * @param observe is shown each block's attention
 */
export function predictNext(
  model: DecoderTransformer,
  tape: Tape,
  texts: readonly ArrayLike<number>[],
  observe?: AttentionObserver,
): Predictions {
  const batch = packBatch(texts, model.config, 'first');
  tape.begin({ training: false });
  return { batch, logits: model.forward(tape, batch, observe).data };
}

/**
 * Attention weights within one text: softmax over j of q_i · k_j / √d (Vaswani et al., 2017), with the causal mask over
 * j ≤ i, computed from the keys and queries of a forward pass, since the backends never store them.
 *
 * @param view of a pass over a single text
 * @returns `weights[head][query][key]`; a query has a key for each position that it attends to; its weights add up to 1
 */
export function attentionWeights({ heads, headWidth, causal, qkv }: AttentionView): number[][][] {
  const rows = qkv.shape[0]!;
  const group = heads * headWidth;
  const keyOf = (row: number, head: number) => row * 3 * group + head * headWidth;
  const queryOf = (row: number, head: number) => keyOf(row, head) + group;
  return Array.from({ length: heads }, (_, head) =>
    Array.from({ length: rows }, (_, i) => {
      const scores = Array.from({ length: causal ? i + 1 : rows }, (_, j) => {
        let product = 0;
        for (let d = 0; d < headWidth; d++) product += qkv.data[queryOf(i, head) + d]! * qkv.data[keyOf(j, head) + d]!;
        return product / Math.sqrt(headWidth);
      });
      return Array.from(softmax(scores, 0, scores.length, 1));
    }),
  );
}
