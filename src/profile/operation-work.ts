import type { ArgumentsOf, Operation } from '../backend/operations.js';

/** What one call of an operation needs at least: a kernel may compute or read more, some things twice. */
export interface Work {
  /** Floating-point operations of its matrix products, 2·m·n·k each; 0 for operations that have none. */
  readonly flops: number;
  /** Bytes of its arrays, each read or written once; an array that is added to counts twice. */
  readonly bytes: number;
  /** Sizes that distinguish calls of one operation, e.g. `48→864`; may be empty. */
  readonly shape: string;
}

const FLOAT = 4;
const INT = 4;

const work = (flops: number, floats: number, ints = 0, shape = ''): Work => ({
  flops,
  bytes: FLOAT * floats + INT * ints,
  shape,
});

/** Of the table of rotary positions, where there is one. */
const angles = ({ table }: Pick<ArgumentsOf<'queryKeyNorm'>, 'table'>) => table?.length ?? 0;

/** Pairs of a character and one that it attends to: T(T + 1)/2 of each text. */
function attentionPairs({ offsets, causal }: Pick<ArgumentsOf<'attention'>, 'offsets' | 'causal'>): number {
  let pairs = 0;
  for (let b = 1; b < offsets.length; b++) {
    const length = offsets[b]! - offsets[b - 1]!;
    pairs += causal ? (length * (length + 1)) / 2 : length ** 2;
  }
  return pairs;
}

/** Pairs of a new character and one that it attends to, itself included. */
function cachedPairs(a: { readonly rows: number; readonly positions: Int32Array }): number {
  let pairs = 0;
  for (let r = 0; r < a.rows; r++) pairs += a.positions[r]! + 1;
  return pairs;
}

/** Five iterations of A = X·Xᵀ, A² and P·X, with the smaller side m; of the symmetric A and A² half is needed. */
function newtonSchulzFlops(rows: number, columns: number): number {
  const [m, n] = [Math.min(rows, columns), Math.max(rows, columns)];
  return 5 * (m * m * n + m ** 3 + 2 * m * m * n);
}

/**
 * The work of each operation, from the arguments of a call. A gradient has twice the products of its forward operation,
 * one for each factor. Linear has one product, x·Wᵀ; attention two, q·kᵀ and p·v, over the pairs that a mask leaves;
 * the MLP two.
 */
