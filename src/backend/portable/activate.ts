import type { ActivateForward, ActivateGradient } from '../types.js';
import { dropoutFactor } from './dropout.js';
import { gelu, geluGradient, normalCdf } from './gelu.js';

/** 1 / (1 + e^−x) */
function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function activate({ kind, rows, hidden, x, dropout, out }: ActivateForward): void {
  for (let i = 0; i < rows * hidden; i++) {
    const factor = dropoutFactor(dropout, i);
    if (kind === 'gelu') out[i] = gelu(x[i]!) * factor;
    else {
      const at = gateAt(i, hidden);
      const [gate, up] = [x[at]!, x[at + hidden]!];
      out[i] = gate * sigmoid(gate) * up * factor;
    }
  }
}

/** With s the sigmoid: silu′(x) = s + x · s · (1 − s). */
export function activateGradient({ kind, rows, hidden, x, dropout, gradOut, gradX }: ActivateGradient): void {
  for (let i = 0; i < rows * hidden; i++) {
    const grad = gradOut[i]! * dropoutFactor(dropout, i);
    if (kind === 'gelu') gradX[i]! += grad * geluGradient(x[i]!, normalCdf(x[i]!));
    else {
      const at = gateAt(i, hidden);
      const [gate, up] = [x[at]!, x[at + hidden]!];
      const s = sigmoid(gate);
      gradX[at]! += grad * up * (s + gate * s * (1 - s));
      gradX[at + hidden]! += grad * gate * s;
    }
  }
}

/** Where the gate of the i-th output is: rows have all gates, then all that they gate. */
function gateAt(i: number, hidden: number): number {
  return i + Math.floor(i / hidden) * hidden;
}
