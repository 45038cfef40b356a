import { clsToken, PAD_TOKEN, predictedPositions } from '../tokenizer/special-tokens.js';

/**
 * How the end of a text is predicted.
 *
 * - `all`: padding fills the context length, and all of it is predicted, as in the notebook.
 * - `first`: a text ends at its first pad; the pads after it are certain, p(pad | pad) = 1. This is the same kind of
 *   distribution over whole padded sequences, for a fraction of the work.
 */
export type Padding = 'all' | 'first';

/** Texts one after another, without padding between them. */
export interface PackedBatch {
  readonly texts: number;
  /** `[rows]` input token of each row; each text starts with cls. */
  readonly tokens: Int32Array;
  /** `[rows]` the token to predict: the one that follows; the row's own without the shift. */
  readonly targets: Int32Array;
  /** `[rows]` position in the text: 0 for cls. */
  readonly positions: Int32Array;
  /** `[texts + 1]` first row of each text; the last is the number of rows. */
  readonly offsets: Int32Array;
}

/** Rows of a text of so many characters: one per prediction. */
export function rowsOfText(characters: number, contextLength: number, padding: Padding): number {
  return padding === 'all' ? contextLength - 1 : predictedPositions({ length: characters }, contextLength);
}

/**
 * Packs texts into one batch: row t reads token t, cls first, and predicts token t + 1 (the notebook's `[:, :-1]` and
 * `[:, 1:]`).
 *
 * @param texts characters of each text as tokens, without cls and pads; truncated at context length − 1
 * @param shape of the model that will read them
 */
export function packBatch(
  texts: readonly ArrayLike<number>[],
  shape: { readonly contextLength: number; readonly vocabulary: number; readonly shift?: boolean },
  padding: Padding,
): PackedBatch {
  const cls = clsToken(shape);
  const offsets = new Int32Array(texts.length + 1);
  texts.forEach((text, b) => {
    offsets[b + 1] = offsets[b]! + rowsOfText(text.length, shape.contextLength, padding);
  });
  const rows = offsets[texts.length]!;
  const tokens = new Int32Array(rows);
  const targets = new Int32Array(rows);
  const positions = new Int32Array(rows);
  texts.forEach((text, b) => {
    const start = offsets[b]!;
    const count = offsets[b + 1]! - start;
    for (let t = 0; t < count; t++) {
      tokens[start + t] = t === 0 ? cls : (text[t - 1] ?? PAD_TOKEN);
      targets[start + t] = text[t] ?? PAD_TOKEN;
      positions[start + t] = t;
    }
  });
  if (shape.shift === false) targets.set(tokens);
  return { texts: texts.length, tokens, targets, positions, offsets };
}
