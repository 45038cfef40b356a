import * as z from 'zod';
import { LetterpressError } from '../errors.js';
import { toJson } from '../json.js';
import { encodeSafetensors, type TensorData } from './safetensors.js';
import type { CheckpointMeta, MetricsLine, RunConfig } from './schema.js';

/** Key in the metadata of a model's safetensors file: what it needs beside the numbers, as JSON. */
const KEY = 'letterpress_model';

const schema = z.object({
  model: z.record(z.string(), z.unknown()),
  tokenizer: z.record(z.string(), z.unknown()),
  /** How texts are scored, and cleaned before. */
  padding: z.enum(['all', 'first']),
  cleaning: z.enum(['headlines', 'none']),
});

/** What saved weights say about themselves; model and alphabet are checked by whoever reads them. */
export interface WeightsMetadata extends Omit<z.infer<typeof schema>, 'model' | 'tokenizer'> {
  readonly model: object;
  readonly tokenizer: object;
}

/**
 * As metadata of a safetensors file; `format` is what Hugging Face's loaders ask for: names and layouts are PyTorch's.
 */
export function describeWeights(about: WeightsMetadata): Record<string, string> {
  return { format: 'pt', [KEY]: JSON.stringify(about) };
}

/**
 * `model.safetensors` of a run.
 *
 * @param of after which they were saved; undefined for weights that were trained elsewhere
 */
export function encodeWeights(
  { letterpress, model, tokenizer, training, corpus }: RunConfig,
  tensors: ReadonlyMap<string, TensorData>,
  of: Pick<MetricsLine, 'epoch' | 'valNll'> | undefined,
): Uint8Array {
  const about = { model, tokenizer, padding: training.padding, cleaning: corpus.cleaning };
  const ofEpoch = of === undefined ? {} : { epoch: String(of.epoch), valNll: String(of.valNll) };
  return encodeSafetensors(tensors, { letterpress, ...describeWeights(about), ...ofEpoch });
}

/** In the metadata of `checkpoint.safetensors`: its numbers, as JSON. */
export const CHECKPOINT_META_KEY = 'checkpoint';
/** In them too: {@link whatDecides} the run, as JSON. */
export const CHECKPOINT_RUN_KEY = 'run';

/** Everything that training needs to continue after `meta.epoch`. */
export interface Checkpoint {
  readonly meta: CheckpointMeta;
  readonly tensors: Map<string, TensorData>;
}

/** `checkpoint.safetensors` of a run. */
export function encodeCheckpoint(
  config: RunConfig,
  meta: CheckpointMeta,
  tensors: ReadonlyMap<string, TensorData>,
): Uint8Array {
  return encodeSafetensors(tensors, {
    [CHECKPOINT_META_KEY]: toJson(meta),
    [CHECKPOINT_RUN_KEY]: toJson(whatDecides(config)),
  });
}

/** The part of config.json that decides the bits of a run, but for its backend, which may change. */
export function whatDecides({ seed, corpus, tokenizer, model, recipe, distillationSet, training }: RunConfig): object {
  const { fingerprint } = corpus;
  const taught = distillationSet && { fingerprint: distillationSet.fingerprint };
  return { seed, corpus: { fingerprint }, tokenizer, model, recipe, distillationSet: taught, training };
}

/** @throws LetterpressError BAD_INPUT when the metadata are there and damaged */
export function readWeightsMetadata(
  metadata: Readonly<Record<string, string>>,
  source: string,
): WeightsMetadata | undefined {
  const text = metadata[KEY];
  if (text === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new LetterpressError(
      'BAD_INPUT',
      `${source}: its metadata have no valid ${KEY}`,
      'Save the model again, or remove the metadata and import the weights (importModel).',
      { cause },
    );
  }
}
