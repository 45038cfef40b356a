import { headWidthOf, hiddenWidthOf, type ModelConfig } from './config.js';

/**
 * Floating-point operations of a model's matrix products, by part. LayerNorm, GELU, softmax and the like are left out:
 * a few operations per number, where products have hundreds or thousands.
 */
export interface ModelArithmetic {
  /** Keys, queries and values: dModel → 3 · heads · headWidth. */
  readonly keysQueriesValues: number;
  /** q·kᵀ and p·v. */
  readonly attention: number;
  /** The heads' outputs back to the residual stream: heads · headWidth → dModel. */
  readonly projection: number;
  /** dModel → hidden → dModel; SwiGLU has two of the first. */
  readonly mlp: number;
  /** dModel → vocabulary. */
  readonly logits: number;
  readonly total: number;
}

/**
 * The arithmetic of a forward pass. With D the width, I = heads · headWidth, F the hidden width, V the
 * vocabulary, n the rows of all texts and P = Σ T(T + 1)/2 the pairs of positions that attend to each other in texts of
 * T rows (Σ T² without the causal mask), a model of L blocks needs
 *
 *     L · (2·n·D·3I + 4·P·I + 2·n·I·D + 4·n·D·F) + 2·n·D·V
 *
 * floating-point operations: 2·m·n·k for every product, and only the pairs that the causal mask leaves. SwiGLU has
 * three matrices: 6·n·D·F in place of 4·n·D·F.
 *
 * @param rowsOfTexts rows of each text: predicted characters, see `rowsOfText`
 */
export function forwardArithmetic(config: ModelConfig, rowsOfTexts: ArrayLike<number>): ModelArithmetic {
  const { dModel, layers, heads, vocabulary, activation, causal } = config;
  const inner = heads * headWidthOf(config);
  let rows = 0;
  let pairs = 0;
  for (let b = 0; b < rowsOfTexts.length; b++) {
    const length = rowsOfTexts[b]!;
    rows += length;
    pairs += causal ? (length * (length + 1)) / 2 : length ** 2;
  }
  const parts = {
    keysQueriesValues: layers * 2 * rows * dModel * 3 * inner,
    attention: layers * 4 * pairs * inner,
    projection: layers * 2 * rows * inner * dModel,
    mlp: layers * (activation === 'swiglu' ? 6 : 4) * rows * dModel * hiddenWidthOf(config),
    logits: 2 * rows * dModel * vocabulary,
  };
  return { ...parts, total: Object.values(parts).reduce((sum, part) => sum + part, 0) };
}

/**
 * The arithmetic of one training step: forward, and twice as much backward, since each factor of each product has a
 * gradient that is a product of the same size. Recomputation is not counted.
 */
export function trainingFlops(config: ModelConfig, rowsOfTexts: ArrayLike<number>): number {
  return 3 * forwardArithmetic(config, rowsOfTexts).total;
}
