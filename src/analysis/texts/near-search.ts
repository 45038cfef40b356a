import { distance } from 'fastest-levenshtein';
import { LetterpressError } from '../../errors.js';
import { GramIndex, leastDistance } from './gram-index.js';
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
  private readonly grams: GramIndex;
  /** By the letters of the longer text: how many edits are near, as far as it was asked for. */
  private readonly mostEdits: number[] = [];

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
    for (let at = 0; at < before; at++) {
      const other = this.units[at]!;
      const longer = Math.max(units.length, other.length);
      const most = this.mostEdits[longer] ?? this.computeMostEdits(longer);
      if (leastDistance(longer, Math.min(units.length, other.length), shared[at]!, GRAM_LETTERS) > most)
        continue;
      const edits = distance(units, other);
      if (edits <= most) found.push({ at, edits, distance: edits === 0 ? 0 : edits / longer });
    }
    return found;
  }

  /** The most edits e with e / letters ≤ maxDistance, as divisions round. */
  private computeMostEdits(letters: number): number {
    let most = Math.floor(this.maxDistance * letters);
    if ((most + 1) / letters <= this.maxDistance) most++;
    this.mostEdits[letters] = most;
    return most;
  }
}
