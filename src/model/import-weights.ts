import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { newArtifact } from '../runs/artifact-folder.js';
import { LetterpressError } from '../errors.js';
import { checkNames, checkPath } from '../parse-options.js';
import { readBytes } from '../read-bytes.js';
import { hiddenWidthOf, parseModelConfig, type ModelConfig } from '../nn/config.js';
import { countParameters, parameterSpecs } from '../nn/decoder-transformer.js';
import { checkTensorsFit } from '../nn/parameters.js';
import { NOTEBOOK_ARCHITECTURE, PRE_NORM_ARCHITECTURE } from '../nn/presets.js';
import type { Padding } from '../nn/packed-batch.js';
import { RUN_FILES } from '../runs/layout.js';
import { decodeSafetensors, float32Tensor } from '../runs/safetensors.js';
import type { RunConfig } from '../runs/schema.js';
import { lockNewRun } from '../runs/run-folder.js';
import { RunWriter } from '../runs/writer.js';
import { codePoints } from '../tokenizer/code-points.js';
import { defaultTokenizer, Tokenizer } from '../tokenizer/tokenizer.js';
import { readWeightsMetadata } from '../runs/weights-metadata.js';
import { checkAlphabetFits, float32Tensors } from './saved-model.js';

/** What the names and shapes of weights leave open. What the file says itself (an export of ours) need not be given. */
export interface ImportOptions {
  /** The run directory. */
  readonly out: string;
  readonly force?: boolean | undefined;
  /** Follows from the shapes for heads as wide as the model, as the notebook's, and for query-key norms. */
  readonly heads?: number | undefined;
  /** Tokens of a text, cls included: follows from learned positions. */
  readonly contextLength?: number | undefined;
  /** The alphabet's characters in the order of their tokens, without pad and cls; default: that of 29 token values. */
  readonly characters?: string | undefined;
  /** Default: `all` for the notebook's post-norm models, else `first`. */
  readonly padding?: Padding | undefined;
  /** Of the texts that it reads. Default: `headlines` for the notebook's alphabet, else `none`. */
  readonly cleaning?: RunConfig['corpus']['cleaning'] | undefined;
}

export interface ImportedModel {
  readonly model: ModelConfig;
  readonly padding: Padding;
  readonly parameters: number;
}

/**
 * Makes a run of weights that were trained elsewhere: a safetensors file under the notebook's state-dict names.
 *
 * @throws LetterpressError BAD_INPUT for a file that holds something else, BAD_OPTION for what is missing or
 *   contradicts the shapes, EXISTS and IO as for every new run
 * @example importModel('notebook.safetensors', { out: 'runs/notebook' });
 */
export function importModel(file: string, options: ImportOptions): ImportedModel {
  const places = { out: true, force: true };
  const facts = { heads: true, contextLength: true, characters: true, padding: true, cleaning: true };
  checkNames(options, { ...places, ...facts }, 'importModel');
  checkPath(file, 'a file of weights');
  checkPath(options.out, 'a folder for the run (out)');
  const bytes = readBytes(file);
  refuseOwnRun(file, options.out);
  const { tensors, metadata } = decodeSafetensors(bytes, file);
  const about = readWeightsMetadata(metadata, file);
  const weights = float32Tensors(tensors, (name, dtype) => notFloat(file, name, dtype));
  const model = parseModelConfig(about?.model ?? modelOf(weights, options, file));
  const tokenizer = about === undefined ? tokenizerOf(model, options) : Tokenizer.fromJSON(about.tokenizer);
  checkGiven(model, tokenizer, options);
  try {
    checkAlphabetFits(tokenizer, model, 'Its metadata were edited: save the model again.');
    checkTensorsFit(parameterSpecs(model), weights);
  } catch (error) {
    if (!(error instanceof LetterpressError)) throw error;
    throw new LetterpressError('BAD_INPUT', `${file}: ${error.message}`, error.fix || NAMES, { cause: error });
  }
  const isDefault = tokenizer.characters.join('') === defaultTokenizer().characters.join('');
  const padding = options.padding ?? about?.padding ?? (model.norm === 'post' ? 'all' : 'first');
  const cleaning = options.cleaning ?? about?.cleaning ?? (isDefault ? 'headlines' : 'none');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const lock = lockNewRun(options.out, options.force);
  try {
    RunWriter.create(
      options.out,
      {
        ...newArtifact(),
        seed: 0,
        node: process.version,
        platform: `${process.platform}-${process.arch}`,
        backend: { name: 'unknown', threads: 1, precision: 'f32' },
        corpus: {
          name: basename(file, '.safetensors'),
          kind: 'imported',
          fingerprint: 'unknown',
          sizes: { train: 0, val: 0, test: 0 },
          cleaning,
        },
        tokenizer: { ...tokenizer.toJSON() },
        model: { ...model },
        recipe: { name: 'imported' },
        imported: { file: basename(file), sha256 },
        training: { epochs: 0, batch: 32, padding },
      },
      {
        force: options.force ?? false,
        weights: new Map([...weights].map(([name, { shape, data }]) => [name, float32Tensor(shape, data)])),
      },
    );
  } finally {
    lock.release();
  }
  return { model, padding, parameters: countParameters(model) };
}

