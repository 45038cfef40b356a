import type { Backend, FloatArray } from '../../backend/types.js';
import { newFloats, type Precision } from '../../tensor/arena.js';

/** Jordan's coefficients: a·x + b·x³ + c·x⁵ drives every singular value in (0, 1] to about 1 within five iterations. */
export const NEWTON_SCHULZ = { a: 3.4445, b: -4.775, c: 2.0315, iterations: 5 } as const;

/** Added to a norm, so that a matrix of zeros stays one. */
const NORM_EPSILON = 1e-7;

/**
 * Makes matrices nearly orthogonal: U·S·Vᵀ becomes about U·Vᵀ, with singular values of 0.7 to 1.2, by the iteration
 * of Newton and Schulz with the coefficients of Jordan et al. (2024): X ← P·X, with P = a·I + b·A + c·A² and A = X·Xᵀ;
 * or for tall matrices X ← X·P with A = Xᵀ·X, so that A is the smaller of the two. Products are those of the backend's
 * linear layer and of its gradients, so that nothing is transposed. Memory is allocated once, for the largest shape.
 */
export class NewtonSchulz {
  private x: FloatArray;
  private y: FloatArray;
  private readonly gram: FloatArray;
  private readonly square: FloatArray;

  /** @param shapes `[rows, columns]` of all matrices */
  constructor(
    private readonly backend: Backend,
    precision: Precision,
    shapes: readonly (readonly [number, number])[],
  ) {
    const largest = Math.max(0, ...shapes.map(([rows, columns]) => rows * columns));
    const shortest = Math.max(0, ...shapes.map(([rows, columns]) => Math.min(rows, columns)));
    this.x = newFloats(precision, largest, backend);
    this.y = newFloats(precision, largest, backend);
    this.gram = newFloats(precision, shortest ** 2, backend);
    this.square = newFloats(precision, shortest ** 2, backend);
  }

  /**
   * @param matrix `[rows, columns]`, not changed
   * @returns `[rows, columns]`, overwritten by the next call
   */
  orthogonalize(matrix: FloatArray, rows: number, columns: number): FloatArray {
    const length = rows * columns;
    const scaleX = 1 / (Math.sqrt(this.backend.sumOfSquares({ length, x: matrix })) + NORM_EPSILON);
    this.backend.weightedSum({ length, x: matrix, y: matrix, scaleX, scaleY: 0, out: this.x });
    for (let iteration = 0; iteration < NEWTON_SCHULZ.iterations; iteration++) {
      if (rows > columns) this.tallStep(rows, columns);
      else this.wideStep(rows, columns);
      [this.x, this.y] = [this.y, this.x];
    }
    return this.x;
  }

  /** X·P into `y`, of X `[n, m]` with n > m. */
  private tallStep(n: number, m: number): void {
    const { backend, x, y, gram, square } = this;
    gram.fill(0, 0, m * m);
    const none = { gradX: undefined, gradBias: undefined };
    // Xᵀ·X is the gradient of a weight where the output's gradient and the input are both X.
    backend.linearGradient({ rows: n, inputs: m, outputs: m, x, weight: gram, gradOut: x, gradWeight: gram, ...none });
    this.polynomial(m);
    // P is symmetric, so X·Pᵀ is X·P.
    backend.linear({ rows: n, inputs: m, outputs: m, x, weight: square, bias: undefined, out: y });
  }

  /** P·X into `y`, of X `[m, n]` with n ≥ m. */
  private wideStep(m: number, n: number): void {
    const { backend, x, y, gram, square } = this;
    backend.linear({ rows: m, inputs: n, outputs: m, x, weight: x, bias: undefined, out: gram });
    this.polynomial(m);
    y.fill(0, 0, m * n);
    const none = { gradWeight: undefined, gradBias: undefined };
    // P·X is the gradient of the input where the output's gradient is P and the weight is X.
    backend.linearGradient({ rows: m, inputs: n, outputs: m, x, weight: x, gradOut: square, gradX: y, ...none });
  }

  /** P = a·I + b·A + c·A² into `square`, of A `[m, m]` in `gram`. */
  private polynomial(m: number): void {
    const { backend, gram, square } = this;
    // A is symmetric: A · Aᵀ is its square.
    backend.linear({ rows: m, inputs: m, outputs: m, x: gram, weight: gram, bias: undefined, out: square });
    const { a, b, c } = NEWTON_SCHULZ;
    backend.weightedSum({ length: m * m, x: gram, y: square, scaleX: b, scaleY: c, out: square });
    for (let i = 0; i < m; i++) square[i * (m + 1)]! += a;
  }
}
