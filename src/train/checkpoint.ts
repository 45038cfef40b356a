import { LetterpressError } from '../errors.js';
import { float32Tensors } from '../model/load-model.js';
import type { Parameters } from '../nn/parameters.js';
import type { Checkpoint } from '../runs/reader.js';
import { float32Tensor, type TensorData } from '../runs/safetensors.js';
import { parseFile, SCHEMA_VERSION, type CheckpointMeta } from '../runs/schema.js';
import type { Trainer } from './trainer.js';
import { trainerProgressSchema, type TrainerProgress } from './trainer-state.js';

/** Prefix of the model's parameters among a checkpoint's tensors. */
const WEIGHTS = 'weights.';
const BEST_WEIGHTS = 'best_weights';

/**
 * Everything that resuming a trainer needs.
 *
 * @param seconds of the run so far
 */
export function checkpointOf(trainer: Trainer, seconds: number): Checkpoint {
  const { state, sums, model, bestWeights } = trainer;
  const tensors = namedTensors(model.parameters, WEIGHTS);
  for (const [name, data] of [...statesOf(trainer), [BEST_WEIGHTS, bestWeights] as const])
    tensors.set(name, float32Tensor([data.length], Float32Array.from(data)));
  const { bestEpoch, bestValNll, patience, step } = state;
  const meta: CheckpointMeta = {
    schemaVersion: SCHEMA_VERSION,
    epoch: state.epoch - 1,
    step,
    bestEpoch,
    bestValNll,
    patience,
    trainer: { state: { ...state }, sums: { ...sums } },
    seconds,
  };
  return { meta, tensors };
}

/** @throws LetterpressError BAD_RUN for a damaged checkpoint */
export function progressOf({ meta }: Checkpoint, folder: string): TrainerProgress {
  return parseFile(trainerProgressSchema, meta['trainer'], `${folder}, checkpoint`);
}

/**
 * Gives a trainer the weights and moments of a checkpoint.
 *
 * @throws LetterpressError BAD_RUN for tensors that do not fit
 */
export function restoreTensors(trainer: Trainer, { tensors }: Checkpoint, folder: string): void {
  const floats = float32Tensors(tensors);
  const { model, state } = trainer;
  const take = (name: string, length: number): Float32Array => {
    const data = floats.get(name)?.data;
    if (data?.length !== length) {
      throw new LetterpressError(
        'BAD_RUN',
        `the checkpoint of ${folder} should have ${length} numbers under ${name}, but has ${data?.length ?? 'none'}`,
        'Restore it from a copy, or train again, replacing the run (force).',
      );
    }
    floats.delete(name);
    return data;
  };
  for (const [name, data] of statesOf(trainer)) data.set(take(name, data.length));
  trainer.bestWeights = take(BEST_WEIGHTS, state.bestEpoch < 0 ? 0 : model.parameters.count);
  model.parameters.load(new Map([...floats].map(([name, tensor]) => [name.replace(WEIGHTS, ''), tensor])));
}

/** A model's parameters by name, as files have them. */
export function namedTensors(parameters: Parameters, prefix = ''): Map<string, TensorData> {
  const named = [...parameters.toMap()];
  return new Map(named.map(([name, { shape, data }]) => [prefix + name, float32Tensor(shape, data)]));
}

function statesOf({ optimizer, average }: Trainer) {
  return [...optimizer.state(), ...(average?.state() ?? [])];
}
