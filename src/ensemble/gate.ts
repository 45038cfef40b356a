import type { KneserNey } from '../baselines/kneser-ney.js';

/** Which set of weights a mixture uses where: each position belongs to a bucket, which has its own weights. */
export interface Gate {
  readonly buckets: number;
  /** @param context all characters of the text so far @returns 0 … buckets − 1 */
  bucketOf(context: Uint16Array): number;
}

export const NO_GATE: Gate = { buckets: 1, bucketOf: () => 0 };

/**
 * How often the longest known context was seen in training: `once`; several times and `always` followed by the same
 * character; 2 or 3 times (`few`) or more often (`many`) and followed by different ones.
 */
export const SEEN = ['once', 'always', 'few', 'many'] as const;

type Seen = (typeof SEEN)[number];

export interface ConfidenceBucket {
  /** Characters of the longest context that was seen; the start of the text is one. */
  readonly depth: number;
  readonly seen: Seen;
}

/**
 * Buckets by how much an n-gram model knows of what follows: the length of the longest known context, and how it was
 * seen.
 */
export class ConfidenceGate implements Gate {
  readonly buckets: number;

  constructor(private readonly model: KneserNey) {
    this.buckets = model.order * SEEN.length;
  }

  bucketOf(context: Uint16Array): number {
    const { depth, occurrences, followers } = this.model.confidence(context);
    return depth * SEEN.length + SEEN.indexOf(seen(occurrences, followers));
  }

  get order(): number {
    return this.model.order;
  }

  describe(): ConfidenceBucket[] {
    return Array.from({ length: this.buckets }, (_, bucket) => ({
      depth: Math.floor(bucket / SEEN.length),
      seen: SEEN[bucket % SEEN.length]!,
    }));
  }
}

function seen(occurrences: number, followers: number): Seen {
  if (occurrences <= 1) return 'once';
  if (followers === 1) return 'always';
  return occurrences <= 3 ? 'few' : 'many';
}
