import type { AttentionArgs, AttentionForward, AttentionGradient, CachedAttention } from '../types.js';
import { ATTENTION_STRIDE, dropoutFactor } from './dropout.js';

/** Where the columns of one head's keys, queries and values start in a kqv row of 3 · heads · headWidth. */
function columns(
  heads: number,
  headWidth: number,
  head: number,
): { key: number; query: number; value: number } {
  const group = heads * headWidth;
  const at = head * headWidth;
  return { key: at, query: group + at, value: 2 * group + at };
}

/** Softmax over the first `length` entries, in place. */
function softmax(scores: Float64Array, length: number): void {
  let max = -Infinity;
  for (let j = 0; j < length; j++) max = Math.max(max, scores[j]!);
  let sum = 0;
  for (let j = 0; j < length; j++) {
    const e = Math.exp(scores[j]! - max);
    scores[j] = e;
    sum += e;
  }
  for (let j = 0; j < length; j++) scores[j]! /= sum;
}

/** softmax(q·k / √d) of query row `row` over the keys of rows first … row, into `weights`. */
function attend(args: AttentionArgs, head: number, first: number, row: number, weights: Float64Array): void {
  const { heads, headWidth, kqv } = args;
  const stride = 3 * heads * headWidth;
  const { key, query } = columns(heads, headWidth, head);
  const scale = 1 / Math.sqrt(headWidth);
  for (let j = first; j <= row; j++) {
    let dot = 0;
    for (let c = 0; c < headWidth; c++) dot += kqv[row * stride + query + c]! * kqv[j * stride + key + c]!;
    weights[j - first] = dot * scale;
  }
  softmax(weights, row - first + 1);
}

/** Calls `visit` for each text, head and query row, with the softmax weights over the keys first … row. */
function forEachQuery(
  args: AttentionArgs,
  visit: (head: number, first: number, row: number, weights: Float64Array) => void,
): void {
  const weights = new Float64Array(ATTENTION_STRIDE);
  for (let text = 0; text + 1 < args.offsets.length; text++) {
    const first = args.offsets[text]!;
    const end = args.offsets[text + 1]!;
    for (let head = 0; head < args.heads; head++) {
      for (let row = first; row < end; row++) {
        attend(args, head, first, row, weights);
        visit(head, first, row, weights);
      }
    }
  }
}

/** Number of an attention weight, for its dropout mask. */
function weightIndex(args: AttentionArgs, head: number, row: number, keyPosition: number): number {
  return (row * args.heads + head) * ATTENTION_STRIDE + keyPosition;
}

export function attention(args: AttentionForward): void {
  const { heads, headWidth, kqv, dropout, out } = args;
  const stride = 3 * heads * headWidth;
  forEachQuery(args, (head, first, row, weights) => {
    const { value } = columns(heads, headWidth, head);
    for (let j = 0; j <= row - first; j++) {
      weights[j]! *= dropoutFactor(dropout, weightIndex(args, head, row, j));
    }
    for (let c = 0; c < headWidth; c++) {
      let sum = 0;
      for (let j = first; j <= row; j++) sum += weights[j - first]! * kqv[j * stride + value + c]!;
      out[row * heads * headWidth + head * headWidth + c] = sum;
    }
  });
}

export function attentionGradient(args: AttentionGradient): void {
  const { heads, headWidth, kqv, dropout, gradOut, gradKqv } = args;
  const stride = 3 * heads * headWidth;
  const scale = 1 / Math.sqrt(headWidth);
  const gradWeights = new Float64Array(ATTENTION_STRIDE);
  forEachQuery(args, (head, first, row, weights) => {
    const { key, query, value } = columns(heads, headWidth, head);
    const outAt = row * heads * headWidth + head * headWidth;
    let weighted = 0; // Σ_j weight_j · dweight_j, the softmax gradient's common term
    for (let j = first; j <= row; j++) {
      const factor = dropoutFactor(dropout, weightIndex(args, head, row, j - first));
      const weight = weights[j - first]!;
      let dot = 0;
      for (let c = 0; c < headWidth; c++) {
        const g = gradOut[outAt + c]!;
        dot += g * kqv[j * stride + value + c]!;
        gradKqv[j * stride + value + c]! += weight * factor * g;
      }
      gradWeights[j - first] = dot * factor;
      weighted += weight * dot * factor;
    }
    for (let j = first; j <= row; j++) {
      const gradScore = weights[j - first]! * (gradWeights[j - first]! - weighted) * scale;
      for (let c = 0; c < headWidth; c++) {
        gradKqv[row * stride + query + c]! += gradScore * kqv[j * stride + key + c]!;
        gradKqv[j * stride + key + c]! += gradScore * kqv[row * stride + query + c]!;
      }
    }
  });
}

export function cachedAttention(args: CachedAttention): void {
  const { rows, heads, headWidth, window, slots, positions, kqv, keys, values, out } = args;
  const group = heads * headWidth;
  const scale = 1 / Math.sqrt(headWidth);
  const weights = new Float64Array(window);
  for (let r = 0; r < rows; r++) {
    const position = positions[r]!;
    const cache = slots[r]! * window * group; // first element of this slot's cache
    for (let c = 0; c < group; c++) {
      keys[cache + position * group + c] = kqv[r * 3 * group + c]!;
      values[cache + position * group + c] = kqv[r * 3 * group + 2 * group + c]!;
    }
    for (let head = 0; head < heads; head++) {
      const at = head * headWidth;
      for (let j = 0; j <= position; j++) {
        let dot = 0;
        for (let c = 0; c < headWidth; c++) {
          dot += kqv[r * 3 * group + group + at + c]! * keys[cache + j * group + at + c]!;
        }
        weights[j] = dot * scale;
      }
      softmax(weights, position + 1);
      for (let c = 0; c < headWidth; c++) {
        let sum = 0;
        for (let j = 0; j <= position; j++) sum += weights[j]! * values[cache + j * group + at + c]!;
        out[r * group + at + c] = sum;
      }
    }
  }
}
