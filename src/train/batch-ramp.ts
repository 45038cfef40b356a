import type { TrainingSettings } from './settings.js';

/** What says how large the batches of an epoch are. */
export type BatchSettings = Pick<TrainingSettings, 'batch' | 'batchRamp' | 'epochs'>;

/**
 * Texts of a batch in one epoch: `batch`, or with a ramp from `from` in epoch 0 linearly to `batch`, which is reached after
 * `share` of the planned epochs.
 */
export function batchSizeOf({ batch, batchRamp, epochs }: BatchSettings, epoch: number): number {
  if (batchRamp === null) return batch;
  const { from, share } = batchRamp;
  return Math.round(from + (batch - from) * Math.min(1, epoch / (share * epochs)));
}

/** Steps of one epoch of so many texts. */
export function stepsOfEpoch(settings: BatchSettings, texts: number, epoch: number): number {
  return Math.ceil(texts / batchSizeOf(settings, epoch));
}

/** Steps of all planned epochs. */
export function totalSteps(settings: BatchSettings, texts: number): number {
  let steps = 0;
  for (let epoch = 0; epoch < settings.epochs; epoch++) steps += stepsOfEpoch(settings, texts, epoch);
  return steps;
}
