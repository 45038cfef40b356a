import type { Backend, FloatArray } from '../../backend/types.js';
import type { TrainingSettings } from '../settings.js';
import { ExponentialAverage } from './exponential-average.js';
import { LastEpochsAverage } from './last-epochs-average.js';
import type { WeightAverage } from './weight-average.js';

/**
 * The average that the settings ask for, or none.
 *
 * @param weights the model's flat buffer of parameters, which stays the same array
 */
export function chooseAverage(
  averaging: TrainingSettings['averaging'],
  backend: Backend,
  weights: FloatArray,
): WeightAverage | undefined {
  if (averaging === null) return undefined;
  return averaging.kind === 'ema'
    ? new ExponentialAverage(backend, weights, averaging.decay)
    : new LastEpochsAverage(weights, averaging.epochs);
}
