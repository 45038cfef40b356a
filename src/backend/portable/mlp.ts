import type { FloatArray, MlpArgs, MlpForward, MlpGradient } from '../types.js';
import { gelu, geluGradient, normalCdf } from './gelu.js';
import { addRows, dot, scratchLike } from './vectors.js';

/** Row r of the hidden layer before the GELU, into `h` from `at`. */
function hiddenRow({ width, hidden, x, weight1, bias1 }: MlpArgs, r: number, h: FloatArray, at: number): void {
  for (let k = 0; k < hidden; k++) h[at + k] = bias1[k]! + dot(x, r * width, weight1, k * width, width);
}

export function mlp(args: MlpForward): void {
  const { rows, width, hidden, x, weight2, bias2, kept, out } = args;
  const h = scratchLike(x, hidden);
  for (let r = 0; r < rows; r++) {
    hiddenRow(args, r, h, 0);
    kept?.set(h, r * hidden);
    for (let k = 0; k < hidden; k++) h[k] = gelu(h[k]!);
    for (let c = 0; c < width; c++) out[r * width + c] = bias2[c]! + dot(h, 0, weight2, c * hidden, hidden);
  }
}

/** Rows that are computed at a time. */
const BLOCK = 16;

/**
 * With h the hidden layer before the GELU, recomputed where it was not kept: dh = (dy · W2) ∘ gelu′(h),
 * dW2 += dyᵀ · gelu(h), dW1 += dhᵀ · x, dx += dh · W1, and the biases' column sums.
 */
export function mlpGradient(args: MlpGradient): void {
  const { rows, width, hidden, x, weight1, weight2, gradOut } = args;
  const { sets, kept, gradX, gradWeight1, gradBias1, gradWeight2, gradBias2 } = args;
  if (sets) gradX.fill(0, 0, rows * width);
  const slope = scratchLike(x, BLOCK * hidden); // h, then gelu′(h)
  const activated = scratchLike(x, BLOCK * hidden);
  const gradHidden = scratchLike(x, BLOCK * hidden);
  for (let from = 0; from < rows; from += BLOCK) {
    const count = Math.min(BLOCK, rows - from);
    gradHidden.fill(0);
    for (let r = 0; r < count; r++) {
      const at = (from + r) * hidden;
      if (kept) slope.set(kept.subarray(at, at + hidden), r * hidden);
      else hiddenRow(args, from + r, slope, r * hidden);
      const gradRow = { data: gradOut, at: (from + r) * width, step: 1 };
      addRows(gradHidden, r * hidden, gradRow, width, { data: weight2, at: 0, step: hidden }, hidden);
    }
    for (let i = 0; i < count * hidden; i++) {
      const cdf = normalCdf(slope[i]!);
      activated[i] = gelu(slope[i]!, cdf);
      slope[i] = geluGradient(slope[i]!, cdf);
      gradHidden[i]! *= slope[i]!;
    }
    kept?.set(gradHidden.subarray(0, count * hidden), from * hidden);
    for (let r = 0; r < count; r++) {
      const gradRow = { data: gradHidden, at: r * hidden, step: 1 };
      addRows(gradX, (from + r) * width, gradRow, hidden, { data: weight1, at: 0, step: width }, width);
    }
    for (let k = 0; k < hidden; k++) {
      const gradColumn = { data: gradHidden, at: k, step: hidden };
      addRows(gradWeight1, k * width, gradColumn, count, { data: x, at: from * width, step: width }, width);
      for (let r = 0; r < count; r++) gradBias1[k]! += gradHidden[r * hidden + k]!;
    }
    for (let c = 0; c < width; c++) {
      const gradColumn = { data: gradOut, at: from * width + c, step: width };
      addRows(gradWeight2, c * hidden, gradColumn, count, { data: activated, at: 0, step: hidden }, hidden);
      for (let r = 0; r < count; r++) gradBias2[c]! += gradOut[(from + r) * width + c]!;
    }
  }
}
