import type { AdamW, Clear, SumOfSquares, WeightedSum } from '../types.js';

/** AdamW as in PyTorch: decay first, then the bias-corrected step. */
export function adamW(args: AdamW): void {
  const { parameters, gradients, firstMoments, secondMoments, segmentEnds, segmentDecay } = args;
  const { learningRate, beta1, beta2, epsilon, step, gradientScale } = args;
  const correction1 = 1 - beta1 ** step;
  const correction2 = Math.sqrt(1 - beta2 ** step);
  let from = 0;
  for (let s = 0; s < segmentEnds.length; s++) {
    const shrink = 1 - learningRate * segmentDecay[s]!;
    for (let i = from; i < segmentEnds[s]!; i++) {
      const g = gradients[i]! * gradientScale;
      const m = beta1 * firstMoments[i]! + (1 - beta1) * g;
      const v = beta2 * secondMoments[i]! + (1 - beta2) * g * g;
      firstMoments[i] = m;
      secondMoments[i] = v;
      const denominator = Math.sqrt(v) / correction2 + epsilon;
      parameters[i] = parameters[i]! * shrink - ((learningRate / correction1) * m) / denominator;
    }
    from = segmentEnds[s]!;
  }
}

export function clear({ length, x }: Clear): void {
  x.fill(0, 0, length);
}

export function weightedSum({ length, x, y, scaleX, scaleY, out }: WeightedSum): void {
  for (let i = 0; i < length; i++) out[i] = scaleX * x[i]! + scaleY * y[i]!;
}

export function sumOfSquares({ length, x }: SumOfSquares): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += x[i]! * x[i]!;
  return sum;
}
