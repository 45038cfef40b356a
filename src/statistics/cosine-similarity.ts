/**
 * Cosine of the angle between two vectors: 1 for the same direction, 0 for a right angle, −1 for opposite directions; whatever
 * their lengths. NaN where one of them is zero, and has no direction.
 *
 * @example cosineSimilarity([1, 0], [1, 1]); // √½
 */
export function cosineSimilarity(a: readonly number[], b: readonly number[]): number {
  let product = 0;
  let [squaresA, squaresB] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    product += a[i]! * b[i]!;
    squaresA += a[i]! * a[i]!;
    squaresB += b[i]! * b[i]!;
  }
  // Rounding must not give a cosine that no angle has.
  return Math.max(-1, Math.min(1, product / Math.sqrt(squaresA * squaresB)));
}

/** {@link cosineSimilarity} of each vector with each: `[vectors][vectors]`, symmetric. */
export function cosineMatrix(vectors: readonly (readonly number[])[]): number[][] {
  return vectors.map((a) => vectors.map((b) => cosineSimilarity(a, b)));
}
