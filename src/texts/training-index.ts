import { maxIndex } from 'd3-array';
import { distance } from 'fastest-levenshtein';
import { GramIndex } from './near-search.js';
import { createUnitWriter, wordsOf } from './characters.js';
import { SpanIndex, type Span } from './span-index.js';

/** The training text that is nearest to another text. */
export interface NearestText {
  readonly text: string;
  /** Characters to insert, delete or replace to make one of the other (Levenshtein, 1966). */
  readonly edits: number;
  /** `edits` over the characters of the longer one: 0 for a copy, at most 1. */
  readonly distance: number;
}

/**
 * Characters of the grams that tell which texts may be near: far texts share few pairs, and fewer of anything longer.
 */
const GRAM_CHARACTERS = 2;

/**
 * What is asked about training texts when a model's texts are measured: which words and texts there are, the longest
 * span of a text that stands in one of them, and the nearest of them. Built once: some tenths of a second, and about
 * 100 bytes a character, for ten thousand headlines.
 *
 * @example
 * const index = new TrainingIndex(textsAsRead(corpus.splits.train, tokenizer));
 * index.nearest('pier morgan surge')?.distance;
 */
export class TrainingIndex {
  private readonly words = new Set<string>();
  /** The different texts that are searched, in the order of their first appearance. */
  private readonly texts: readonly string[];
  private readonly known: ReadonlySet<string>;
  private readonly toUnits = createUnitWriter();
  /** Characters of each. */
  private readonly lengths: Uint32Array;
  private readonly spans: SpanIndex;
  private readonly grams: GramIndex;
  private readonly units: readonly string[];

  /**
   * @param texts as a model reads them: see `textsAsRead`
   * @param searched those of them that spans and nearest texts are looked for in: some, where all would be too many
   */
  constructor(texts: readonly string[], searched: readonly string[] = texts) {
    this.known = new Set(texts);
    this.texts = searched === texts ? [...this.known] : [...new Set(searched)];
    for (const text of this.known) for (const word of wordsOf(text)) this.words.add(word);
    this.units = this.texts.map(this.toUnits);
    this.lengths = Uint32Array.from(this.units, (text) => text.length);
    this.spans = new SpanIndex(this.units);
    this.grams = new GramIndex(this.units, GRAM_CHARACTERS);
  }

  /** Whether a word, between white space, occurs in a training text. */
  hasWord(word: string): boolean {
    return this.words.has(word);
  }

  /** Whether a text is a training text, character by character. */
  hasText(text: string): boolean {
    return this.known.has(text);
  }

  /** The longest span of `text` that occurs in one searched training text, spaces included; in characters. */
  longestSpan(text: string): Span {
    return this.spans.longestSpan(this.toUnits(text));
  }

  /** Where `text` has spans of at least `min` characters of searched training texts, in characters. */
  copiedSpans(text: string, min: number): Span[] {
    return this.spans.copiedSpans(this.toUnits(text), min);
  }

  /**
   * The searched training text with the smallest distance to `text` (edits over the characters of the longer one); the
   * first of several. Exact: a text is left out only if its length, or the pairs of characters that it shares, prove
   * that it is farther (see `GramIndex`).
   *
   * @returns undefined when there are no training texts
   */
  nearest(text: string): NearestText | undefined {
    const units = this.toUnits(text);
    const shared = this.grams.shared(units);
    let best: NearestText | undefined;
    // The nearest one is not farther than the one that shares most pairs. With that known, most need not be looked at.
    let limit = this.lengths.length === 0 ? 0 : this.distanceTo(maxIndex(shared), units);
    for (let at = 0; at < this.lengths.length; at++) {
      const length = this.lengths[at]!;
      const longer = Math.max(units.length, length);
      const byLength = Math.abs(units.length - length);
      const byPairs = (longer - GRAM_CHARACTERS + 1 - shared[at]!) / GRAM_CHARACTERS;
      // Divided, not multiplied: equal shares are then equal numbers.
      if (Math.max(byLength, byPairs) / longer > limit) continue;
      const found = this.distanceTo(at, units);
      if (found > limit || (best !== undefined && found === limit)) continue;
      limit = found;
      best = { text: this.texts[at]!, edits: Math.round(found * longer), distance: found };
    }
    return best;
  }

  /** Edits between text `at` and `units`, over the characters of the longer one. */
  private distanceTo(at: number, units: string): number {
    const edits = distance(units, this.units[at]!);
    return edits === 0 ? 0 : edits / Math.max(units.length, this.lengths[at]!); // two empty texts are the same
  }
}
