/**
 * Distributions over tokens, one for each of some contexts, smoothed as Witten and Bell do ("The zero-frequency problem",
 * IEEE Transactions on Information Theory 37, 1991; method C, in the interpolated form of Chen and Goodman 1999, section
 * 2.4):
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
