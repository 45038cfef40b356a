/** How a run was trained, in words, and in which settings two recipes differ, from the config.json of their runs. */
import type { RunConfig } from '../../runs/schema.js';
import { completeConfig, trainingSettingsSchema, type TrainingSettings } from '../../train/settings.js';
import type { ModelConfig } from '../../nn/config.js';
import { flatSettings, modelOf } from '../facts/run-groups.js';
import { listed } from '../writing/blocks.js';
import { counted, UNKNOWN, whole } from '../writing/numbers.js';
import { shownRun, type ReportContext } from './context.js';

/** How the models were trained, those trained in the same way together; each way with the names of its models. */
export function trainings(context: ReportContext): { readonly names: string; readonly words: string }[] {
  const known = context.models.flatMap(({ name, ...group }) => {
    const words = trainingWords(shownRun(context, { name, ...group })?.config);
    return words === undefined ? [] : { name, ...words };
  });
  const keyOf = ({ how, wait }: (typeof known)[number]) => `${how} ${wait}`;
  return [...new Set(known.map(keyOf))].map((key) => {
    const alike = known.filter((training) => keyOf(training) === key);
    const { how, wait: patience } = alike[0]!;
    const same = new Set(alike.map(({ epochs }) => epochs)).size === 1;
    const epochs = same
      ? counted(alike[0]!.epochs, 'epoch')
      : `${listed(alike.map(({ name, epochs: own }) => `${own} (${name})`))} epochs`;
    // What comes after the last epoch stops nothing.
    const wait = alike.some((each) => patience < each.epochs) ? patience : Infinity;
    const end =
      wait === Infinity ? epochs : `at most ${epochs}, stopped after ${whole(wait)} in a row without a new lowest NLL`;
    return { names: listed(alike.map(({ name }) => name)), words: `${how}; ${end}.` };
  });
}

/**
 * How a run was trained, for how many epochs at most, and after how many in a row without a new lowest NLL that stops;
 * undefined for settings of another form.
 */
export function trainingWords(config: RunConfig | undefined) {
  if (config === undefined) return undefined;
  const settings = trainingSettingsSchema.safeParse(config.training).data;
  if (settings === undefined) return undefined;
  const { optimizer, clipNorm, batch, batching, patience, labelSmoothing, averaging, augmentation } = settings;
  const dropout = dropoutWords(modelOf(config)?.dropout);
  const how = [
    optimizer.kind === 'muon' ? 'Muon for the matrices of blocks and AdamW for the rest' : 'AdamW',
    ` with ${rateWords(settings)} and a weight decay of ${optimizer.weightDecay} on ` +
      { all: 'all parameters', matrices: 'matrices and embeddings' }[optimizer.decayOn],
    clipNorm === null ? '' : `, gradients clipped at a norm of ${clipNorm}`,
    `, batches of ${counted(batch, 'text')}${batching === 'similar-lengths' ? ' of similar lengths' : ''}`,
    dropout === '' ? '' : `, ${dropout}`,
    labelSmoothing > 0 ? `, ${setting(labelSmoothing)} label smoothing` : '',
    augmentation.wordShuffle > 0 ? `, ${setting(augmentation.wordShuffle)} of texts with shuffled words` : '',
    averaging === null ? '' : `, EMA weights (decay ${averaging.decay} per step)`,
  ].join('');
  return { how, epochs: settings.epochs, wait: patience === null ? Infinity : patience + 1 };
}

/** A share that was set, e.g. `2.5 %`: as it is, not rounded as what is measured. */
function setting(share: number): string {
  return `${Number((100 * share).toPrecision(12))} %`;
}

function dropoutWords(dropout: Partial<ModelConfig['dropout']> = {}): string {
  const names = { embedding: 'the embedding', attention: 'attention weights', residual: 'sub-layers' } as const;
  const rates = new Map<number, string[]>();
  for (const [part, name] of Object.entries(names)) {
    const rate = dropout[part as keyof typeof names] ?? 0;
    if (rate > 0) rates.set(rate, [...(rates.get(rate) ?? []), name]);
  }
  return Array.from(rates, ([rate, parts]) => `${setting(rate)} dropout on ${listed(parts)}`).join(', ');
}

function rateWords({ learningRate, schedule }: TrainingSettings): string {
  return schedule.kind === 'constant'
    ? `a constant learning rate of ${learningRate}`
    : `a learning rate of ${learningRate} (warm-up over ${counted(schedule.warmupSteps, 'step')}, or over a tenth of ` +
        'the training where that is shorter, then cosine decay)';
}

/**
 * The fields of config.json that differ between two lists of runs, equally long and by size. Values are by size where
 * these differ.
 */
export function differentSettings(first: readonly RunConfig[], second: readonly RunConfig[]) {
  const [a, b] = [first.map(settingsOf), second.map(settingsOf)];
  const names = [...new Set([...a, ...b].flatMap((settings) => [...settings.keys()]))];
  const bySize = (runs: readonly ReadonlyMap<string, string>[], name: string) => {
    const values = runs.map((settings) => settings.get(name) ?? UNKNOWN);
    return new Set(values).size === 1 ? values[0]! : values.join(' / ');
  };
  return names
    .map((name) => ({ name, first: bySize(a, name), second: bySize(b, name) }))
    .filter((setting) => setting.first !== setting.second);
}

/** Every field of model and training by its path, with its value as a table writes it. */
function settingsOf(config: RunConfig): Map<string, string> {
  const { model, training } = completeConfig(config);
  const settings = flatSettings({ model, training });
  return new Map(Array.from(settings, ([path, value]) => [path, String(value ?? 'none')]));
}
