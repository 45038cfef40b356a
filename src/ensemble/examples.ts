import { mixInto, type Mixing, type MixingKind } from './mix.js';

/** What weights are learned from: each member's predictions at positions of texts, and the true next tokens. */
export interface Examples {
  readonly members: number;
  /** The end and the characters. */
  readonly outcomes: number;
  /** `[rows, members, outcomes]` */
  readonly logProbabilities: Float32Array | Float64Array;
  /** `[rows]` the next token: 0 … outcomes − 1. */
  readonly targets: Uint16Array;
  /** `[rows]` which weights are used there. */
  readonly buckets: Uint16Array;
  /** Number of buckets; not all need occur. */
  readonly bucketCount: number;
  /** `[rows]` the number of the text. */
  readonly textOf: Uint32Array;
  readonly texts: number;
}

/** Regularises weights towards some values, as strongly as this many rows. */
export interface Prior {
  readonly weights: ArrayLike<number>;
  readonly strength: number;
}

/** The rows of examples by bucket: `[buckets]` lists of row numbers. */
export function rowsByBucket(
  { buckets, bucketCount, textOf }: Examples,
  wanted: (text: number) => boolean = () => true,
): Int32Array[] {
  const lists = Array.from({ length: bucketCount }, (): number[] => []);
  for (let row = 0; row < buckets.length; row++) if (wanted(textOf[row]!)) lists[buckets[row]!]!.push(row);
  return lists.map((list) => Int32Array.from(list));
}

export function joinRows(lists: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return all;
}

/** −Σ log p of the targets of some rows, in nats, under one set of weights. */
export function nllOfRows(
  { members, outcomes, logProbabilities, targets }: Examples,
  rows: Int32Array,
  kind: MixingKind,
  weights: ArrayLike<number>,
): number {
  const mixed = new Float64Array(outcomes);
  let nll = 0;
  for (const row of rows) {
    mixInto(mixed, kind, logProbabilities, row * members * outcomes, weights);
    nll -= mixed[targets[row]!]!;
  }
  return nll;
}

/** Mean NLL of the examples' texts, nats per text; NaN for none. */
export function meanNllOf(examples: Examples, { kind, weights }: Mixing): number {
  const rows = rowsByBucket(examples);
  const sum = rows.reduce((nll, list, b) => nll + nllOfRows(examples, list, kind, weights[b]!), 0);
  return sum / examples.texts;
}
