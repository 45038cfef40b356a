import { distance } from 'fastest-levenshtein';
import { LetterpressError } from '../errors.js';
import { fewestShared, GramIndex } from './gram-index.js';
import { createUnitWriter } from './letters.js';

/** A text that is near to another. */
export interface NearText {
  /** Its number among the texts that were searched. */
  readonly at: number;
  /** Letters to insert, delete or replace to make one of the other. */
  readonly edits: number;
  /** `edits` over the letters of the longer one; 0 for two empty texts. */
  readonly distance: number;
}

/** Letters of the grams by which far texts are left out: of texts that share much, triples tell most. */
const GRAM_LETTERS = 3;

/**
 * Finds all texts within a distance of a given one. Exact: a text is left out without computing its distance only if
 * its length, or the triples of letters that it shares, prove that it is farther (see `GramIndex`). That leaves few texts
 * below a distance of 0.3, and nearly all above it.
 */
export class NearSearch {
  private readonly toUnits = createUnitWriter();
  private readonly units: readonly string[];
  private readonly lengths: Uint32Array;
  private readonly grams: GramIndex;
  /** By the letters of the longer text: how many edits are near, and how many grams are shared then at least. */
  private mostEdits = new Int32Array(0);
  private fewestGrams = new Int32Array(0);
  /** The least of that for texts of at least so many letters. */
  private fewestOfLonger = new Int32Array(0);

  /**
   * @param maxDistance edits over the letters of the longer text, 0 … 1
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
        'Give the share of the letters that may differ, such as 0.2.',
      );
    this.units = texts.map(this.toUnits);
    this.lengths = Uint32Array.from(this.units, (text) => text.length);
    this.tabulate(this.lengths.reduce((a, b) => Math.max(a, b), 0));
    this.grams = new GramIndex(this.units, GRAM_LETTERS);
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
    if (length >= this.mostEdits.length) this.tabulate(length);
    const { lengths, mostEdits, fewestGrams } = this;
    const fewest = this.fewestOfLonger[length]!;
    for (let at = 0; at < before; at++) {
      if (shared[at]! < fewest) continue; // nearly all of them
      const otherLength = lengths[at]!;
      const longer = length > otherLength ? length : otherLength;
      const most = mostEdits[longer]!;
      // Letters that only one of them has must be inserted or deleted.
      if (2 * longer - length - otherLength > most || shared[at]! < fewestGrams[longer]!) continue;
      const edits = distance(units, this.units[at]!);
      if (edits <= most) found.push({ at, edits, distance: edits === 0 ? 0 : edits / longer });
    }
    return found;
  }

  /** Fills the tables for texts of up to so many letters. */
  private tabulate(longest: number): void {
    this.mostEdits = Int32Array.from({ length: longest + 1 }, (_, letters) => this.computeMostEdits(letters));
    this.fewestGrams = this.mostEdits.map((edits, letters) => fewestShared(letters, edits, GRAM_LETTERS));
    this.fewestOfLonger = this.fewestGrams.slice();
    for (let letters = longest; letters-- > 0;)
      this.fewestOfLonger[letters] = Math.min(this.fewestGrams[letters]!, this.fewestOfLonger[letters + 1]!);
  }

  /** The most edits e with e / letters ≤ maxDistance, as divisions round. */
  private computeMostEdits(letters: number): number {
    const most = Math.floor(this.maxDistance * letters);
    return (most + 1) / letters <= this.maxDistance ? most + 1 : most;
  }
}
