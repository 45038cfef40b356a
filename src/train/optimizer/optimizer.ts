import type { FloatArray } from '../../backend/types.js';
import type { ParameterKind } from '../../nn/parameters.js';

export interface OptimizerOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** Which parameters have weight decay: `all` as PyTorch's default, or matrices and embeddings only. */
  readonly decayOn: 'all' | 'matrices';
}

export const PYTORCH_ADAMW: OptimizerOptions = {
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  weightDecay: 0.01,
  decayOn: 'all',
};

/** Updates a model's parameters by their gradients, which lie in its flat buffers. */
export interface Optimizer {
  step: number;
  /** √Σ g²: the norm of the whole gradient. */
  gradientNorm(): number;
  /** One update with the gradients times `gradientScale` (1 by default). */
  update(learningRate: number, gradientScale?: number): void;
  /** The arrays of a checkpoint by name, to be read or written. */
  state(): ReadonlyMap<string, FloatArray>;
}

/** Factor that brings a gradient of that norm down to the bound (Pascanu, Mikolov and Bengio, 2013). */
export function gradientScale(norm: number, bound: number | null): number {
  return bound !== null && norm > bound ? bound / norm : 1;
}

const DECAYS: Readonly<Record<ParameterKind, boolean>> = {
  matrix: true,
  embedding: true,
  bias: false,
  norm: false,
};

export function decayOf(kind: ParameterKind, { decayOn, weightDecay }: OptimizerOptions): number {
  return decayOn === 'all' || DECAYS[kind] ? weightDecay : 0;
}
