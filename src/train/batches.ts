import { Random } from '../random.js';
import type { TrainingSettings } from './settings.js';

/** Texts of similar length are sought among this many batches of shuffled texts. */
const POOL_BATCHES = 32;

/**
 * The texts of each batch of one epoch: a function of seed and epoch alone. Every text comes once; the last batch may
 * be smaller.
 *
 * `similar-lengths` shuffles the texts, sorts pools of 32 batches by length, cuts them into batches and shuffles those:
 * batches stay random, and have texts of about one length.
 *
 * @param lengths characters of each text
 */
export function epochBatches(
  lengths: ArrayLike<number>,
  settings: Pick<TrainingSettings, 'batch' | 'batching'>,
  seed: number,
  epoch: number,
): Uint32Array[] {
  const random = new Random(seed, 'shuffle', epoch);
  const order = random.permutation(lengths.length);
  const { batch } = settings;
  if (settings.batching === 'shuffled') return cut(order, batch);
  const pool = batch * POOL_BATCHES;
  for (let from = 0; from < order.length; from += pool) {
    const part = order.subarray(from, from + pool);
    // The sort is stable, so texts of one length keep their shuffled order.
    part.set([...part].sort((a, b) => lengths[a]! - lengths[b]!));
  }
  const batches = cut(order, batch);
  return Array.from(random.permutation(batches.length), (i) => batches[i]!);
}

function cut(order: Uint32Array, batch: number): Uint32Array[] {
  const batches: Uint32Array[] = [];
  for (let from = 0; from < order.length; from += batch) batches.push(order.subarray(from, from + batch));
  return batches;
}
