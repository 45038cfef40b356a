import type { Backend, FloatArray } from '../../backend/types.js';
import { exchange } from './exchange.js';
import type { TakeNumbers, WeightAverage } from './weight-average.js';

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
 * step, average ← d · average + (1 − d) · weights, with d of {@link decayAt}.
 */
export class ExponentialAverage implements WeightAverage {
  private readonly average: FloatArray;

  constructor(
    private readonly backend: Backend,
    private readonly weights: FloatArray,
    private readonly decay: number,
  ) {
    this.average = weights.slice();
  }

  afterStep(step: number): void {
    const { average, weights } = this;
    const kept = decayAt(step, this.decay);
    this.backend.weightedSum({ length: average.length, x: average, scaleX: kept, y: weights, scaleY: 1 - kept, out: average }); // prettier-ignore
  }

  afterEpoch(): void {
    // The average is kept up to date step by step.
  }

  swap(): void {
    exchange(this.average, this.weights);
  }

  state(): ReadonlyMap<string, FloatArray> {
    return new Map([['average.weights', this.average]]);
  }

  restore(take: TakeNumbers): void {
    this.average.set(take('average.weights', this.average.length));
  }
}
