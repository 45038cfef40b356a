/**
 * Counts the short spans ("q-grams": q characters in a row) that a text shares with each of many texts, by lists of the texts
 * that have each one. Repeated ones count as often as both texts have them.
 *
 * What it is for: one edit touches at most q of a text's q-grams, so two texts that are `d` edits apart share at least
 * max(lengths) − q + 1 − q·d of them (Ukkonen, "Approximate string-matching with q-grams and maximal matches",
 * 1992; Gravano et al., 2001). Turned round, what is shared bounds the edit distance from below, and only few texts are left
 * whose distance must be computed.
 *
 * Texts are strings of UTF-16 units, one a character: see `createUnitWriter`.
 */
export class GramIndex {
  /** Number of each different q-gram, its how-manieth occurrence in a text being part of it. */
  private readonly numbers = new Map<string, number>();
  /** The texts that have q-gram g, ascending: texts[offsets[g] … offsets[g + 1] − 1]. */
  private readonly offsets: Uint32Array;
  private readonly texts: Uint32Array;
  private readonly counts: Uint32Array;

  /** @param q characters of a gram */
  constructor(
    texts: readonly string[],
    private readonly q: number,
  ) {
    const sizes: number[] = [];
    const gramsOf = texts.map((text) =>
      Uint32Array.from(this.grams(text), (gram) => {
        const number = this.numbers.get(gram) ?? this.numbers.size;
        this.numbers.set(gram, number);
        sizes[number] = (sizes[number] ?? 0) + 1;
        return number;
      }),
    );
    this.offsets = new Uint32Array(sizes.length + 1);
    sizes.forEach((size, gram) => (this.offsets[gram + 1] = this.offsets[gram]! + size));
    const end = this.offsets.slice();
    this.texts = new Uint32Array(this.offsets[sizes.length]!);
    gramsOf.forEach((grams, text) => {
      for (const gram of grams) this.texts[end[gram]!++] = text;
    });
    this.counts = new Uint32Array(texts.length);
  }

  /**
   * How many q-grams `text` shares with each text of the index. The array belongs to the index and is filled again by
   * the next call.
   *
   * @param before only texts with numbers below it are looked at; the others stay 0
   */
  shared(text: string, before = this.counts.length): Uint32Array {
    const { counts, texts, offsets } = this;
    counts.fill(0);
    for (const gram of this.grams(text)) {
      const number = this.numbers.get(gram);
      if (number === undefined) continue;
      const end = offsets[number + 1]!;
      for (let at = offsets[number]!; at < end; at++) {
        const other = texts[at]!;
        if (other >= before) break;
        counts[other]!++;
      }
    }
    return counts;
  }

  /** The q-grams of a text, each with a count of those before that were the same. */
  private grams(text: string): string[] {
    const seen = new Map<string, number>();
    const grams: string[] = [];
    for (let at = 0; at + this.q <= text.length; at++) {
      const gram = text.slice(at, at + this.q);
      const before = seen.get(gram) ?? 0;
      seen.set(gram, before + 1);
      // Behind q characters, the rest of the key is the count: no two keys can be mixed up.
      grams.push(before === 0 ? gram : `${gram}${before}`);
    }
    return grams;
  }
}

/**
 * The fewest q-grams that two texts share which are at most `edits` apart; below 1 if they need not share any.
 *
 * @param longer characters of the longer text
 */
export function fewestShared(longer: number, edits: number, q: number): number {
  return longer - q + 1 - q * edits;
}
