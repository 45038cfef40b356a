import { PAD_TOKEN } from './packed-batch.js';

/**
 * For each row of a packed batch the token `distance` rows before it in its text; a pad where the text has not begun.
 *
 * @param tokens `[rows]` @param positions `[rows]`, 0 where a text begins
 * @example earlierInTexts(Int32Array.of(28, 5, 6, 28), Int32Array.of(0, 1, 2, 0), 1); // [0, 28, 5, 0]
 */
export function earlierInTexts(tokens: Int32Array, positions: Int32Array, distance: number): Int32Array {
  return tokens.map((_, row) => (positions[row]! < distance ? PAD_TOKEN : tokens[row - distance]!));
}

/** The tokens of some texts that are being written, for who looks back on them. */
export class WrittenTokens {
  private readonly tokens: Int32Array; // [slots, window]

  constructor(
    slots: number,
    private readonly window: number,
  ) {
    this.tokens = new Int32Array(slots * window);
  }

  /** Takes down one new token for each of some texts: all `[rows]`. */
  add(tokens: Int32Array, positions: Int32Array, slots: Int32Array): void {
    tokens.forEach((token, row) => {
      this.tokens[slots[row]! * this.window + positions[row]!] = token;
    });
  }

  /** As {@link earlierInTexts}, of the tokens at `positions` of the texts in `slots`. */
  earlier(positions: Int32Array, slots: Int32Array, distance: number): Int32Array {
    return positions.map((position, row) =>
      position < distance ? PAD_TOKEN : this.tokens[slots[row]! * this.window + position - distance]!,
    );
  }
}
