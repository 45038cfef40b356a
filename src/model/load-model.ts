import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { parseModelConfig, type ModelConfig } from '../nn/config.js';
import { DecoderTransformer, parameterSpecs } from '../nn/decoder-transformer.js';
import { checkShapesFit } from '../nn/parameters.js';
import { readRun, type Run } from '../runs/reader.js';
import type { TensorData } from '../runs/safetensors.js';
import { LanguageModel } from './language-model.js';
import { Tokenizer } from '../tokenizer/tokenizer.js';

/** The tensors of a safetensors file as float32 numbers, the only type that weights are saved in. */
export function float32Tensors(
  tensors: ReadonlyMap<string, TensorData>,
): Map<string, { shape: readonly number[]; data: Float32Array }> {
  const floats = new Map<string, { shape: readonly number[]; data: Float32Array }>();
  for (const [name, tensor] of tensors) {
    if (tensor.dtype !== 'F32') {
      throw new LetterpressError('BAD_RUN', `tensor ${name} should be float32 (F32), but is ${tensor.dtype}`);
    }
    floats.set(name, { shape: tensor.shape, data: tensor.data });
  }
  return floats;
}

const UNREADABLE_CONFIG = 'config.json was edited, is damaged or is of another version: restore it, or train again.';

/**
 * The best model of a run, ready to sample and score.
 *
 * @throws LetterpressError BAD_RUN when the run is damaged or has no weights yet
 */
export function loadModel(run: Run | string, backend: Backend): LanguageModel {
  const source = typeof run === 'string' ? readRun(run) : run;
  const { transformer, tokenizer } = loadTransformer(source);
  return new LanguageModel(transformer, tokenizer, backend, source.config.training.padding);
}

/** The same without a backend, to be looked at or exported. */
export function loadTransformer(run: Run): { transformer: DecoderTransformer; tokenizer: Tokenizer } {
  const { config } = run;
  const shape = asRunError(() => parseModelConfig(config.model));
  const tokenizer = asRunError(() => Tokenizer.fromJSON(config.tokenizer));
  const { vocabulary } = shape;
  if (tokenizer.vocabularySize !== vocabulary) {
    const message = `the run's alphabet has ${tokenizer.vocabularySize} token values, its model ${vocabulary}`;
    throw new LetterpressError('BAD_RUN', message, UNREADABLE_CONFIG);
  }
  return { transformer: loadWeights(shape, run), tokenizer };
}

/** Compares shapes before it makes the model: a damaged config may ask for more memory than there is. */
function loadWeights(config: ModelConfig, run: Run): DecoderTransformer {
  const { tensors } = run.loadWeights();
  return asRunError(
    () => {
      const floats = float32Tensors(tensors);
      checkShapesFit(parameterSpecs(config), floats);
      const transformer = new DecoderTransformer(config);
      transformer.parameters.load(floats);
      return transformer;
    },
    `${run.folder}: model.safetensors does not fit config.json`,
    'One of them was edited, or is of another run: restore it, or train again.',
  );
}

/** A run's config that does not parse is a damaged run, not a bad option. */
export function asRunError<T>(read: () => T, what = 'config.json', fix = UNREADABLE_CONFIG): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof LetterpressError)) throw error;
    throw new LetterpressError('BAD_RUN', `${what}: ${error.message}`, error.fix || fix, { cause: error });
  }
}
