import { mean } from './mean-interval.js';
import { studentTQuantile } from './student-t.js';

/**
 * Cosines of the angles between each two vectors: `[vectors][vectors]`, symmetric. 1 for the same direction, 0 for a
 * right angle, −1 for opposite directions; whatever their lengths. NaN where one of them is zero, and has no direction.
 *
 * @example cosineMatrix([[1, 0], [1, 1]])[0]![1]; // √½
 */
export function cosineMatrix(vectors: readonly (readonly number[])[]): number[][] {
  const product = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, k) => sum + x * b[k]!, 0);
  const squares = vectors.map((vector) => product(vector, vector));
  // Rounding must not give a cosine that no angle has.
  const cosine = (i: number, j: number) =>
    Math.max(-1, Math.min(1, product(vectors[i]!, vectors[j]!) / Math.sqrt(squares[i]! * squares[j]!)));
  return vectors.map((_, i) => vectors.map((__, j) => cosine(i, j)));
}

/** Whether the members of a set are more alike than those of other sets of the same size. */
export interface SetSimilarity {
  /** Mean similarity of two members. */
  readonly within: number;
  /** Mean similarity of a member with one that is not. */
  readonly across: number;
  /**
   * How many sets of that size there are, and how many of them have a mean as high or higher, the set itself included.
   */
  readonly sets: number;
  readonly asHigh: number;
}

/**
 * An exact permutation test (Fisher, 1935): `asHigh / sets` is the probability that a set drawn by chance has members
 * at least as alike as these.
 *
 * All sets are tried, which is quick for a few characters out of an alphabet (65,780 sets of 5 of 26).
 *
 * @param similarity `[n][n]`, symmetric
 * @param members at least two, and not all
 * @example setSimilarity(cosineMatrix(characters), vowels);
 */
export function setSimilarity(similarity: readonly (readonly number[])[], members: readonly number[]): SetSimilarity {
  const n = similarity.length;
  const inside = new Set(members);
  const pairs = (members.length * (members.length - 1)) / 2;
  const totalOf = (set: readonly number[]): number => {
    let total = 0;
    for (let i = 0; i < set.length; i++)
      for (let j = i + 1; j < set.length; j++) total += similarity[set[i]!]![set[j]!]!;
    return total;
  };
  const own = totalOf([...members].sort((a, b) => a - b));
  let sets = 0;
  let asHigh = 0;
  const chosen: number[] = [];
  const choose = (from: number, total: number): void => {
    if (chosen.length === members.length) {
      sets++;
      // The same sum in another order may differ in its last digit.
      if (total >= own - 1e-12 * pairs) asHigh++;
      return;
    }
    for (let next = from; next <= n - (members.length - chosen.length); next++) {
      const added = chosen.reduce((sum, member) => sum + similarity[member]![next]!, 0);
      chosen.push(next);
      choose(next + 1, total + added);
      chosen.pop();
    }
  };
  choose(0, 0);
  const across = members.flatMap((member) => similarity[member]!.filter((_, other) => !inside.has(other)));
  return {
    within: own / pairs,
    across: mean(across),
    sets,
    asHigh,
  };
}

/**
 * The cosine that the most similar pair of random vectors stays below with some probability. The cosine c of two random
 * directions in D dimensions makes c √((D − 1) / (1 − c²)) a Student's t with D − 1 degrees of freedom; the remaining
 * probability is divided by the number of pairs (Bonferroni), so that the bound is slightly too high.
 *
 * @example highestChanceCosine(27, 30, 0.95); // 0.61
 */
export function highestChanceCosine(vectors: number, dimensions: number, probability: number): number {
  const pairs = (vectors * (vectors - 1)) / 2;
  const t = studentTQuantile(1 - (1 - probability) / pairs, dimensions - 1);
  return t / Math.sqrt(t * t + dimensions - 1);
}
