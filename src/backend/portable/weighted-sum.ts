import type { WeightedSum } from '../types.js';

/** out = scaleX · x + scaleY · y */
export function weightedSum({ length, x, y, scaleX, scaleY, out }: WeightedSum): void {
  for (let i = 0; i < length; i++) out[i] = scaleX * x[i]! + scaleY * y[i]!;
}
