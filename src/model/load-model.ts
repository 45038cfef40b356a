import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from '../backend/types.js';
import { LetterpressError } from '../errors.js';
import { readBytes } from '../read-bytes.js';
import { parseModelConfig } from '../nn/config.js';
import type { DecoderTransformer } from '../nn/decoder-transformer.js';
import { RUN_FILES } from '../runs/layout.js';
import { readRun, type Run } from '../runs/reader.js';
import { Tokenizer } from '../tokenizer/tokenizer.js';
import { LanguageModel } from './language-model.js';
import {
  checkAlphabetFits,
  fillTransformer,
  readModelSource,
  type ModelParts,
  type ModelSource,
} from './saved-model.js';

const UNREADABLE_CONFIG = 'config.json was edited, is damaged or is of another version: restore it, or train again.';

/** A model's file, a folder that one was saved to, a run directory, an address, or bytes. */
export async function openModel(
  source: ModelSource | Run,
  backend: Backend,
  signal?: AbortSignal,
): Promise<LanguageModel> {
  if ((source as object | null) === null)
    throw new LetterpressError(
      'BAD_OPTION',
      'expected the source of a model, got null',
      'Give a path, an address or bytes.',
    );
  if (isRun(source)) return modelOfRun(source, backend);
  const path = pathOf(source);
  if (path === undefined) {
    const { bytes, name } = await readModelSource(source, signal);
    return LanguageModel.fromBytes(bytes, backend, name);
  }
  if (!existsSync(path) || existsSync(join(path, RUN_FILES.config))) return modelOfRun(path, backend);
  const file = statSync(path).isDirectory() ? join(path, RUN_FILES.weights) : path;
  return existsSync(file) ? LanguageModel.fromBytes(readBytes(file), backend, file) : modelOfRun(path, backend);
}

function isRun(source: ModelSource | Run): source is Run {
  return typeof source === 'object' && 'config' in source;
}

function pathOf(source: ModelSource): string | undefined {
  if (source instanceof URL) return source.protocol === 'file:' ? fileURLToPath(source) : undefined;
  return typeof source === 'string' && source !== '' && !/^(https?|data|blob):/.test(source) ? source : undefined;
}

/**
 * The best model of a run, ready to sample and score.
 *
 * @throws LetterpressError BAD_RUN when the run is damaged or has no weights yet
 */
export function modelOfRun(run: Run | string, backend: Backend): LanguageModel {
  const source = typeof run === 'string' ? readRun(run) : run;
  const { transformer, tokenizer } = loadTransformer(source, backend);
  const { training, corpus } = source.config;
  return new LanguageModel(transformer, tokenizer, backend, training.padding, corpus.cleaning);
}

/** What a run's best model is saved as. */
export function partsOf(run: Run): ModelParts {
  const { training, corpus } = run.config;
  return { ...loadTransformer(run), padding: training.padding, cleaning: corpus.cleaning };
}

/** Without a backend, it can be looked at and exported. */
function loadTransformer(run: Run, backend?: Backend): { transformer: DecoderTransformer; tokenizer: Tokenizer } {
  const { config } = run;
  const shape = asRunError(() => parseModelConfig(config.model));
  const tokenizer = asRunError(() => Tokenizer.fromJSON(config.tokenizer));
  checkAlphabetFits(tokenizer, shape, UNREADABLE_CONFIG);
  const { tensors } = run.loadWeights();
  const transformer = asRunError(
    () => fillTransformer(shape, tensors, backend),
    `${run.folder}: model.safetensors does not fit config.json`,
    'One of them was edited, or is of another run: restore it, or train again.',
  );
  return { transformer, tokenizer };
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
