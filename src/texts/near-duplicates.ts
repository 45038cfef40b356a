import { max, sum } from 'd3-array';
import { finish } from '../generators.js';
import { checkNames } from '../parse-options.js';
import { NearSearch } from './near-search.js';

/** What counts as nearly the same, and how much of it is shown. */
export interface NearDuplicateOptions {
  /**
   * Two texts are nearly the same if their edit distance is at most this share of the longer one's characters, 0 … 1;
   * default {@link NEAR_DISTANCE}. Copies are, at 0. The search is slow above 0.3.
   */
  readonly maxDistance?: number;
}

/** Two texts that are nearly the same, and their edits over the characters of the longer one. */
export interface NearPair {
  readonly text: string;
  readonly other: string;
  readonly distance: number;
}

/** Texts that are nearly the same as another of the same texts, copies included. */
export interface NearDuplicates {
  /** Texts that have at least one such other. */
  readonly texts: number;
  /** `texts` as a share of all, 0 … 1. */
  readonly share: number;
  /** Pairs of such texts. */
  readonly pairs: number;
  /** Sets of texts connected by such pairs, and how many texts the largest has. */
  readonly groups: number;
  readonly largestGroup: number;
  /** Pairs of different texts from the nearest to the farthest: what "nearly" means, to judge by. */
  readonly examples: NearPair[];
}

/** Texts that are nearly the same as one of other texts, copies included. */
export interface NearOverlap {
  readonly texts: number;
  /** `texts` as a share of all, 0 … 1. */
  readonly share: number;
  /** Pairs of different texts, `other` being of the other texts; from the nearest to the farthest. */
  readonly examples: NearPair[];
}

/** One character in five: a word or two of a headline. */
export const NEAR_DISTANCE = 0.2;

/** Pairs of different texts that are shown. */
const MAX_EXAMPLES = 5;
/** Texts between two steps of a search: some milliseconds. */
const PORTION = 64;

/**
 * Finds the texts that are nearly the same as another one. Exact: see {@link NearSearch}. Time grows with the square of
 * the number of texts; ten thousand headlines take about a second.
 *
 * @throws BAD_OPTION for a `maxDistance` outside 0 … 1, or an unknown option
 * @example nearDuplicates(corpus.splits.train).share;
 */
export function nearDuplicates(texts: readonly string[], options: NearDuplicateOptions = {}): NearDuplicates {
  checkNames(options, { maxDistance: true }, 'nearDuplicates');
  return finish(nearDuplicateSteps(texts, options));
}

/**
 * {@link nearDuplicates} in steps: yields how many texts are done.
 *
 * @param search of the different ones of `texts`, where there is one already
 */
export function* nearDuplicateSteps(
  texts: readonly string[],
  options: NearDuplicateOptions = {},
  search = searchOf(texts, options),
): Generator<number, NearDuplicates, void> {
  const copies = new Map<string, number>();
  for (const text of texts) copies.set(text, (copies.get(text) ?? 0) + 1);
  const different = [...copies.keys()];
  const groups = new Groups(different.length);
  const shown = new ExamplePairs();
  let pairs = 0;
  let done = 0;
  for (const [i, text] of different.entries()) {
    if (i % PORTION === 0) yield done;
    const count = copies.get(text)!;
    pairs += (count * (count - 1)) / 2;
    for (const { at, edits, distance } of search.near(text, i)) {
      const other = different[at]!;
      pairs += count * copies.get(other)!;
      groups.join(at, i);
      shown.offer(edits, { text: other, other: text, distance });
    }
    done += count;
  }
  const sizes = new Map<number, number>();
  different.forEach((text, i) => {
    const group = groups.find(i);
    sizes.set(group, (sizes.get(group) ?? 0) + copies.get(text)!);
  });
  const near = [...sizes.values()].filter((size) => size > 1);
  const count = sum(near);
  return {
    texts: count,
    share: texts.length === 0 ? 0 : count / texts.length,
    pairs,
    groups: near.length,
    largestGroup: max(near) ?? 0,
    examples: shown.list(MAX_EXAMPLES),
  };
}

/**
 * Finds the texts that are nearly the same as one of `others`, such as test texts that are nearly in train.
 *
 * @throws BAD_OPTION for a `maxDistance` outside 0 … 1, or an unknown option
 * @example nearOverlap(corpus.splits.test, corpus.splits.train).share;
 */
export function nearOverlap(
  texts: readonly string[],
  others: readonly string[],
  options: NearDuplicateOptions = {},
): NearOverlap {
  checkNames(options, { maxDistance: true }, 'nearOverlap');
  return finish(nearOverlapSteps(texts, others, options));
}

/**
 * {@link nearOverlap} in steps: yields how many of `texts` are done.
 *
 * @param search of the different ones of `others`, where there is one already
 */
export function* nearOverlapSteps(
  texts: readonly string[],
  others: readonly string[],
  options: NearDuplicateOptions = {},
  search = searchOf(others, options),
): Generator<number, NearOverlap, void> {
  const different = [...new Set(others)];
  const shown = new ExamplePairs();
  let count = 0;
  for (const [i, text] of texts.entries()) {
    if (i % PORTION === 0) yield i;
    const near = search.near(text);
    if (near.length === 0) continue;
    count++;
    const nearest = near.reduce((a, b) => (b.distance < a.distance ? b : a));
    shown.offer(nearest.edits, { text, other: different[nearest.at]!, distance: nearest.distance });
  }
  return {
    texts: count,
    share: texts.length === 0 ? 0 : count / texts.length,
    examples: shown.list(MAX_EXAMPLES),
  };
}

/** A search of the different ones of some texts, in the order of their first appearance. */
export function searchOf(texts: readonly string[], options: NearDuplicateOptions = {}): NearSearch {
  return new NearSearch([...new Set(texts)], options.maxDistance ?? NEAR_DISTANCE);
}

/** Sets that grow together (union–find, with halved paths). */
class Groups {
  private readonly parent: Int32Array;

  constructor(items: number) {
    this.parent = Int32Array.from({ length: items }, (_, i) => i);
  }

  /** The number that all items of a group have in common. */
  find(item: number): number {
    let at = item;
    while (this.parent[at] !== at) at = this.parent[at] = this.parent[this.parent[at]!]!;
    return at;
  }

  join(a: number, b: number): void {
    this.parent[this.find(a)] = this.find(b);
  }
}

/** Keeps the first pair at each number of edits, so that the examples reach from the nearest to the farthest. */
class ExamplePairs {
  private readonly byEdits = new Map<number, NearPair>();

  offer(edits: number, pair: NearPair): void {
    // A copy shows nothing that its count does not.
    if (edits > 0 && !this.byEdits.has(edits)) this.byEdits.set(edits, pair);
  }

  list(count: number): NearPair[] {
    const sorted = [...this.byEdits.values()].sort((a, b) => a.distance - b.distance);
    if (sorted.length <= count) return sorted;
    // Evenly spaced, the nearest and the farthest among them.
    return Array.from(
      { length: count },
      (_, i) => sorted[Math.round((i * (sorted.length - 1)) / Math.max(count - 1, 1))]!,
    );
  }
}
