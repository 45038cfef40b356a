import { wordsOf, type Word } from './words.js';

/** Where a word stands: in which text, and where it ends there. */
export interface WordPlace {
  readonly text: number;
  readonly end: number;
}

/** All places of every word of some texts. */
export class WordIndex {
  /** In the order of the texts. */
  private readonly places = new Map<string, WordPlace[]>();

  /** @param space token of the space */
  constructor(
    readonly texts: readonly Uint16Array[],
    readonly space: number,
  ) {
    for (const [text, letters] of texts.entries()) {
      for (const word of wordsOf(letters, space)) {
        const key = keyOf(letters, word);
        const found = this.places.get(key);
        if (found) found.push({ text, end: word.end });
        else this.places.set(key, [{ text, end: word.end }]);
      }
    }
  }

  /**
   * The places of a text's word in other texts: how many there are, and each of them.
   *
   * @param text number of the text
   */
  elsewhere(text: number, word: Word): { readonly count: number; readonly at: (i: number) => WordPlace } {
    const places = this.places.get(keyOf(this.texts[text]!, word)) ?? [];
    const own = firstFrom(places, text);
    const ownEnd = firstFrom(places, text + 1);
    return { count: places.length - (ownEnd - own), at: (i) => places[i < own ? i : i + ownEnd - own]! };
  }
}

/** Index of the first place in that text or a later one. */
function firstFrom(places: readonly WordPlace[], text: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]!.text < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

function keyOf(text: Uint16Array, { start, end }: Word): string {
  return String.fromCharCode(...text.subarray(start, end));
}
