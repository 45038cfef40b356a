import { LetterpressError } from '../errors.js';
import type { Corpus } from './types.js';

/**
 * The corpus with only the first `n` training texts: the notebook's `num_training_data`. Validation and test stay whole.
 *
 * @throws BAD_OPTION when `n` is no integer from 1 to the number of training texts
 */
export function limitTrain(corpus: Corpus, n: number): Corpus {
  const { train } = corpus.splits;
  if (!Number.isSafeInteger(n) || n < 1 || n > train.length)
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a limit of 1 to ${train.length} training texts of ${corpus.name}, got ${n}`,
      'Give a whole number in that range, or no limit to train on all texts.',
    );
  return { ...corpus, splits: { ...corpus.splits, train: train.slice(0, n) } };
}
