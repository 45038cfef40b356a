import type { Backend, FloatArray } from '../backend/types.js';

/**
 * Decay of the average at a step: `decay`, but less at first, min(decay, (1 + t) / (10 + t)), so that the starting
 * weights are soon forgotten.
 *
 * @param step steps done before this one
 */
export function decayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}

/**
 * Exponential moving average (EMA) of the weights (Polyak and Juditsky, 1992, in the form of today's deep learning):
 * after each step, average ← d · average + (1 − d) · weights, with d of {@link decayAt}.
 */
export class ExponentialAverage {
  /**
   * @param weights the model's flat buffer of parameters
   * @param average where the average is kept, as long as `weights`
   */
  constructor(
    private readonly backend: Backend,
    private readonly weights: FloatArray,
    private readonly average: FloatArray,
    private readonly decay: number,
  ) {
    average.set(weights);
  }

  /** To be called after each optimiser step. @param step steps done before it */
  update(step: number): void {
    const { average, weights } = this;
    const kept = decayAt(step, this.decay);
    this.backend.weightedSum({
      length: average.length,
      x: average,
      scaleX: kept,
      y: weights,
      scaleY: 1 - kept,
      out: average,
    });
  }

  /** The arrays of a checkpoint by name, to be read or written. */
  state(): ReadonlyMap<string, FloatArray> {
    return new Map([['average.weights', this.average]]);
  }
}
