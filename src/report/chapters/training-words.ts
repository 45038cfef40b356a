/** How a run was trained, in words, and in which settings two recipes differ, from the config.json of their runs. */
import type { RunConfig } from '../../runs/schema.js';
import { completeConfig } from '../../train/run-settings.js';
import { trainingSettingsSchema, type TrainingSettings } from '../../train/settings.js';
import { modelOf } from '../facts/run-groups.js';
import { counted, decimal, percent, UNKNOWN, whole } from '../writing/numbers.js';

/**
 * How a run was trained, in words; undefined for settings of another form.
 *
 * @example trainingWords(run.config); // 'AdamW with a constant learning rate of 0.001, …'
 */
export function trainingWords(config: RunConfig): string | undefined {
  const settings = trainingSettingsSchema.safeParse(config.training).data;
  if (settings === undefined) return undefined;
  const { optimizer, clipNorm, batch, batching, patience, labelSmoothing, averaging, augmentation } = settings;
  const dropout = modelOf(config)?.dropout.embedding ?? 0;
  const epochs = counted(settings.epochs, 'epoch');
  return [
    optimizer.kind === 'muon' ? 'Muon for the matrices of blocks and AdamW for the rest' : 'AdamW',
    ` with ${rateWords(settings)} and a weight decay of ${optimizer.weightDecay} on ` +
      WORDS[`training.optimizer.decayOn ${optimizer.decayOn}`]!,
    clipNorm === null ? '' : `, gradients clipped at a norm of ${decimal(clipNorm, 0)}`,
    `, batches of ${counted(batch, 'text')}${batching === 'similar-lengths' ? ' of similar lengths' : ''}`,
    dropout > 0 ? `, ${percent(dropout, 0)} dropout on the embedding` : '',
    labelSmoothing > 0 ? `, ${percent(labelSmoothing, 0)} label smoothing` : '',
    augmentation.wordShuffle > 0 ? `, ${percent(augmentation.wordShuffle, 0)} of texts with shuffled words` : '',
    averaging === null ? '' : `, EMA weights (decay ${averaging.decay} per step)`,
    patience === null
      ? `; ${epochs}`
      : `; at most ${epochs}, stopped after ${whole(patience + 1)} in a row without a new lowest validation NLL`,
  ].join('');
}

function rateWords({ learningRate, schedule }: TrainingSettings): string {
  return schedule.kind === 'constant'
    ? `a constant learning rate of ${learningRate}`
    : `a learning rate of ${learningRate} (${whole(schedule.warmupSteps)} warm-up steps, then cosine decay)`;
}

/** One setting that differs; values by size, those that are all the same once. */
interface DifferentSetting {
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

/** Names of settings, in the order of the table; others come last, by their path. */
const NAMES: Readonly<Record<string, string>> = {
  'model.dModel': 'width',
  'model.layers': 'layers',
  'model.heads': 'heads',
  'model.headWidth': 'head width',
  'model.mlpRatio': 'MLP ratio',
  'model.norm': 'LayerNorm',
  'model.positions': 'positions',
  'model.attentionBias': 'attention biases',
  'model.queryKeyNorm': 'query-key norm',
  'model.activation': 'MLP activation',
  'model.tiedEmbeddings': 'tied embeddings',
  'model.initialization': 'initialisation',
  'model.dropout.embedding': 'embedding dropout',
  'model.dropout.attention': 'attention dropout',
  'model.dropout.residual': 'residual dropout',
  'training.optimizer.kind': 'optimiser',
  'training.learningRate': 'learning rate',
  'training.schedule': 'learning-rate schedule',
  'training.optimizer.beta1': 'AdamW β₁',
  'training.optimizer.beta2': 'AdamW β₂',
  'training.optimizer.epsilon': 'AdamW ε',
  'training.optimizer.weightDecay': 'weight decay',
  'training.optimizer.decayOn': 'weight decay on',
  'training.clipNorm': 'gradient clipping norm',
  'training.lossPer': 'loss averaged over',
  'training.batch': 'batch size (texts)',
  'training.batching': 'texts of a batch',
  'training.padding': 'predicted padding',
  'training.labelSmoothing': 'label smoothing',
  'training.augmentation.wordShuffle': 'texts with shuffled words',
  'training.augmentation.shift': 'shifted pieces of one long text',
  'training.distillationSet': 'distillation set',
  'training.averaging': 'weight averaging',
  'training.epochs': 'planned epochs',
  'training.patience': 'early-stopping patience (epochs)',
};

/** Words for values of config.json. */
const WORDS: Readonly<Record<string, string>> = {
  'model.norm post': 'after each sub-layer',
  'model.norm pre': 'before each sub-layer',
  'model.headWidth full': 'width of the model',
  'model.headWidth standard': 'width of the model / heads',
  'model.activation gelu': 'GELU',
  'model.activation swiglu': 'SwiGLU',
  'model.initialization pytorch': 'PyTorch’s',
  'model.initialization normal': 'normal, 0.02',
  'training.optimizer.kind adamw': 'AdamW',
  'training.optimizer.kind muon': 'Muon and AdamW',
  'training.optimizer.decayOn all': 'all parameters',
  'training.optimizer.decayOn matrices': 'matrices and embeddings',
  'training.lossPer text': 'texts',
  'training.lossPer character': 'characters',
  'training.batching shuffled': 'any',
  'training.batching similar-lengths': 'of similar lengths',
  'training.padding all': 'all',
  'training.padding first': 'first pad only',
};

/** Settings that are shares, and read best in percent. */
const SHARES = /^model\.dropout\.|^training\.(augmentation\.|labelSmoothing)/;

/** Settings of several fields that one phrase says best. */
const PHRASES: Readonly<Record<string, (value: Fields) => string | undefined>> = {
  'training.schedule': ({ kind, warmupSteps }) => {
    if (kind === 'constant') return 'constant';
    if (kind === 'warmup-cosine') return `${whole(Number(warmupSteps))} warm-up steps, then cosine decay`;
    return undefined;
  },
  'training.averaging': ({ kind, decay }) => (kind === 'ema' ? `EMA, ${Number(decay)} per step` : undefined),
  'training.distillationSet': ({ fraction, softTargetWeight }) =>
    `${percent(Number(fraction), 0)} of an epoch, soft targets weighted ${percent(Number(softTargetWeight), 0)}`,
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
