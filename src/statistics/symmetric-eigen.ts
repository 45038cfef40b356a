/** Eigenvalues, largest first, and an eigenvector of length 1 for each. */
export interface Eigen {
  readonly values: readonly number[];
  readonly vectors: readonly (readonly number[])[];
}

/** More sweeps than any matrix of a few hundred rows needs; each one about squares the error. */
const MAX_SWEEPS = 60;

/**
 * Eigenvalues and eigenvectors of a symmetric matrix, by Jacobi's method (1846): rotations in the plane of two axes, each of
 * which makes one entry beside the diagonal zero, until all of them are.
 *
 * @param matrix `[n][n]`, symmetric; it is left as it is
 * @example symmetricEigen([[2, 1], [1, 2]]).values; // [3, 1]
 */
export function symmetricEigen(matrix: readonly (readonly number[])[]): Eigen {
  const n = matrix.length;
  const a = matrix.map((row) => [...row]);
  const vectors = a.map((_, i) => a.map((_, j) => (i === j ? 1 : 0))); // [eigenvector][entry]
  for (let sweep = 0; sweep < MAX_SWEEPS && !isDiagonal(a); sweep++)
    for (let p = 0; p < n - 1; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, p, q);
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]!);
  return { values: order.map((i) => a[i]![i]!), vectors: order.map((i) => vectors[i]!) };
}

/** Whether what stands beside the diagonal has vanished beside what stands on it. */
function isDiagonal(a: readonly (readonly number[])[]): boolean {
  let secondRecipe = 0;
  let all = 0;
  a.forEach((row, i) =>
    row.forEach((value, j) => {
      all += value * value;
      if (i !== j) secondRecipe += value * value;
    }),
  );
  return secondRecipe <= all * Number.EPSILON ** 2;
}

/** Turns axes p and q so that a[p][q] becomes 0 (Golub and Van Loan, Matrix Computations, section 8.5). */
function rotate(a: number[][], vectors: number[][], p: number, q: number): void {
  const secondRecipe = a[p]![q]!;
  if (secondRecipe === 0) return;
  const theta = (a[q]![q]! - a[p]![p]!) / (2 * secondRecipe);
  // The smaller of the two angles that do it.
  const tangent = Math.sign(theta || 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cosine = 1 / Math.hypot(tangent, 1);
  const sine = tangent * cosine;
  const turn = (x: number, y: number): [number, number] => [cosine * x - sine * y, sine * x + cosine * y];
  for (const row of a) [row[p], row[q]] = turn(row[p]!, row[q]!);
  for (let k = 0; k < a.length; k++) [a[p]![k], a[q]![k]] = turn(a[p]![k]!, a[q]![k]!);
  for (let k = 0; k < a.length; k++) [vectors[p]![k], vectors[q]![k]] = turn(vectors[p]![k]!, vectors[q]![k]!);
}
