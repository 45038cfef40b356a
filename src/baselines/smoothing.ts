/** What is taken off the counts of one order: D₁ off counts of 1, D₂ off counts of 2, D₃ off larger ones. */
export interface Discounts {
  /** Order of the n-grams whose counts they are for. */
  readonly order: number;
  /** [D₁, D₂, D₃], with 0 < Dᵢ ≤ i. */
  readonly values: readonly [number, number, number];
  /** `modified`: all three estimated; `single`: one for all counts, estimated; `fixed`: not estimated. */
  readonly method: 'modified' | 'single' | 'fixed';
  /** Why they are not `modified`. */
  readonly reason?: string;
}

/** Used where nothing can be estimated; the values that KenLM falls back to. */
const FIXED = [0.5, 1, 1.5] as const;

/**
 * Discounts from how many n-grams occur once, twice, three and four times (n₁ … n₄): Chen and Goodman, "An empirical
 * study of smoothing techniques for language modeling", Computer Speech and Language 13 (1999), equation 26:
 *
 *   Y = n₁ / (n₁ + 2·n₂),  D₁ = 1 − 2Y·n₂/n₁,  D₂ = 2 − 3Y·n₃/n₂,  D₃ = 3 − 4Y·n₄/n₃
 *
 * Few characters make few n-grams of low orders, and these counts of counts can then be zero or out of order. Where not
 * every Dᵢ is defined and within 0 < Dᵢ ≤ i, Kneser and Ney's single discount Y serves for all counts; where n₁ or n₂
 * is zero, so that Y is not between 0 and 1 either, they are 0.5, 1 and 1.5. All discounts are positive, so in every
 * context some probability is left for characters that were never seen there.
 *
 * @param counts how often each n-gram occurs; zeros are left out
 */
export function estimateDiscounts(order: number, counts: Iterable<number>): Discounts {
  const n: [number, number, number, number, number] = [0, 0, 0, 0, 0];
  for (const count of counts) if (count >= 1 && count <= 4) n[count as 1 | 2 | 3 | 4]++;
  const [, n1, n2, n3, n4] = n;
  if (n1 === 0 || n2 === 0)
    return {
      order,
      values: FIXED,
      method: 'fixed',
      reason: `${n1} ${order}-grams have count 1 and ${n2} have count 2`,
    };
  const y = n1 / (n1 + 2 * n2);
  const values = [1 - (2 * y * n2) / n1, 2 - (3 * y * n3) / n2, 3 - (4 * y * n4) / n3] as const;
  // A quotient by zero is NaN or infinite, and fails this too.
  if (values.every((d, i) => d > 0 && d <= i + 1)) return { order, values, method: 'modified' };
  return {
    order,
    values: [y, y, y],
    method: 'single',
    reason: `${n1}, ${n2}, ${n3} and ${n4} ${order}-grams have counts 1 to 4, which is out of order`,
  };
}

/**
 * Distributions over tokens, one for each of some contexts, smoothed as Witten and Bell do ("The zero-frequency
 * problem", IEEE Transactions on Information Theory 37, 1991; method C, in the interpolated form of Chen and Goodman
 * 1999, section 2.4):
 *
 *   p(v | h) = (c(h, v) + T(h)·q(v)) / (n(h) + T(h))
 *
 * where c(h, v) counts v in context h, n(h) = Σ_v c(h, v), T(h) is the number of different tokens seen in h, and q is a
 * distribution that is used where h says nothing. In a context that was never seen, p is q.
 *
 * Only pairs that occur are stored, so that large alphabets do no harm.
 */
export class WittenBell {
  private readonly counts = new Map<number, Map<number, number>>();
  private readonly seen = new Map<number, number>();

  /** @param q `[vocabulary]` */
  constructor(private readonly q: Float64Array) {}

  /** Counts a token in a context. */
  add(context: number, token: number): void {
    let counts = this.counts.get(context);
    if (counts === undefined) this.counts.set(context, (counts = new Map<number, number>()));
    counts.set(token, (counts.get(token) ?? 0) + 1);
    this.seen.set(context, (this.seen.get(context) ?? 0) + 1);
  }

  /** p(token | context). */
  probability(context: number, token: number): number {
    const counts = this.counts.get(context);
    const q = this.q[token]!;
    if (counts === undefined) return q;
    return ((counts.get(token) ?? 0) + counts.size * q) / (this.seen.get(context)! + counts.size);
  }

  /** All of {@link probability}, written to `out`. */
  distribution(context: number, out: Float64Array): Float64Array {
    out.set(this.q);
    const counts = this.counts.get(context);
    if (counts === undefined) return out;
    const total = this.seen.get(context)! + counts.size;
    for (let v = 0; v < out.length; v++) out[v]! *= counts.size / total;
    for (const [token, count] of counts) out[token]! += count / total;
    return out;
  }
}
