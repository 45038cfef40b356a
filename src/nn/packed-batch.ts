/**
 * How a text's end is predicted.
 *
 * - `all`: every text fills the context length, and all its pads are predicted, as in the notebook.
 * - `first`: a text ends at its first pad; the pads after it are certain, p(pad | pad) = 1. This is the same
 *   kind of distribution over whole padded sequences, for a fraction of the work.
 */
export type Padding = 'all' | 'first';

/** Texts laid one after another without padding between them: what a model is run on. */
export interface PackedBatch {
  /** Number of texts. */
  readonly texts: number;
  /** `[rows]` input token of each row; each text starts with cls. */
  readonly tokens: Int32Array;
  /** `[rows]` the token that follows. */
  readonly targets: Int32Array;
  /** `[rows]` position in the text: 0 for cls. */
  readonly positions: Int32Array;
  /** `[texts + 1]` first row of each text, and the number of rows. */
  readonly offsets: Int32Array;
}

/** Token that stands for the end of a text, in every alphabet. */
export const PAD_TOKEN = 0;

/** Rows that a text of `characters` characters takes: one for each prediction. */
export function rowsOfText(characters: number, contextLength: number, padding: Padding): number {
  const predictions = contextLength - 1;
  return padding === 'all' ? predictions : Math.min(characters + 1, predictions);
}

/**
 * Packs texts into one batch.
 *
 * @param texts characters of each text as tokens, without cls and pads; longer ones are cut at context length − 1
 * @param context length tokens a text may have, cls included
 * @param clsToken the token that starts each text
 */
export function packBatch(
  texts: readonly ArrayLike<number>[],
  contextLength: number,
  clsToken: number,
  padding: Padding,
): PackedBatch {
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, b) => {
    offsets[b + 1] = offsets[b]! + rowsOfText(text.length, contextLength, padding);
  });
  const rows = offsets[texts.length]!;
  const tokens = new Int32Array(rows);
  const targets = new Int32Array(rows);
  const positions = new Int32Array(rows);
  texts.forEach((text, b) => {
    const start = offsets[b]!;
    const count = offsets[b + 1]! - start;
    for (let t = 0; t < count; t++) {
      tokens[start + t] = t === 0 ? clsToken : (text[t - 1] ?? PAD_TOKEN);
      targets[start + t] = text[t] ?? PAD_TOKEN;
      positions[start + t] = t;
    }
  });
  return { texts: texts.length, tokens, targets, positions, offsets };
}
