import type { FloatArray } from '../backend/types.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { packBatch, type PackedBatch } from '../nn/packed-batch.js';
import type { AttentionObserver } from '../nn/self-attention.js';
import type { Tape } from '../tensor/tape.js';

/** What a model expects at every position of some texts. */
export interface Predictions {
  /** The texts, each up to its end: see {@link PackedBatch}. */
  readonly batch: PackedBatch;
  /** `[rows, vocabulary]`; overwritten by the tape's next pass. */
  readonly logits: FloatArray;
}

/**
 * Logits of the next token at every position of some texts: after cls, after the first character, and so on, up to the one
 * that the text's end is predicted from. All at once, without dropout.
 *
 * @param texts characters of each text as tokens, without cls and pads
 * @param observe is shown each block's attention on the way
 */
export function predictNext(
  model: DecoderTransformer,
  tape: Tape,
  texts: readonly ArrayLike<number>[],
  observe?: AttentionObserver,
): Predictions {
  const { contextLength, vocabulary } = model.config;
  const batch = packBatch(texts, contextLength, vocabulary - 1, 'first');
  tape.begin({ training: false });
  return { batch, logits: model.forward(tape, batch, observe).data };
}
