import { rotary, rotaryGradient } from './rotary.js';
import { LAYER_NORM_EPSILON, type FloatArray, type QueryKeyNormArgs } from '../types.js';

/** 1 / √(mean of squares + ε) of `width` numbers. */
function inverseSize(x: FloatArray, at: number, width: number): number {
  let squares = 0;
  for (let c = 0; c < width; c++) squares += x[at + c]! ** 2;
  return 1 / Math.sqrt(squares / width + LAYER_NORM_EPSILON);
}

export function queryKeyNorm(args: QueryKeyNormArgs): void {
  const { rows, heads, headWidth, qkv, keyWeight, queryWeight, table, positions, out } = args;
  out.set(qkv.subarray(0, rows * 3 * heads * headWidth));
  for (let r = 0; r < rows; r++) {
    for (let head = 0; head < 2 * heads; head++) {
      const weight = head < heads ? keyWeight : queryWeight;
      const at = (r * 3 * heads + head) * headWidth;
      const inverse = inverseSize(qkv, at, headWidth);
      for (let c = 0; c < headWidth; c++) out[at + c] = qkv[at + c]! * inverse * weight[c]!;
    }
  }
  if (table && positions) rotary({ rows, heads, headWidth, table, positions, qkv: out });
}

interface QueryKeyNormGradient extends Omit<QueryKeyNormArgs, 'out'> {
  readonly gradOut: FloatArray;
  readonly gradQkv: FloatArray;
  readonly gradKeyWeight: FloatArray;
  readonly gradQueryWeight: FloatArray;
}

/** With x̂ = x / size and g = dy ∘ w: dx = (g − x̂ · mean(g ∘ x̂)) / size, dw += dy ∘ x̂. */
export function queryKeyNormGradient(args: QueryKeyNormGradient): void {
  const { rows, heads, headWidth, qkv, keyWeight, queryWeight, table, positions } = args;
  const { gradOut, gradQkv, gradKeyWeight, gradQueryWeight } = args;
  gradQkv.set(gradOut.subarray(0, rows * 3 * heads * headWidth));
  if (table && positions) rotaryGradient({ rows, heads, headWidth, table, positions, gradQkv });
  for (let r = 0; r < rows; r++) {
    for (let head = 0; head < 2 * heads; head++) {
      const [weight, gradWeight] = head < heads ? [keyWeight, gradKeyWeight] : [queryWeight, gradQueryWeight];
      const at = (r * 3 * heads + head) * headWidth;
      const inverse = inverseSize(qkv, at, headWidth);
      let dot = 0; // Σ g ∘ x̂
      for (let c = 0; c < headWidth; c++) {
        const normal = qkv[at + c]! * inverse;
        gradWeight[c]! += gradQkv[at + c]! * normal;
        dot += gradQkv[at + c]! * weight[c]! * normal;
      }
      for (let c = 0; c < headWidth; c++) {
        const normal = qkv[at + c]! * inverse;
        gradQkv[at + c] = inverse * (gradQkv[at + c]! * weight[c]! - (normal * dot) / headWidth);
      }
    }
  }
}
