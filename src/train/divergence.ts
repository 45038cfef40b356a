import type { Backend, FloatArray } from '../backend/types.js';
import type { Parameters } from '../nn/parameters.js';

/** Halvings of the learning rate before a training that diverges again is stopped. */
export const MAX_HALVINGS = 5;

/** A number that is not finite, and where it was found. */
export interface NonFinite {
  /** E.g. `the loss` or `the gradient of embedding.weight`: one thing, which was NaN. */
  readonly where: string;
  readonly value: number;
}

/** The first parameter with a gradient that is not finite. @param norm of the whole gradient, which is not finite */
export function nonFiniteGradient({ specs, gradients }: Parameters, norm: number): NonFinite {
  for (const { name, offset, length } of specs) {
    const value = gradients.subarray(offset, offset + length).find((each) => !Number.isFinite(each));
    if (value !== undefined) return { where: `the gradient of ${name}`, value };
  }
  return { where: 'the norm of the gradient', value: norm };
}

/** The first of some arrays with a number that is not finite; the backend's sum of squares tells, in one fast pass. */
export function nonFiniteState(
  backend: Backend,
  arrays: ReadonlyMap<string, FloatArray>,
  { specs }: Pick<Parameters, 'specs'>,
): NonFinite | undefined {
  for (const [name, x] of arrays) {
    if (x.length === 0 || Number.isFinite(backend.sumOfSquares({ length: x.length, x }))) continue;
    const at = x.findIndex((each) => !Number.isFinite(each));
    if (at < 0) continue;
    const parameter = name === 'weights' ? specs.find(({ offset, length }) => at < offset + length)?.name : undefined;
    return { where: parameter === undefined ? `a number of ${name}` : `a weight of ${parameter}`, value: x[at]! };
  }
  return undefined;
}
