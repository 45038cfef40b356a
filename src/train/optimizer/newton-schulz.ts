import type { Backend, FloatArray } from '../../backend/types.js';
import { newFloats, type Precision } from '../../tensor/arena.js';

/** Jordan's coefficients: a·x + b·x³ + c·x⁵ drives every singular value in (0, 1] to about 1 within five iterations. */
export const NEWTON_SCHULZ = { a: 3.4445, b: -4.775, c: 2.0315, iterations: 5 } as const;

/** Added to a norm, so that a matrix of zeros stays one. */
const NORM_EPSILON = 1e-7;

/**
 * Makes matrices nearly orthogonal: of U·S·Vᵀ comes about U·Vᵀ, every singular value between 0.7 and 1.2, by the iteration of
 * Newton and Schulz with the coefficients of Jordan et al. (2024): X ← a·X + (b·A + c·A²)·X, with A = X·Xᵀ. Products are the
 * backend's `linear`, x · weightᵀ. Memory is allocated once, for the largest of the shapes.
 */
export class NewtonSchulz {
  private x: FloatArray;
  private y: FloatArray;
  private readonly turned: FloatArray;
  private readonly gram: FloatArray;
  private readonly square: FloatArray;

  /** @param shapes `[rows, columns]` of all matrices to come */
  constructor(
    private readonly backend: Backend,
    precision: Precision,
    shapes: readonly (readonly [number, number])[],
  ) {
    const largest = Math.max(0, ...shapes.map(([rows, columns]) => rows * columns));
    const shortest = Math.max(0, ...shapes.map(([rows, columns]) => Math.min(rows, columns)));
    this.x = newFloats(precision, largest);
    this.y = newFloats(precision, largest);
    this.turned = newFloats(precision, largest);
    this.gram = newFloats(precision, shortest ** 2);
    this.square = newFloats(precision, shortest ** 2);
  }

  /**
   * @param matrix `[rows, columns]`; it is left as it is
   * @returns `[rows, columns]`, memory that the next call uses again
   */
  orthogonalize(matrix: FloatArray, rows: number, columns: number): FloatArray {
    const { backend, turned } = this;
    // X is wide: the Gram matrix of its rows is the smaller one.
    const [m, n] = [Math.min(rows, columns), Math.max(rows, columns)];
    const length = rows * columns;
    if (rows > columns) transpose(matrix, rows, columns, this.x);
    else this.x.set(matrix.subarray(0, length));
    const norm = Math.sqrt(backend.sumOfSquares(this.x, length)) + NORM_EPSILON;
    for (let i = 0; i < length; i++) this.x[i]! /= norm;

    for (let iteration = 0; iteration < NEWTON_SCHULZ.iterations; iteration++) {
      const { x, y } = this;
      this.polynomial(x, m, n);
      transpose(x, m, n, turned);
      backend.linear({
        rows: m,
        inputs: m,
        outputs: n,
        x: this.square,
        weight: turned,
        bias: undefined,
        out: y,
      });
      for (let i = 0; i < length; i++) y[i]! += NEWTON_SCHULZ.a * x[i]!;
      [this.x, this.y] = [y, x];
    }
    if (rows <= columns) return this.x;
    transpose(this.x, m, n, this.y);
    return this.y;
  }

  /** b·A + c·A² with A = X·Xᵀ, into `square`. */
  private polynomial(x: FloatArray, m: number, n: number): void {
    const { backend, gram, square } = this;
    backend.linear({ rows: m, inputs: n, outputs: m, x, weight: x, bias: undefined, out: gram });
    // A is symmetric: A · Aᵀ is its square.
    backend.linear({ rows: m, inputs: m, outputs: m, x: gram, weight: gram, bias: undefined, out: square });
    for (let i = 0; i < m * m; i++) square[i] = NEWTON_SCHULZ.b * gram[i]! + NEWTON_SCHULZ.c * square[i]!;
  }
}

/** `[rows, columns]` to `[columns, rows]`. */
function transpose(from: FloatArray, rows: number, columns: number, to: FloatArray): void {
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c]!;
  }
}
