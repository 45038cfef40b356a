/** In what two recipes differ, setting by setting, from the config.json of their runs. */
import type { RunConfig } from '../../../runs/schema.js';
import { completeConfig } from '../../../train/run-settings.js';
import { decimal, percent, UNKNOWN, whole } from '../../writing/numbers.js';

/** One setting that differs; values by size, those that are all the same once. */
export interface DifferentSetting {
  readonly name: string;
  readonly first: string;
  readonly second: string;
}

/**
 * The settings of model and training that differ between two lists of runs, equally long and by size.
 *
 * @example differentSettings([notebook87k], [modern87k])[0]; // { name: 'width', first: '20', second: '44' }
 */
export function differentSettings(first: readonly RunConfig[], second: readonly RunConfig[]): DifferentSetting[] {
  const [a, b] = [first.map(settingsOf), second.map(settingsOf)];
  const paths = [...new Set([...Object.keys(NAMES), ...[...a, ...b].flatMap((each) => [...each.keys()])])];
  return paths.flatMap((path) => {
    const [x, y] = [a, b].map((runs) => inWords(runs.map((settings) => valueInWords(path, settings.get(path)))));
    return x === y ? [] : [{ name: NAMES[path] ?? path, first: x!, second: y! }];
  });
}

/** What settings are called, in the order in which they stand; others come last, by their path. */
const NAMES: Readonly<Record<string, string>> = {
  'model.dModel': 'width',
  'model.layers': 'blocks',
  'model.heads': 'heads',
  'model.headWidth': 'width of a head',
  'model.mlpRatio': 'MLP width, in widths of the model',
  'model.norm': 'norms',
  'model.positions': 'positions',
  'model.attentionBias': 'biases in attention',
  'model.queryKeyNorm': 'norms of queries and keys',
  'model.activation': 'activation of the MLP',
  'model.tiedEmbeddings': 'logits by the character embedding',
  'model.initialization': 'initialisation',
  'model.dropout.embedding': 'dropout on the embedding',
  'model.dropout.attention': 'dropout on attention weights',
  'model.dropout.residual': 'dropout on what sub-layers add',
  'training.optimizer.kind': 'optimiser',
  'training.learningRate': 'learning rate',
  'training.schedule': 'its schedule',
  'training.optimizer.beta1': 'β₁ of AdamW',
  'training.optimizer.beta2': 'β₂ of AdamW',
  'training.optimizer.epsilon': 'ε of AdamW',
  'training.optimizer.weightDecay': 'weight decay',
  'training.optimizer.decayOn': 'weight decay on',
  'training.clipNorm': 'gradients clipped at a norm of',
  'training.lossPer': 'the loss is a mean over',
  'training.batch': 'size of a batch (texts)',
  'training.batching': 'texts in one batch',
  'training.padding': 'pads are predicted',
  'training.labelSmoothing': 'smoothing of targets',
  'training.augmentation.wordShuffle': 'texts with words shuffled',
  'training.distillationSet': 'texts of a teacher',
  'training.averaging': 'average of the weights',
  'training.epochs': 'epochs planned',
  'training.patience': 'patience (epochs)',
};

/** Words for what config.json has a short name for. */
const WORDS: Readonly<Record<string, string>> = {
  'model.norm post': 'after each sub-layer',
  'model.norm pre': 'before each sub-layer',
  'model.headWidth full': 'that of the model',
  'model.headWidth standard': 'its share of the model’s',
  'model.activation gelu': 'GELU',
  'model.activation swiglu': 'SwiGLU',
  'model.initialization pytorch': 'PyTorch’s',
  'model.initialization normal': 'normal, 0.02',
  'training.optimizer.kind adamw': 'AdamW',
  'training.optimizer.kind muon': 'Muon and AdamW',
  'training.optimizer.decayOn all': 'everything',
  'training.optimizer.decayOn matrices': 'matrices and embeddings',
  'training.lossPer text': 'texts',
  'training.lossPer character': 'characters',
  'training.batching shuffled': 'any',
  'training.batching similar-lengths': 'of similar lengths',
  'training.padding all': 'all',
  'training.padding first': 'the first',
};

/** Settings that are shares, and read best in percent. */
const SHARES = /^model\.dropout\.|^training\.(augmentation\.|labelSmoothing)/;

/** Settings of several fields that one phrase says best. */
const PHRASES: Readonly<Record<string, (value: Fields) => string | undefined>> = {
  'training.schedule': ({ kind, warmupSteps }) => {
    if (kind === 'constant') return 'constant';
    if (kind === 'warmup-cosine') return `${whole(Number(warmupSteps))} steps of warm-up, then down along a cosine`;
    return undefined;
  },
  'training.averaging': ({ kind, decay }) => (kind === 'ema' ? `exponential, ${Number(decay)} a step` : undefined),
  'training.distillationSet': ({ fraction, softTargetWeight }) =>
    `${percent(Number(fraction), 0)} of an epoch, its soft targets weighted ${percent(Number(softTargetWeight), 0)}`,
};

type Fields = Readonly<Record<string, unknown>>;

/** Every setting by its path; what a phrase says is one of them. */
function settingsOf(config: RunConfig): Map<string, unknown> {
  const found = new Map<string, unknown>();
  const add = (path: string, value: unknown): void => {
    if (isFields(value) && PHRASES[path] === undefined)
      for (const [key, below] of Object.entries(value)) add(`${path}.${key}`, below);
    else found.set(path, value);
  };
  const { model, training } = completeConfig(config);
  add('model', model);
  add('training', training);
  return found;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function valueInWords(path: string, value: unknown): string {
  if (value === undefined) return UNKNOWN;
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number' && SHARES.test(path)) return value === 0 ? 'none' : percent(value, 0);
  if (typeof value === 'number') return Number.isInteger(value) ? decimal(value, 0) : String(value);
  if (typeof value === 'string') return WORDS[`${path} ${value}`] ?? value;
  return (isFields(value) ? PHRASES[path]?.(value) : undefined) ?? JSON.stringify(value);
}

/** Once where it is the same for all sizes. */
function inWords(values: readonly string[]): string {
  return new Set(values).size === 1 ? values[0]! : values.join(' / ');
}
