import type { CrossEntropyForward, CrossEntropyGradient, LogSoftmax } from '../types.js';

/** log Σ exp(logits · scale) of the `count` logits from `at`. */
function logSumExp(logits: ArrayLike<number>, at: number, count: number, scale: number): number {
  let max = -Infinity;
  for (let v = 0; v < count; v++) max = Math.max(max, logits[at + v]! * scale);
  let sum = 0;
  for (let v = 0; v < count; v++) sum += Math.exp(logits[at + v]! * scale - max);
  return max + Math.log(sum);
}

export function crossEntropy({ rows, vocabulary, logits, targets, nll, correct }: CrossEntropyForward): void {
  for (let r = 0; r < rows; r++) {
    const at = r * vocabulary;
    let best = 0;
    for (let v = 1; v < vocabulary; v++) if (logits[at + v]! > logits[at + best]!) best = v;
    nll[r] = logSumExp(logits, at, vocabulary, 1) - logits[at + targets[r]!]!;
    correct[r] = best === targets[r] ? 1 : 0;
  }
}

export function crossEntropyGradient(args: CrossEntropyGradient): void {
  const { rows, vocabulary, logits, targets, scale, softShare, soft, gradLogits } = args;
  for (let r = 0; r < rows; r++) {
    const at = r * vocabulary;
    const total = logSumExp(logits, at, vocabulary, 1);
    for (let v = 0; v < vocabulary; v++) gradLogits[at + v] = scale * Math.exp(logits[at + v]! - total);
    gradLogits[at + targets[r]!]! -= scale * (1 - softShare);
    if (softShare === 0) continue;
    const part = scale * softShare;
    for (let v = 0; v < vocabulary; v++) gradLogits[at + v]! -= part * (soft ? soft[at + v]! : 1 / vocabulary);
  }
}

export function logSoftmax({ rows, vocabulary, logits, temperature, out }: LogSoftmax): void {
  for (let r = 0; r < rows; r++) {
    const at = r * vocabulary;
    const total = logSumExp(logits, at, vocabulary, 1 / temperature);
    for (let v = 0; v < vocabulary; v++) out[at + v] = logits[at + v]! / temperature - total;
  }
}
