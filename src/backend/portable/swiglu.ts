import type { SwigluForward, SwigluGradient } from '../types.js';

/** 1 / (1 + e^−x) */
function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function swiglu({ rows, hidden, x, out }: SwigluForward): void {
  for (let i = 0; i < rows * hidden; i++) {
    const at = gateAt(i, hidden);
    const [gate, up] = [x[at]!, x[at + hidden]!];
    out[i] = gate * sigmoid(gate) * up;
  }
}

/** With s the sigmoid: silu′(x) = s + x · s · (1 − s). */
export function swigluGradient({ rows, hidden, x, gradOut, gradX }: SwigluGradient): void {
  for (let i = 0; i < rows * hidden; i++) {
    const grad = gradOut[i]!;
    const at = gateAt(i, hidden);
    const [gate, up] = [x[at]!, x[at + hidden]!];
    const s = sigmoid(gate);
    gradX[at] = grad * up * (s + gate * s * (1 - s));
    gradX[at + hidden] = grad * gate * s;
  }
}

/** Index of the gate of the i-th output: a row has all gates, then all ups. */
function gateAt(i: number, hidden: number): number {
  return i + Math.floor(i / hidden) * hidden;
}
