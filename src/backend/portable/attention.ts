import type { AttentionArgs, AttentionForward, AttentionGradient, FloatArray } from '../types.js';
import { ATTENTION_STRIDE, dropoutFactor } from './dropout.js';
import { queryKeyNorm, queryKeyNormGradient } from './query-key-norm.js';
import { rotary, rotaryGradient } from './rotary.js';
import { addScaled, dot, scratchLike, softmax } from './vectors.js';

/** One query of one head. */
interface Query {
  readonly head: number;
  readonly row: number;
  /** The query attends to the keys from the text's first row on: up to its own, or to the text's last. */
  readonly first: number;
  readonly keys: number;
  /** Columns of this head's keys, queries and values in a qkv row, and of its output in an output row. */
  readonly key: number;
  readonly query: number;
  readonly value: number;
  readonly out: number;
}

/** Calls `visit` for each text, head and query row, with softmax(q·k / √d) over the keys it attends to. */
function forEachQuery(args: AttentionArgs, visit: (at: Query, weights: FloatArray) => void): void {
  const { heads, headWidth, offsets, qkv, causal } = args;
  const group = heads * headWidth;
  const scale = 1 / Math.sqrt(headWidth);
  const weights = scratchLike(qkv, ATTENTION_STRIDE);
  for (let text = 0; text + 1 < offsets.length; text++) {
    const [first, end] = [offsets[text]!, offsets[text + 1]!];
    for (let head = 0; head < heads; head++) {
      const out = head * headWidth;
      const columns = { key: out, query: group + out, value: 2 * group + out, out };
      for (let row = first; row < end; row++) {
        const keys = (causal ? row + 1 : end) - first;
        const query = row * 3 * group + columns.query;
        for (let j = 0; j < keys; j++) {
          weights[j] = scale * dot(qkv, query, qkv, (first + j) * 3 * group + columns.key, headWidth);
        }
        softmax(weights, keys);
        visit({ head, row, first, keys, ...columns }, weights);
      }
    }
  }
}

/** Dropout factor of the weight that a query gives to its j-th key. */
function factorOf({ dropout, heads }: AttentionArgs, { row, head }: Query, j: number): number {
  return dropoutFactor(dropout, (row * heads + head) * ATTENTION_STRIDE + j);
}

/** `[rows]`: the place of each row in its text. */
function positionsOf({ rows, offsets }: AttentionArgs): Int32Array {
  const positions = new Int32Array(rows);
  for (let text = 0; text + 1 < offsets.length; text++) {
    for (let row = offsets[text]!; row < offsets[text + 1]!; row++) positions[row] = row - offsets[text]!;
  }
  return positions;
}

/** The same with keys and queries normalised and rotated, where that is asked for. */
function prepared<Args extends AttentionArgs>(args: Args): Args {
  const { rows, heads, headWidth, keyWeight, queryWeight, table } = args;
  if (!keyWeight && !table) return args;
  const positions = table && positionsOf(args);
  const qkv = scratchLike(args.qkv, rows * 3 * heads * headWidth);
  if (keyWeight && queryWeight) {
    queryKeyNorm({ rows, heads, headWidth, qkv: args.qkv, keyWeight, queryWeight, table, positions, out: qkv });
  } else if (table && positions) {
    qkv.set(args.qkv.subarray(0, qkv.length));
    rotary({ rows, heads, headWidth, table, positions, qkv });
  }
  return { ...args, qkv };
}

export function attention(args: AttentionForward): void {
  preparedAttention(prepared(args));
}

/** Also of what makes keys and queries ready. */
export function attentionGradient(args: AttentionGradient): void {
  preparedAttentionGradient(prepared(args));
  const { rows, heads, headWidth, qkv, keyWeight, queryWeight, table, gradQkv, gradKeyWeight, gradQueryWeight } = args;
  const shared = { rows, heads, headWidth, gradQkv };
  const positions = table && positionsOf(args);
  if (keyWeight && queryWeight && gradKeyWeight && gradQueryWeight) {
    const weights = { keyWeight, queryWeight, gradKeyWeight, gradQueryWeight };
    queryKeyNormGradient({ qkv, table, positions, gradOut: gradQkv, ...shared, ...weights });
  } else if (table && positions) rotaryGradient({ table, positions, ...shared });
}

function preparedAttention(args: AttentionForward): void {
  const { rows, heads, headWidth, qkv, out } = args;
  const group = heads * headWidth;
  out.fill(0, 0, rows * group);
  forEachQuery(args, (at, weights) => {
    for (let j = 0; j < at.keys; j++) {
      const weight = weights[j]! * factorOf(args, at, j);
      addScaled(out, at.row * group + at.out, weight, qkv, (at.first + j) * 3 * group + at.value, headWidth);
    }
  });
}

/**
 * With P the weights, m the dropout factors and dP = m · (dO Vᵀ): dS = P (dP − Σ P dP) / √d, and
 * dQ = dS K, dK = dSᵀ Q, dV = (P m)ᵀ dO.
 */
function preparedAttentionGradient(args: AttentionGradient): void {
  const { heads, headWidth, qkv, gradOut, gradQkv } = args;
  const group = heads * headWidth;
  const scale = 1 / Math.sqrt(headWidth);
  const gradWeights = scratchLike(qkv, ATTENTION_STRIDE);
  gradQkv.fill(0, 0, args.rows * 3 * group);
  forEachQuery(args, (at, weights) => {
    const { keys } = at;
    const out = at.row * group + at.out;
    const query = at.row * 3 * group + at.query;
    let common = 0; // Σ P dP
    for (let j = 0; j < keys; j++) {
      const factor = factorOf(args, at, j);
      const value = (at.first + j) * 3 * group + at.value;
      gradWeights[j] = dot(gradOut, out, qkv, value, headWidth) * factor;
      common += weights[j]! * gradWeights[j]!;
      addScaled(gradQkv, value, weights[j]! * factor, gradOut, out, headWidth);
    }
    for (let j = 0; j < keys; j++) {
      const gradScore = weights[j]! * (gradWeights[j]! - common) * scale;
      const key = (at.first + j) * 3 * group + at.key;
      addScaled(gradQkv, query, gradScore, qkv, key, headWidth);
      addScaled(gradQkv, key, gradScore, qkv, query, headWidth);
    }
  });
}
