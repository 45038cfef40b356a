import { z } from 'zod';
import type { RunConfig } from '../../../runs/schema.js';
import { counted, decimal, percent, whole } from '../../writing/numbers.js';
import { modelOf } from '../../facts/run-groups.js';

/** What of `training` in a run's config.json is put into words; anything else there is left alone. */
const schema = z.object({
  learningRate: z.number(),
  schedule: z.object({ kind: z.string(), warmupSteps: z.number().optional() }),
  optimizer: z.object({
    kind: z.string().default('adamw'),
    weightDecay: z.number(),
    decayOn: z.string(),
  }),
  clipNorm: z.number().nullable(),
  batching: z.string(),
  patience: z.number().nullable(),
  labelSmoothing: z.number().default(0),
  averaging: z.object({ decay: z.number() }).nullable().default(null),
  augmentation: z
    .object({
      wordShuffle: z.number().default(0),
    })
    .prefault({}),
});

/**
 * How a run was trained, in words.
 *
 * @example trainingWords(run.config); // 'AdamW with a learning rate of 0.001 throughout, …'
 */
export function trainingWords(config: RunConfig): string | undefined {
  const settings = schema.safeParse(config.training).data;
  if (settings === undefined) return undefined;
  const { learningRate, schedule, optimizer, clipNorm, batching, patience, labelSmoothing } = settings;
  const { wordShuffle } = settings.augmentation;
  const { epochs, batch } = config.training;
  const dropout = modelOf(config)?.dropout.embedding ?? 0;
  const parts = [
    `${optimizer.kind === 'muon' ? 'Muon for the matrices of blocks, AdamW for the rest,' : 'AdamW'} with a learning rate of ${learningRate}`,
    scheduleWords(schedule),
    ` and a weight decay of ${optimizer.weightDecay} on ${optimizer.decayOn === 'all' ? 'everything' : 'matrices and embeddings'}`,
    clipNorm === null ? '' : `, gradients clipped at a norm of ${decimal(clipNorm, 0)}`,
    `, batches of ${counted(batch, 'text')}${batching === 'similar-lengths' ? ' of similar lengths' : ''}`,
    dropout > 0 ? `, dropout of ${percent(dropout, 0)} on the embedding` : '',
    labelSmoothing > 0 ? `, targets smoothed by ${percent(labelSmoothing, 0)}` : '',
    wordShuffle > 0 ? `, ${percent(wordShuffle, 0)} of texts with their words shuffled` : '',
    settings.averaging === null
      ? ''
      : `, weights averaged exponentially over steps (decay ${settings.averaging.decay})`,
    patience === null
      ? `; ${counted(epochs, 'epoch')}`
      : `; at most ${counted(epochs, 'epoch')}, ended when ${whole(patience + 1)} in a row bring no new lowest validation NLL`,
  ];
  return parts.join('');
}

function scheduleWords({ kind, warmupSteps }: z.infer<typeof schema>['schedule']): string {
  if (kind === 'constant') return ' throughout';
  return ` after ${whole(warmupSteps)} steps of warm-up, then along a cosine down`;
}
