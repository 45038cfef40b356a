import type { AttentionView } from '../nn/self-attention.js';

/**
 * The weights by which each character of one text takes from the characters before it, softmax over j ≤ i of q_i · k_j / √d
 * (Vaswani et al., 2017, with the causal mask), computed again from the keys and queries of a forward pass, since the
 * backends never keep them.
 *
 * @param view of a pass over a single text
 * @returns `weights[head][query][key]`; a query has as many keys as there are characters up to itself, and their weights
 *   add up to 1
 */
export function attentionWeights({ heads, headWidth, qkv }: AttentionView): number[][][] {
  const rows = qkv.shape[0]!;
  const group = heads * headWidth;
  const keyOf = (row: number, head: number) => row * 3 * group + head * headWidth;
  const queryOf = (row: number, head: number) => keyOf(row, head) + group;
  return Array.from({ length: heads }, (_, head) =>
    Array.from({ length: rows }, (_, i) => {
      const scores = Array.from({ length: i + 1 }, (_, j) => {
        let product = 0;
        for (let d = 0; d < headWidth; d++) product += qkv.data[queryOf(i, head) + d]! * qkv.data[keyOf(j, head) + d]!;
        return product / Math.sqrt(headWidth);
      });
      return softmax(scores);
    }),
  );
}

function softmax(scores: readonly number[]): number[] {
  const max = scores.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = scores.map((score) => Math.exp(score - max));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}