export const OPERATION_WORK: { readonly [Name in Operation]: (args: ArgumentsOf<Name>) => Work } = {
  embed: (a) => work(0, a.rows * a.width + a.tokenTable.length + (a.positionTable?.length ?? 0), 2 * a.rows),
  embedGradient: (a) =>
    work(0, a.rows * a.width + 2 * (a.gradTokenTable.length + (a.gradPositionTable?.length ?? 0)), 2 * a.rows),
  linear: (a) => {
    const { rows, inputs, outputs } = a;
    const floats = rows * (inputs + outputs) + (inputs + (a.bias ? 1 : 0)) * outputs;
    return work(2 * rows * inputs * outputs, floats, 0, `${inputs}→${outputs}`);
  },
  linearGradient: (a) => {
    const { rows, inputs, outputs } = a;
    // A gradient is written, and read where it is added to, besides the other factor of its product.
    const forX = a.gradX ? (a.sets ? 1 : 2) * rows * inputs + inputs * outputs : 0;
    const forWeight = a.gradWeight ? 2 * inputs * outputs + rows * inputs : 0;
    const floats = rows * outputs + forX + forWeight + (a.gradBias ? 2 : 0) * outputs;
    const products = (a.gradX ? 1 : 0) + (a.gradWeight ? 1 : 0);
    return work(2 * products * rows * inputs * outputs, floats, 0, `${inputs}→${outputs}`);
  },
  queryKeyNorm: (a) => work(0, 6 * a.rows * a.heads * a.headWidth + 2 * a.headWidth + angles(a), a.table ? a.rows : 0),
  // Keys and queries are read and written.
  rotary: (a) => work(0, 4 * a.rows * a.heads * a.headWidth + a.table.length, a.rows),
  attention: (a) => {
    const { rows, heads, headWidth, offsets } = a;
    const inner = heads * headWidth;
    const norms = (a.keyWeight ? 2 * headWidth : 0) + angles(a);
    return work(4 * attentionPairs(a) * inner, 4 * rows * inner + norms, offsets.length, `${heads}×${headWidth}`);
  },
  attentionGradient: (a) => {
    const { rows, heads, headWidth, offsets } = a;
    const inner = heads * headWidth;
    const norms = (a.keyWeight ? 6 * headWidth : 0) + angles(a);
    return work(8 * attentionPairs(a) * inner, 7 * rows * inner + norms, offsets.length, `${heads}×${headWidth}`);
  },
  cachedAttention: (a) => {
    const inner = a.heads * a.headWidth;
    const pairs = cachedPairs(a);
    // Reads queries, new keys and values, writes outputs; in the cache reads keys and values of all earlier characters
    // and writes those of the new one.
    return work(4 * pairs * inner, (4 * a.rows + 2 * pairs) * inner, 2 * a.rows, `${a.heads}×${a.headWidth}`);
  },
  cachedInputAttention: (a) => {
    const inner = a.heads * a.width;
    const pairs = cachedPairs(a);
    // The same, but one row is a character's key and value in all heads.
    return work(
      4 * pairs * inner,
      2 * a.rows * (inner + a.width) + pairs * a.width,
      2 * a.rows,
      `${a.heads}×${a.width}`,
    );
  },
  add: (a) => work(0, 3 * a.length),
  addGradient: (a) => work(0, (a.sets ? 2 : 3) * a.length),
  addLayerNorm: (a) => work(0, (a.update ? 3 : 2) * a.rows * a.width + 2 * a.width),
  addLayerNormGradient: (a) => {
    const gradients = (a.sets ? 1 : 2) * (a.gradUpdate ? 2 : 1);
    return work(0, ((a.update ? 3 : 2) + gradients) * a.rows * a.width + 5 * a.width);
  },
  swigluMlp: (a) => {
    const { rows, width, hidden } = a;
    const floats = rows * (2 * width + 2 * hidden) + 3 * width * hidden;
    return work(6 * rows * width * hidden, floats, 0, `${width}→${hidden}→${width}`);
  },
  swigluMlpGradient: (a) => {
    const { rows, width, hidden } = a;
    // The gradients of the weights are read and written, besides the weights.
    const floats = rows * ((a.sets ? 3 : 4) * width + 2 * hidden) + 9 * width * hidden;
    return work(12 * rows * width * hidden, floats, 0, `${width}→${hidden}→${width}`);
  },
  mlp: (a) => {
    const { rows, width, hidden } = a;
    const floats = 2 * rows * width + 2 * width * hidden + width + hidden + (a.kept ? rows * hidden : 0);
    return work(4 * rows * width * hidden, floats, 0, `${width}→${hidden}→${width}`);
  },
  mlpGradient: (a) => {
    const { rows, width, hidden } = a;
    const ofRows = (a.sets ? 3 : 4) * width + (a.kept ? hidden : 0);
    const floats = rows * ofRows + 6 * width * hidden + 3 * hidden + 2 * width;
    return work(8 * rows * width * hidden, floats, 0, `${width}→${hidden}→${width}`);
  },
  crossEntropy: (a) => work(0, a.rows * (a.vocabulary + 2), a.rows),
  crossEntropyGradient: (a) => work(0, (a.soft ? 3 : 2) * a.rows * a.vocabulary, a.rows),
  logSoftmax: (a) => work(0, 2 * a.rows * a.vocabulary),
  clear: (a) => work(0, a.length),
  weightedSum: (a) => work(0, 3 * a.length),
  adamW: (a) => work(0, 7 * a.length),
  muon: (a) => {
    let flops = 0;
    for (let i = 0; i + 2 < a.matrices.length; i += 3)
      flops += newtonSchulzFlops(a.matrices[i + 1]!, a.matrices[i + 2]!);
    return work(flops, 5 * a.momentum.length);
  },
  sumOfSquares: (a) => work(0, a.length),
};
