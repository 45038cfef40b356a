/** A model as one safetensors file, which also has its configuration and alphabet. Safe for browsers. */
import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { parseModelConfig, type ModelConfig } from '../nn/config.js';
import { DecoderTransformer, parameterSpecs } from '../nn/decoder-transformer.js';
import { checkShapesFit } from '../nn/parameters.js';
import { decodeSafetensors, encodeSafetensors, float32Tensor, type TensorData } from '../runs/safetensors.js';
import { describeWeights, readWeightsMetadata, type WeightsMetadata } from '../runs/weights-metadata.js';
import { Tokenizer } from '../tokenizer/tokenizer.js';
import { floatToHalf, halfToFloat } from './half.js';

/** What a saved model consists of. */
export interface ModelParts extends Pick<WeightsMetadata, 'padding' | 'cleaning'> {
  readonly transformer: DecoderTransformer;
  readonly tokenizer: Tokenizer;
}

/**
 * @param more entries of the metadata
 * @param dtype of the weights; rounded to the nearest for F16
 */
export function encodeModel(
  model: ModelParts,
  more: Readonly<Record<string, string>> = {},
  dtype: 'F32' | 'F16' = 'F32',
): Uint8Array {
  const { transformer, tokenizer, padding, cleaning } = model;
  const tensors = [...transformer.parameters.toMap()].map(
    ([name, { shape, data }]) =>
      [name, dtype === 'F32' ? float32Tensor(shape, data) : halfTensor(shape, data)] as const,
  );
  const about = describeWeights({ model: transformer.config, tokenizer: tokenizer.toJSON(), padding, cleaning });
  return encodeSafetensors(new Map(tensors), { ...more, ...about });
}

/**
 * The model of a file that `LanguageModel.save`, a training or an export wrote.
 *
 * @param source what the bytes are, for errors
 * @throws LetterpressError BAD_INPUT for anything else
 */
export function decodeModel(bytes: Uint8Array, source: string, backend?: Backend): ModelParts {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  const about = readWeightsMetadata(metadata, source);
  if (about === undefined)
    throw new LetterpressError(
      'BAD_INPUT',
      `${source} has weights, but neither the model's configuration nor its alphabet`,
      'Make a run of it first (importModel, or `letterpress import`), which asks for what is missing.',
    );
  try {
    const transformer = fillTransformer(parseModelConfig(about.model), tensors, backend);
    const tokenizer = Tokenizer.fromJSON(about.tokenizer);
    checkAlphabetFits(tokenizer, transformer.config);
    return { transformer, tokenizer, padding: about.padding, cleaning: about.cleaning };
  } catch (error) {
    if (!(error instanceof LetterpressError)) throw error;
    throw new LetterpressError('BAD_INPUT', `${source}: ${error.message}`, 'Save the model again.', { cause: error });
  }
}

/** @throws LetterpressError BAD_RUN for an alphabet of another model */
export function checkAlphabetFits({ vocabularySize }: Tokenizer, { vocabulary }: ModelConfig, fix = ''): void {
  if (vocabularySize === vocabulary) return;
  const message = `the alphabet has ${vocabularySize} token values, its model ${vocabulary}`;
  throw new LetterpressError('BAD_RUN', message, fix);
}

/** Compares shapes before it makes the model: a damaged config may ask for more memory than there is. */
export function fillTransformer(
  config: ModelConfig,
  tensors: ReadonlyMap<string, TensorData>,
  backend?: Backend,
): DecoderTransformer {
  const floats = float32Tensors(tensors);
  checkShapesFit(parameterSpecs(config), floats);
  const transformer = new DecoderTransformer(config, { backend });
  transformer.parameters.load(floats);
  return transformer;
}

function halfTensor(shape: readonly number[], data: Float32Array): TensorData {
  return { dtype: 'F16', shape, data: Uint16Array.from(data, floatToHalf) };
}

/**
 * The tensors of a safetensors file as float32 numbers, from 16 bits too.
 *
 * @param refuse the error for a tensor of another type
 */
export function float32Tensors(
  tensors: ReadonlyMap<string, TensorData>,
  refuse = (name: string, dtype: string) =>
    new LetterpressError('BAD_RUN', `tensor ${name} should be float32 (F32), but is ${dtype}`),
): Map<string, { shape: readonly number[]; data: Float32Array }> {
  return new Map(
    Array.from(tensors, ([name, tensor]) => {
      const data = toFloat32(tensor);
      if (data === undefined) throw refuse(name, tensor.dtype);
      return [name, { shape: tensor.shape, data }];
    }),
  );
}

function toFloat32(tensor: TensorData): Float32Array | undefined {
  switch (tensor.dtype) {
    case 'F32':
      return tensor.data;
    case 'BF16': // the upper half of a float32
      return new Float32Array(Uint32Array.from(tensor.data, (bits) => bits << 16).buffer);
    case 'F16':
      return Float32Array.from(tensor.data, halfToFloat);
    default:
      return undefined;
  }
}

/** Where a model is read from: an address, or the bytes of its file. */
export type ModelSource = string | URL | Uint8Array | ArrayBuffer;

/**
 * Fetches a model's file, or takes its bytes.
 *
 * @throws LetterpressError BAD_OPTION for anything but an address or bytes, IO when it cannot be fetched; the signal's
 *   reason once it is aborted
 */
export async function readModelSource(
  source: ModelSource,
  signal?: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly name: string }> {
  if (source instanceof Uint8Array) return { bytes: source, name: 'the model' };
  if (source instanceof ArrayBuffer) return { bytes: new Uint8Array(source), name: 'the model' };
  const isAddress = source instanceof URL || (typeof source === 'string' && source !== '');
  if (!isAddress) {
    const got = typeof source === 'string' ? "''" : typeof source;
    const fix = "Give a path or an address of a model's file, such as 'news.safetensors', or its bytes.";
    throw new LetterpressError('BAD_OPTION', `expected the source of a model, got ${got}`, fix);
  }
  const name = String(source);
  let why: unknown;
  try {
    const response = await fetch(source, signal === undefined ? {} : { signal });
    if (response.ok) return { bytes: new Uint8Array(await response.arrayBuffer()), name };
    why = `${response.status} ${response.statusText}`;
  } catch (error) {
    signal?.throwIfAborted();
    why = error;
  }
  throw new LetterpressError('IO', `cannot fetch ${name}: ${String(why)}`, 'Check the address.', { cause: why });
}
