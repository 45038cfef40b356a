import type { SwigluMlpForward, SwigluMlpGradient } from '../types.js';
import { linear, linearGradient } from './linear.js';
import { scratchLike } from './vectors.js';

/** 1 / (1 + e^−x) */
function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export function swigluMlp(args: SwigluMlpForward): void {
  const { rows, width, hidden, x, weight1, weight2, gatesAndUps, out } = args;
  const bias = undefined;
  linear({ rows, inputs: width, outputs: 2 * hidden, x, weight: weight1, bias, out: gatesAndUps });
  const activated = scratchLike(x, rows * hidden);
  for (let i = 0; i < rows * hidden; i++) {
    const at = gateAt(i, hidden);
    const [gate, up] = [gatesAndUps[at]!, gatesAndUps[at + hidden]!];
    activated[i] = gate * sigmoid(gate) * up;
  }
  linear({ rows, inputs: hidden, outputs: width, x: activated, weight: weight2, bias, out });
}

/** With s the sigmoid: silu′(x) = s + x · s · (1 − s). */
export function swigluMlpGradient(args: SwigluMlpGradient): void {
  const { rows, width, hidden, x, weight1, weight2, gatesAndUps } = args;
  const { gradOut, sets, gradX, gradWeight1, gradWeight2 } = args;
  const activated = scratchLike(x, rows * hidden);
  const gradActivated = scratchLike(x, rows * hidden);
  const ofDown = { rows, inputs: hidden, outputs: width, x: activated, weight: weight2, gradOut, gradBias: undefined };
  linearGradient({ ...ofDown, sets: true, gradX: gradActivated, gradWeight: undefined });
  for (let i = 0; i < rows * hidden; i++) {
    const grad = gradActivated[i]!;
    const at = gateAt(i, hidden);
    const [gate, up] = [gatesAndUps[at]!, gatesAndUps[at + hidden]!];
    const s = sigmoid(gate);
    activated[i] = gate * s * up;
    gatesAndUps[at] = grad * up * (s + gate * s * (1 - s));
    gatesAndUps[at + hidden] = grad * gate * s;
  }
  linearGradient({ ...ofDown, sets: true, gradX: undefined, gradWeight: gradWeight2 });
  const ofUp = { rows, inputs: width, outputs: 2 * hidden, x, weight: weight1, gradOut: gatesAndUps };
  linearGradient({ ...ofUp, sets, gradX, gradWeight: gradWeight1, gradBias: undefined });
}

/** Index of the gate of the i-th output: a row has all gates, then all ups. */
function gateAt(i: number, hidden: number): number {
  return i + Math.floor(i / hidden) * hidden;
}
