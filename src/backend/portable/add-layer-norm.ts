import {
  LAYER_NORM_EPSILON,
  type AddLayerNormArgs,
  type AddLayerNormForward,
  type AddLayerNormGradient,
} from '../types.js';
import { dropoutFactor } from './dropout.js';

/** Row r of x + dropout(update), shifted and scaled to mean 0 and variance 1, into `normal`; returns 1/σ. */
function normalizeRow(args: AddLayerNormArgs, r: number, normal: Float64Array): number {
  const { width, x, update, dropout } = args;
  let mean = 0;
  for (let c = 0; c < width; c++) {
    const i = r * width + c;
    const sum = update ? x[i]! + update[i]! * dropoutFactor(dropout, i) : x[i]!;
    normal[c] = sum;
    mean += sum;
  }
  mean /= width;
  let variance = 0;
  for (let c = 0; c < width; c++) {
    const d = normal[c]! - mean;
    normal[c] = d;
    variance += d * d;
  }
  const inverse = 1 / Math.sqrt(variance / width + LAYER_NORM_EPSILON);
  for (let c = 0; c < width; c++) normal[c]! *= inverse;
  return inverse;
}

export function addLayerNorm(args: AddLayerNormForward): void {
  const { rows, width, weight, bias, out } = args;
  const normal = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    normalizeRow(args, r, normal);
    for (let c = 0; c < width; c++) out[r * width + c] = normal[c]! * weight[c]! + bias[c]!;
  }
}

export function addLayerNormGradient(args: AddLayerNormGradient): void {
  const { rows, width, dropout, weight, gradOut, gradX, gradUpdate, gradWeight, gradBias } = args;
  if (args.sets) for (const each of [gradX, gradUpdate]) each?.fill(0, 0, rows * width);
  const normal = new Float64Array(width);
  for (let r = 0; r < rows; r++) {
    const inverse = normalizeRow(args, r, normal);
    let sum = 0; // Σ g·w
    let dot = 0; // Σ g·w·x̂
    for (let c = 0; c < width; c++) {
      const g = gradOut[r * width + c]!;
      gradWeight[c]! += g * normal[c]!;
      gradBias[c]! += g;
      sum += g * weight[c]!;
      dot += g * weight[c]! * normal[c]!;
    }
    const mean = sum / width;
    for (let c = 0; c < width; c++) {
      const i = r * width + c;
      const g = inverse * (gradOut[i]! * weight[c]! - mean - (normal[c]! * dot) / width);
      gradX[i]! += g;
      if (gradUpdate) gradUpdate[i]! += g * dropoutFactor(dropout, i);
    }
  }
}
