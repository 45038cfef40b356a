import type { MlpArgs, MlpForward, MlpGradient } from '../types.js';
import { gelu, geluGradient } from './gelu.js';

/** The hidden layer of row r before the GELU. */
function hiddenRow({ width, hidden, x, weight1, bias1 }: MlpArgs, r: number, h: Float64Array): void {
  for (let k = 0; k < hidden; k++) {
    let sum = bias1[k]!;
    for (let c = 0; c < width; c++) sum += x[r * width + c]! * weight1[k * width + c]!;
    h[k] = sum;
  }
}

export function mlp(args: MlpForward): void {
  const { rows, width, hidden, weight2, bias2, out } = args;
  const h = new Float64Array(hidden);
  for (let r = 0; r < rows; r++) {
    hiddenRow(args, r, h);
    for (let k = 0; k < hidden; k++) h[k] = gelu(h[k]!);
    for (let c = 0; c < width; c++) {
      let sum = bias2[c]!;
      for (let k = 0; k < hidden; k++) sum += h[k]! * weight2[c * hidden + k]!;
      out[r * width + c] = sum;
    }
  }
}

/** The hidden layer is computed again rather than kept: it is the widest thing in the model. */
export function mlpGradient(args: MlpGradient): void {
  const { rows, width, hidden, x, weight1, weight2, gradOut } = args;
  const { gradX, gradWeight1, gradBias1, gradWeight2, gradBias2 } = args;
  const h = new Float64Array(hidden);
  for (let r = 0; r < rows; r++) {
    hiddenRow(args, r, h);
    for (let c = 0; c < width; c++) gradBias2[c]! += gradOut[r * width + c]!;
    for (let k = 0; k < hidden; k++) {
      const activated = gelu(h[k]!);
      let g = 0;
      for (let c = 0; c < width; c++) {
        const go = gradOut[r * width + c]!;
        g += go * weight2[c * hidden + k]!;
        gradWeight2[c * hidden + k]! += go * activated;
      }
      g *= geluGradient(h[k]!);
      gradBias1[k]! += g;
      for (let c = 0; c < width; c++) {
        gradX[r * width + c]! += g * weight1[k * width + c]!;
        gradWeight1[k * width + c]! += g * x[r * width + c]!;
      }
    }
  }
}
