import type { LinearForward, LinearGradient } from '../types.js';
import { addRows, dot } from './vectors.js';

/** out = x · Wᵀ + b */
export function linear({ rows, inputs, outputs, x, weight, bias, out }: LinearForward): void {
  for (let r = 0; r < rows; r++) {
    for (let o = 0; o < outputs; o++) {
      out[r * outputs + o] = (bias ? bias[o]! : 0) + dot(x, r * inputs, weight, o * inputs, inputs);
    }
  }
}

/** dx += dy · W (or dx = dy · W), dW += dyᵀ · x, db += Σ rows of dy */
export function linearGradient(args: LinearGradient): void {
  const { rows, inputs, outputs, x, weight, gradOut, gradX, gradWeight, gradBias } = args;
  if (args.sets) gradX?.fill(0, 0, rows * inputs);
  for (let r = 0; gradX && r < rows; r++) {
    const gradRow = { data: gradOut, at: r * outputs, step: 1 };
    addRows(gradX, r * inputs, gradRow, outputs, { data: weight, at: 0, step: inputs }, inputs);
  }
  for (let o = 0; o < outputs; o++) {
    const gradColumn = { data: gradOut, at: o, step: outputs };
    if (gradWeight) {
      addRows(gradWeight, o * inputs, gradColumn, rows, { data: x, at: 0, step: inputs }, inputs);
    }
    if (gradBias) for (let r = 0; r < rows; r++) gradBias[o]! += gradOut[r * outputs + o]!;
  }
}
