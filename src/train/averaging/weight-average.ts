import type { FloatArray } from '../../backend/types.js';

/** Takes so many numbers of that name out of a checkpoint. Throws BAD_RUN when they are not there. */
export type TakeNumbers = (name: string, length: number) => Float32Array;

/**
 * An average of a model's weights over the course of its training. The average is what is validated, kept and sampled;
 * the training goes on with the weights themselves.
 */
export interface WeightAverage {
  /** To be called after each optimiser step. @param step steps done before it */
  afterStep(step: number): void;
  /** To be called after the last step of each epoch, before the average is used. */
  afterEpoch(): void;
  /** Exchanges the average and the model's weights; done twice, all is as it was. */
  swap(): void;
  /** What a checkpoint has to hold, by name. */
  state(): ReadonlyMap<string, FloatArray>;
  /** Goes on from a checkpoint. @param epochs epochs finished before it */
  restore(take: TakeNumbers, epochs: number): void;
}
