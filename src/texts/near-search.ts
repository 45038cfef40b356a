import { max } from 'd3-array';
import { distance } from 'fastest-levenshtein';
import { LetterpressError } from '../errors.js';
import { createUnitWriter } from './characters.js';

/**
 * Counts the short spans ("q-grams": q characters in a row) that a text shares with each of many texts, by lists of the
 * texts that have each one. Repeated ones count as often as both texts have them.
 *
 * What it is for: one edit touches at most q of a text's q-grams, so two texts that are `d` edits apart share at least
 * max(lengths) − q + 1 − q·d of them (Ukkonen, "Approximate string-matching with q-grams and maximal matches", 1992;
 * Gravano et al., 2001). Conversely, what is shared bounds the edit distance from below, and only few texts are left
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

/** A text that is near to another. */
export interface NearText {
  /** Its number among the texts that were searched. */
  readonly at: number;
  /** Characters to insert, delete or replace to make one of the other. */
  readonly edits: number;
  /** `edits` over the characters of the longer one; 0 for two empty texts. */
  readonly distance: number;
}

/** Characters of the grams by which far texts are left out: of texts that share much, triples tell most. */
const GRAM_CHARACTERS = 3;

/**
 * Finds all texts within a distance of a given one. Exact: a text is left out without computing its distance only if
 * its length, or the triples of characters that it shares, prove that it is farther (see `GramIndex`). That leaves few
 * texts below a distance of 0.3, and nearly all above it.
 */
export class NearSearch {
  private readonly toUnits = createUnitWriter();
  private readonly units: readonly string[];
  private readonly lengths: Uint32Array;
  private readonly grams: GramIndex;
  /** By the characters of the longer text: how many edits are near, and how many grams are shared then at least. */
  private maxEdits = new Int32Array(0);
  private fewestGrams = new Int32Array(0);
  /** The least of that for texts of at least so many characters. */
  private fewestOfLonger = new Int32Array(0);

  /**
   * @param maxDistance edits over the characters of the longer text, 0 … 1
   * @throws BAD_OPTION for another `maxDistance`
   */
  constructor(
    texts: readonly string[],
    private readonly maxDistance: number,
  ) {
    if (!(maxDistance >= 0 && maxDistance <= 1))
      throw new LetterpressError(
        'BAD_OPTION',
        `expected a distance from 0 (copies only) to 1 (all texts), got ${maxDistance}`,
        'Give the share of the characters that may differ, such as 0.2.',
      );
    this.units = texts.map(this.toUnits);
    this.lengths = Uint32Array.from(this.units, (text) => text.length);
    this.tabulate(max(this.lengths) ?? 0);
    this.grams = new GramIndex(this.units, GRAM_CHARACTERS);
  }

  /**
   * The texts within the distance of `text`, in their order.
   *
   * @param before only texts with numbers below it are searched
   */
  near(text: string, before = this.units.length): NearText[] {
    const units = this.toUnits(text);
    const shared = this.grams.shared(units, before);
    const found: NearText[] = [];
    const { length } = units;
    if (length >= this.maxEdits.length) this.tabulate(length);
    const { lengths, maxEdits, fewestGrams } = this;
    const fewest = this.fewestOfLonger[length]!;
    for (let at = 0; at < before; at++) {
      if (shared[at]! < fewest) continue; // nearly all of them
      const otherLength = lengths[at]!;
      const longer = length > otherLength ? length : otherLength;
      const most = maxEdits[longer]!;
      // Characters that only one of them has must be inserted or deleted.
      if (2 * longer - length - otherLength > most || shared[at]! < fewestGrams[longer]!) continue;
      const edits = distance(units, this.units[at]!);
      if (edits <= most) found.push({ at, edits, distance: edits === 0 ? 0 : edits / longer });
    }
    return found;
  }

  /** Fills the tables for texts of up to so many characters. */
  private tabulate(longest: number): void {
    this.maxEdits = Int32Array.from({ length: longest + 1 }, (_, characters) => this.computeMostEdits(characters));
    this.fewestGrams = this.maxEdits.map((edits, characters) => characters + 1 - GRAM_CHARACTERS * (edits + 1));
    this.fewestOfLonger = this.fewestGrams.slice();
    for (let characters = longest; characters-- > 0;)
      this.fewestOfLonger[characters] = Math.min(this.fewestGrams[characters]!, this.fewestOfLonger[characters + 1]!);
  }

  /** The most edits e with e / characters ≤ maxDistance, as divisions round. */
  private computeMostEdits(characters: number): number {
    const most = Math.floor(this.maxDistance * characters);
    return (most + 1) / characters <= this.maxDistance ? most + 1 : most;
  }
}
