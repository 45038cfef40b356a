import type { FloatArray } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { float32Tensors } from '../model/saved-model.js';
import type { Parameters } from '../nn/parameters.js';
import { float32Tensor, type TensorData } from '../runs/safetensors.js';
import { parseFile, SCHEMA_VERSION, type CheckpointMeta } from '../runs/schema.js';
import type { Checkpoint } from '../runs/weights-metadata.js';
import type { Trainer } from './trainer.js';
import { trainerProgressSchema, type TrainerProgress } from './trainer-state.js';

/** Prefix of the model's parameters among a checkpoint's tensors. */
const WEIGHTS = 'weights.';
/** Prefix of what a trainer returns to after a divergence, in checkpoints within an epoch. */
const EPOCH_START_ARRAYS = 'epoch_start.';
export const BEST_WEIGHTS = 'best_weights';

/**
 * Everything that resuming a trainer needs.
 *
 * @param seconds of the run so far
 */
export function checkpointOf(trainer: Trainer, seconds: number): Checkpoint {
  const { state, sums, model, bestWeights } = trainer;
  const tensors = namedTensors(model.parameters, { prefix: WEIGHTS });
  for (const [name, data] of [...statesOf(trainer), [BEST_WEIGHTS, bestWeights] as const, ...epochStartOf(trainer)])
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
  const progress = parseFile(trainerProgressSchema, meta['trainer'], `${folder}, checkpoint`);
  const { state } = progress;
  const fields = ['step', 'bestEpoch', 'bestValNll', 'patience'] as const;
  const differs = fields.find((field) => !Object.is(meta[field], state[field]));
  const problem =
    state.epoch !== meta.epoch + 1
      ? `its last epoch is ${meta.epoch}, its current one ${state.epoch}`
      : differs !== undefined
        ? `its ${differs} is ${meta[differs]} and ${state[differs]}`
        : state.bestEpoch >= state.epoch
          ? `its best epoch is ${state.bestEpoch}, its current one ${state.epoch}`
          : undefined;
  if (problem === undefined) return progress;
  throw new LetterpressError(
    'BAD_RUN',
    `the checkpoint of ${folder} contradicts itself: ${problem}`,
    'Restore it from a copy, or train again, replacing the run (force).',
  );
}

/**
 * Gives a trainer the weights and moments of a checkpoint.
 *
 * @throws LetterpressError BAD_RUN for tensors that do not fit, and for numbers that are not finite
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
  for (const [name, data] of [...statesOf(trainer), ...epochStartOf(trainer)]) data.set(take(name, data.length));
  trainer.bestWeights = take(BEST_WEIGHTS, state.bestEpoch < 0 ? 0 : model.parameters.count);
  model.parameters.load(new Map([...floats].map(([name, tensor]) => [name.replace(WEIGHTS, ''), tensor])));
  const bad = trainer.findNonFinite(new Map([[BEST_WEIGHTS, trainer.bestWeights], ...epochStartOf(trainer)]));
  if (bad === undefined) return;
  throw new LetterpressError(
    'BAD_RUN',
    `expected finite numbers in the checkpoint of ${folder}, but ${bad.where} is ${bad.value}`,
    'The training diverged, or the file is damaged: train again, with a lower learning rate (learningRate).',
  );
}

/** Of which the best weights are. */
export function bestEpochOf({ bestEpoch, bestValNll }: Pick<CheckpointMeta, 'bestEpoch' | 'bestValNll'>) {
  return { epoch: bestEpoch, valNll: bestValNll };
}

/** A model's parameters by name, as files have them. @param values other ones than its own, in flat order */
export function namedTensors(
  parameters: Parameters,
  { prefix = '', values = parameters.values }: { prefix?: string; values?: FloatArray } = {},
): Map<string, TensorData> {
  const named = [...parameters.toMap(values)];
  return new Map(named.map(([name, { shape, data }]) => [prefix + name, float32Tensor(shape, data)]));
}

/** Nothing at the beginning of an epoch, where it is the state itself. */
function epochStartOf({ epochStart, sums }: Trainer): (readonly [string, FloatArray])[] {
  if (epochStart === undefined || sums.steps === 0) return [];
  return Array.from(epochStart, ([name, data]) => [EPOCH_START_ARRAYS + name, data]);
}

function statesOf({ optimizer, average }: Trainer) {
  return [...optimizer.state(), ...(average?.state() ?? [])];
}
