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
