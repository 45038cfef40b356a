import type { Backend, FloatArray } from '../backend/types.js';

/**
 * Share of the average that a step leaves: `decay`, but less in the first steps, min(decay, (1 + t) / (10 + t)), so that
 * the weights that the training began with are soon forgotten.
 *
 * @param step steps done before this one
 */
export function decayAt(step: number, decay: number): number {
  return Math.min(decay, (1 + step) / (10 + step));
}

/**
 * Exponential moving average of the weights (Polyak and Juditsky, 1992, in the form of today's deep learning): after each
 * step, average ← d · average + (1 − d) · weights, with d of {@link decayAt}. The average is what is validated, kept and
 * sampled; the training goes on with the weights themselves.
 */
export class ExponentialAverage {
  private readonly average: FloatArray;

  /** @param weights the model's flat buffer of parameters, which stays the same array */
  constructor(
    private readonly backend: Backend,
    private readonly weights: FloatArray,
    private readonly decay: number,
  ) {
    this.average = weights.slice();
  }

  /** To be called after each optimiser step. @param step steps done before it */
  afterStep(step: number): void {
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

  /** Exchanges the average and the model's weights, in place; done twice, all is as it was. */
  swap(): void {
    const { average, weights } = this;
    for (let i = 0; i < weights.length; i++) {
      const kept = average[i]!;
      average[i] = weights[i]!;
      weights[i] = kept;
    }
  }

  /** What a checkpoint has to hold, by name: the arrays themselves, to be read or written. */
  state(): ReadonlyMap<string, FloatArray> {
    return new Map([['average.weights', this.average]]);
  }
}
