import type { LinearForward, LinearGradient } from '../types.js';

/** out = x · Wᵀ + b */
export function linear({ rows, inputs, outputs, x, weight, bias, out }: LinearForward): void {
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      let sum = bias ? bias[o]! : 0;
      for (let i = 0; i < inputs; i++) sum += x[r * inputs + i]! * weight[o * inputs + i]!;
      out[r * outputs + o] = sum;
    }
  }
}

/** dx += dy · W, dW += dyᵀ · x, db += Σ rows of dy */
export function linearGradient(args: LinearGradient): void {
  const { rows, inputs, outputs, x, weight, gradOut, gradX, gradWeight, gradBias } = args;
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      const g = gradOut[r * outputs + o]!;
      if (gradBias) gradBias[o]! += g;
      for (let i = 0; i < inputs; i++) {
        gradX[r * inputs + i]! += g * weight[o * inputs + i]!;
        gradWeight[o * inputs + i]! += g * x[r * inputs + i]!;
      }
    }
  }
}
