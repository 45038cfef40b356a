import { LetterpressError } from '../errors.js';
import { asRunError } from '../model/load-model.js';
import { float32Tensors } from '../model/saved-model.js';
import { parseModelConfig } from '../nn/config.js';
import { DecoderTransformer } from '../nn/decoder-transformer.js';
import { FolderLock } from '../runs/folder-lock.js';
import { loadCheckpoint, loadWeights, readConfig } from '../runs/reader.js';
import { RESTORE } from '../runs/schema.js';
import { RunWriter } from '../runs/writer.js';
import { BEST_WEIGHTS, bestEpochOf, namedTensors } from './checkpoint.js';

/**
 * Writes the best weights of a run again, from its checkpoint, where model.safetensors was lost or damaged.
 *
 * @returns whether they were written: not where they are there, nor where the checkpoint has none
 * @throws LetterpressError BAD_RUN for a damaged checkpoint, or one that does not fit the model; IN_USE while the run
 *   is trained
 */
export function restoreWeights(folder: string): boolean {
  if (hasWeights(folder)) return false;
  const config = readConfig(folder);
  const checkpoint = loadCheckpoint(folder);
  if (checkpoint === undefined) return false;
  const values = float32Tensors(checkpoint.tensors).get(BEST_WEIGHTS)?.data ?? new Float32Array(0);
  if (values.length === 0) return false;
  const { parameters } = new DecoderTransformer(asRunError(() => parseModelConfig(config.model)));
  if (values.length !== parameters.count) {
    throw new LetterpressError(
      'BAD_RUN',
      `the checkpoint of ${folder} has ${values.length} best weights, the model of config.json ${parameters.count}`,
      RESTORE,
    );
  }
  const lock = FolderLock.acquire(folder);
  try {
    RunWriter.open(folder, config, lock).writeWeights(
      namedTensors(parameters, { values }),
      bestEpochOf(checkpoint.meta),
    );
  } finally {
    lock.release();
  }
  return true;
}

/**
 * Whether a run has its best weights, whole.
 *
 * @param epoch which they must be of, where it is given
 */
export function hasWeights(folder: string, epoch?: number): boolean {
  try {
    const weights = loadWeights(folder);
    return weights.tensors.size > 0 && (epoch === undefined || weights.epoch === epoch);
  } catch (error) {
    if (error instanceof LetterpressError && error.code === 'BAD_RUN') return false;
    throw error;
  }
}
