import type { FloatArray, Muon } from '../types.js';
import { addRows, dot, scratchLike } from './vectors.js';

/** Jordan's coefficients: a·x + b·x³ + c·x⁵ drives every singular value in (0, 1] to about 1 within five iterations. */
export const NEWTON_SCHULZ = { a: 3.4445, b: -4.775, c: 2.0315, iterations: 5 } as const;

/** Added to a norm, so that a matrix of zeros stays one. */
const NORM_EPSILON = 1e-7;

/** m ← μ·m + g, u = g + μ·m, and weights ← kept · weights − rate · √max(rows, columns) · orthogonal(u). */
export function muon(args: Muon): void {
  const { parameters, gradients, momentum, matrices, learningRate, updateSize } = args;
  const kept = 1 - learningRate * args.weightDecay;
  let first = 0; // of the matrix, in the momentum
  for (let i = 0; i + 2 < matrices.length; i += 3) {
    const [offset, rows, columns] = [matrices[i]!, matrices[i + 1]!, matrices[i + 2]!];
    const count = rows * columns;
    const direction = scratchLike(parameters, count);
    for (let at = 0; at < count; at++) {
      const g = gradients[offset + at]! * args.gradientScale;
      const m = args.momentumDecay * momentum[first + at]! + g;
      momentum[first + at] = m;
      direction[at] = g + args.momentumDecay * m;
    }
    const orthogonal = orthogonalize(direction, rows, columns);
    const rate = learningRate * updateSize * Math.sqrt(Math.max(rows, columns));
    for (let at = 0; at < count; at++) {
      parameters[offset + at] = kept * parameters[offset + at]! - rate * orthogonal[at]!;
    }
    first += count;
  }
}

/**
 * Makes a matrix `[rows, columns]` nearly orthogonal: U·S·Vᵀ becomes about U·Vᵀ, with singular values of 0.7 to 1.2, by
 * the iteration of Newton and Schulz with the coefficients of Jordan et al. (2024): X ← P·X, with P = a·I + b·A + c·A²
 * and A = X·Xᵀ. Tall matrices are transposed first, so that A is the smaller of the two products.
 */
function orthogonalize(matrix: FloatArray, rows: number, columns: number): FloatArray {
  const norm = Math.sqrt(dot(matrix, 0, matrix, 0, matrix.length)) + NORM_EPSILON;
  const isTall = rows > columns;
  let x = isTall ? transposed(matrix, rows, columns) : matrix.slice();
  const [m, n] = isTall ? [columns, rows] : [rows, columns];
  for (let i = 0; i < x.length; i++) x[i]! /= norm;
  const { a, b, c, iterations } = NEWTON_SCHULZ;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const gram = product(x, m, n, transposed(x, m, n), m);
    const polynomial = product(gram, m, m, gram, m);
    for (let i = 0; i < m * m; i++) polynomial[i] = b * gram[i]! + c * polynomial[i]!;
    for (let i = 0; i < m; i++) polynomial[i * (m + 1)]! += a;
    x = product(polynomial, m, m, x, n);
  }
  return isTall ? transposed(x, m, n) : x;
}

/** x · y of x `[rows, depth]` and y `[depth, columns]`. */
function product(x: FloatArray, rows: number, depth: number, y: FloatArray, columns: number): FloatArray {
  const out = scratchLike(x, rows * columns);
  for (let r = 0; r < rows; r++) {
    addRows(out, r * columns, { data: x, at: r * depth, step: 1 }, depth, { data: y, at: 0, step: columns }, columns);
  }
  return out;
}

function transposed(x: FloatArray, rows: number, columns: number): FloatArray {
  const out = scratchLike(x, rows * columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = x[r * columns + c]!;
  return out;
}
