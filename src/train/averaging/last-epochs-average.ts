import type { FloatArray } from '../../backend/types.js';
import { exchange } from './exchange.js';
import type { TakeNumbers, WeightAverage } from './weight-average.js';

/**
 * Mean of the weights after each of the last epochs, or of all epochs while there are fewer ("latest weight averaging":
 * Kaddour, "Stop wasting my time!", 2022). Holds a copy of the weights for each of them.
 */
export class LastEpochsAverage implements WeightAverage {
  /** Weights after the last epochs, the oldest first. */
  private readonly snapshots: FloatArray[] = [];
  private readonly mean: FloatArray;

  constructor(
    private readonly weights: FloatArray,
    private readonly epochs: number,
  ) {
    this.mean = weights.slice();
  }

  afterStep(): void {
    // Only the weights at the end of an epoch count.
  }

  afterEpoch(): void {
    const oldest = this.snapshots.length === this.epochs ? this.snapshots.shift() : undefined;
    const snapshot = oldest ?? this.weights.slice();
    snapshot.set(this.weights);
    this.snapshots.push(snapshot);
    this.computeMean();
  }

  swap(): void {
    exchange(this.mean, this.weights);
  }

  state(): ReadonlyMap<string, FloatArray> {
    return new Map(this.snapshots.map((snapshot, i) => [nameOf(i), snapshot]));
  }

  restore(take: TakeNumbers, epochs: number): void {
    this.snapshots.length = 0;
    for (let i = 0; i < Math.min(epochs, this.epochs); i++) {
      this.snapshots.push(take(nameOf(i), this.weights.length));
    }
    if (this.snapshots.length > 0) this.computeMean();
  }

  private computeMean(): void {
    const { snapshots, mean } = this;
    for (let i = 0; i < mean.length; i++) {
      let sum = 0;
      for (const snapshot of snapshots) sum += snapshot[i]!;
      mean[i] = sum / snapshots.length;
    }
  }
}

function nameOf(i: number): string {
  return `average.epoch.${i}`;
}
