import type { FloatArray } from '../backend/types.js';

/**
 * A matrix or vector of numbers and, where it has one, its gradient. Tensors are views: parameters of the model's flat
 * buffer, activations of the step's arena.
 */
export interface Tensor {
  readonly shape: readonly number[];
  /** Row-major values, product(shape) of them. */
  readonly data: FloatArray;
  /** Same layout as `data`; absent where no gradient flows. */
  readonly grad: FloatArray | undefined;
}

export function rowsOf(tensor: Tensor): number {
  return tensor.shape[0] ?? 0;
}

export function columnsOf(tensor: Tensor): number {
  return tensor.shape[1] ?? 1;
}

/** Product of a shape: its number of elements. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
