import type { SettingsByPath } from '../train/recipes/settings-by-path.js';

/** Models of which one part is taken away, to show what it is for, and the whole one beside them. */
export const ABLATIONS = {
  intact: {},
  'no-positions': { 'model.positions': 'none' },
  'no-mask': { 'model.causal': false },
  'no-shift': { 'model.shift': false },
  'fixed-embeddings': { 'model.fixedEmbeddings': true },
  'one-head': { 'model.heads': 1 },
  'one-block': { 'model.layers': 1 },
} as const satisfies Readonly<Record<string, SettingsByPath>>;

export type Ablation = keyof typeof ABLATIONS;

export const ABLATION_NAMES = Object.keys(ABLATIONS) as [Ablation, ...Ablation[]];

/** Enough to see the differences, few enough to cost minutes. */
const ABLATION_EPOCHS = 10;

/** Epochs of each of these models: those planned for its size, but not more than ten. */
export function ablationEpochs(planned = ABLATION_EPOCHS): number {
  return Math.min(ABLATION_EPOCHS, planned);
}