/** With `force`, a run's metrics and samples would be lost for its own weights. */
function refuseOwnRun(file: string, out: string): void {
  const isOwn = [RUN_FILES.weights, RUN_FILES.checkpoint]
    .map((name) => join(out, name))
    .some((path) => existsSync(path) && realpathSync(path) === realpathSync(file));
  if (!isOwn) return;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected a folder that ${file} is not in, got ${out}: an import replaces the run there, not only its weights`,
    'Choose another folder (out).',
  );
}

const NAMES =
  'Expected a state dict under the names of the original notebook: embedding.weight, ' +
  'transformer_blocks.0.msha.w_k.weight and so on (docs/export.md lists them).';

type Weights = ReturnType<typeof float32Tensors>;

function notFloat(file: string, name: string, dtype: string): LetterpressError {
  const message = `${file}: tensor ${name} is ${dtype}, expected F32, F16 or BF16`;
  return new LetterpressError('BAD_INPUT', message, 'Save it after model.float().');
}

/** The configuration that names and shapes show. */
function modelOf(weights: Weights, options: ImportOptions, file: string): ModelConfig {
  const rows = (name: string): number => {
    const size = weights.get(name)?.shape[0];
    if (size !== undefined) return size;
    throw new LetterpressError('BAD_INPUT', `${file} has no tensor ${name}`, NAMES);
  };
  const [vocabulary, dModel] = [rows('embedding.weight'), weights.get('embedding.weight')!.shape[1] ?? 0];
  const block = 'transformer_blocks.0';
  const layers = new Set([...weights.keys()].map((name) => /^transformer_blocks\.(\d+)\./.exec(name)?.[1]));
  layers.delete(undefined);
  const isSwiglu = weights.has(`${block}.mlp.gate.weight`);
  const isPreNorm = weights.has('layer_norm.weight');
  const isLearned = weights.has('positional_embedding.weight');
  const keys = rows(`${block}.msha.w_k.weight`);
  const isFull = keys !== dModel;
  const shape = {
    vocabulary,
    dModel,
    contextLength: isLearned
      ? rows('positional_embedding.weight')
      : needed('contextLength', options, 'rotary positions'),
    heads: headsOf(keys, dModel, weights.get(`${block}.msha.k_norm.weight`)?.shape[0], options),
    layers: layers.size,
    headWidth: isFull ? 'full' : 'standard',
    norm: isPreNorm ? 'pre' : 'post',
    positions: isLearned ? 'learned' : 'rotary',
    attentionBias: weights.has(`${block}.msha.w_k.bias`),
    queryKeyNorm: weights.has(`${block}.msha.k_norm.weight`),
    activation: isSwiglu ? 'swiglu' : 'gelu',
    tiedEmbeddings: !weights.has('logits.0.weight'),
    fixedEmbeddings: false,
    causal: true,
    shift: true,
  } as const;
  const { initialization } = isPreNorm ? PRE_NORM_ARCHITECTURE : NOTEBOOK_ARCHITECTURE;
  const dropout = { embedding: 0, attention: 0, residual: 0 };
  const hidden = rows(`${block}.mlp.${isSwiglu ? 'gate' : '0'}.weight`);
  return { ...shape, mlpRatio: mlpRatioOf(hidden, dModel, shape.activation, file), initialization, dropout };
}

/** @param headWidth as query-key norms show it */
function headsOf(
  keys: number,
  dModel: number,
  headWidth: number | undefined,
  options: Pick<ImportOptions, 'heads'>,
): number {
  if (keys !== dModel && keys % dModel === 0) return keys / dModel; // every head as wide as the model
  if (headWidth !== undefined) return keys / headWidth;
  return needed('heads', options, `keys of width ${keys} and dModel ${dModel}`);
}

/** The ratio that gives a hidden layer of that width: the smallest, where SwiGLU's rounding allows several. */
function mlpRatioOf(hidden: number, dModel: number, activation: ModelConfig['activation'], file: string): number {
  const least = Math.floor(hidden / dModel / 2);
  for (let mlpRatio = Math.max(1, least); mlpRatio <= 2 * hidden; mlpRatio++) {
    const width = hiddenWidthOf({ activation, mlpRatio, dModel } as ModelConfig);
    if (width === hidden) return mlpRatio;
    if (width > hidden) break;
  }
  throw new LetterpressError(
    'BAD_INPUT',
    `${file}: no mlpRatio gives an MLP of width ${hidden} beside dModel ${dModel}`,
    'It is mlpRatio · dModel, or for SwiGLU two thirds of that, rounded up to a multiple of 8.',
  );
}

function needed<K extends 'heads' | 'contextLength'>(name: K, options: Pick<ImportOptions, K>, why: string): number {
  const value = options[name];
  if (value !== undefined) return value;
  throw new LetterpressError(
    'BAD_OPTION',
    `${name} is needed: the weights have ${why}, from which it does not follow`,
    `Give what the model was trained with (${name}).`,
  );
}

function tokenizerOf({ vocabulary }: ModelConfig, { characters }: ImportOptions): Tokenizer {
  const tokenizer = characters === undefined ? defaultTokenizer() : new Tokenizer(codePoints(characters));
  if (tokenizer.vocabularySize === vocabulary) return tokenizer;
  throw new LetterpressError(
    'BAD_OPTION',
    `expected an alphabet of ${vocabulary - 2} characters for ${vocabulary} token values, ` +
      `got ${tokenizer.vocabularySize - 2}`,
    'Give all characters in the order of their tokens, without pad and cls (characters).',
  );
}

/** What was given must not contradict what the file shows. */
function checkGiven(
  model: ModelConfig,
  tokenizer: Tokenizer,
  { heads, contextLength, characters }: ImportOptions,
): void {
  const given = { heads, contextLength, characters };
  const found = { ...model, characters: tokenizer.characters.join('') };
  for (const name of ['heads', 'contextLength', 'characters'] as const) {
    if (given[name] === undefined || given[name] === found[name]) continue;
    throw new LetterpressError(
      'BAD_OPTION',
      `the weights have ${name} ${JSON.stringify(found[name])}, but ${JSON.stringify(given[name])} was given`,
      `Leave it out (${name}), or give the right one.`,
    );
  }
}
