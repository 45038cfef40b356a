import { distance } from 'fastest-levenshtein';
import { GramIndex, leastDistance } from './gram-index.js';
import { createUnitWriter, wordsOf } from './letters.js';
import { SpanIndex, type Span } from './span-index.js';

/** The training text that is nearest to another text. */
export interface NearestText {
  readonly text: string;
  /** Letters to insert, delete or replace to make one of the other (Levenshtein, 1966). */
  readonly edits: number;
  /** `edits` over the letters of the longer one: 0 for a copy, at most 1. */
  readonly distance: number;
}

/** Letters of the grams by which far texts are left out: of texts that share little, pairs tell most. */
const GRAM_LETTERS = 2;

/**
 * What is asked about training texts when a model's texts are measured: which words and texts there are, the longest span of a
 * text that stands in one of them, and the nearest of them. Built once: some tenths of a second, and about 100 bytes a
 * letter, for ten thousand headlines.
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
  private readonly units: readonly string[];
  private readonly spans: SpanIndex;
  private readonly grams: GramIndex;

  /**
   * @param texts as a model reads them: see `textsAsRead`
   * @param searched those of them that spans and nearest texts are looked for in: some, where all would be too many
   */
  constructor(texts: readonly string[], searched: readonly string[] = texts) {
    this.known = new Set(texts);
    this.texts = searched === texts ? [...this.known] : [...new Set(searched)];
    for (const text of this.known) for (const word of wordsOf(text)) this.words.add(word);
    this.units = this.texts.map(this.toUnits);
    this.spans = new SpanIndex(this.units);
    this.grams = new GramIndex(this.units, GRAM_LETTERS);
  }

  /** Whether a word stands in a training text, between white space. */
  hasWord(word: string): boolean {
    return this.words.has(word);
  }

  /** Whether a text is a training text, letter by letter. */
  hasText(text: string): boolean {
    return this.known.has(text);
  }

  /** The longest span of `text` that stands in one searched training text, spaces included; in letters. */
  longestSpan(text: string): Span {
    return this.spans.longestSpan(this.toUnits(text));
  }

  /**
   * The searched training text with the smallest distance to `text` (edits over the letters of the longer one); the first of
   * several. Exact: every text that is left out is too far by the pairs of letters that it shares.
   *
   * @returns undefined when there are no training texts
   */
  nearest(text: string): NearestText | undefined {
    const units = this.toUnits(text);
    const shared = this.grams.shared(units);
    const bounds = Float64Array.from(this.units, (other, i) => {
      const longer = Math.max(units.length, other.length);
      const shorter = Math.min(units.length, other.length);
      // Two empty texts are the same.
      return longer === 0 ? 0 : leastDistance(longer, shorter, shared[i]!, GRAM_LETTERS) / longer;
    });
    let bestAt = -1;
    let bestEdits = 0;
    let bestDistance = Infinity;
    const consider = (at: number): void => {
      if (!isBefore(bounds[at]!, at, bestDistance, bestAt)) return;
      const other = this.units[at]!;
      const edits = distance(units, other);
      const relative = edits === 0 ? 0 : edits / Math.max(units.length, other.length);
      if (!isBefore(relative, at, bestDistance, bestAt)) return;
      bestAt = at;
      bestEdits = edits;
      bestDistance = relative;
    };
    // The most promising text first: then most of the others need not be looked at.
    if (bounds.length > 0) consider(bounds.indexOf(bounds.reduce((a, b) => Math.min(a, b))));
    for (let at = 0; at < bounds.length; at++) consider(at);
    const found = this.texts[bestAt];
    return found === undefined ? undefined : { text: found, edits: bestEdits, distance: bestDistance };
  }
}

/** Whether a text is nearer than another, or as near and before it. */
function isBefore(distance: number, at: number, otherDistance: number, otherAt: number): boolean {
  return distance < otherDistance || (distance === otherDistance && at < otherAt);
}
