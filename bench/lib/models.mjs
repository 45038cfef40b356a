// The models that are measured.
import { PRESETS } from '../../dist/index.js';

/** Pre-norm models with AdamW: what the `modern` recipe adds to them is off. */
const PLAIN = {
  'model.positions': 'learned',
  'model.activation': 'gelu',
  'model.queryKeyNorm': false,
  'training.optimizer.kind': 'adamw',
  'training.averaging': null,
};
const plain = (dModel, heads, layers) => ({ recipe: 'modern', set: PLAIN, dModel, heads, layers, mlpRatio: 4 });

const SIZES = Object.keys(PRESETS);

/** Options of planTraining by name: the notebook's models, the `modern` recipe at its sizes, and plain ones. */
export const MODELS = {
  ...Object.fromEntries(SIZES.map((preset) => [preset, { preset }])),
  ...Object.fromEntries(SIZES.map((size) => [`modern-${size}`, { recipe: 'modern', size }])),
  'modern-32x2': { recipe: 'modern', dModel: 32, heads: 4, layers: 2 },
  'plain-48x3': plain(48, 4, 3),
  'plain-128x4': plain(128, 4, 4),
  'plain-256x6': plain(256, 8, 6),
};

/** What computes a model in PyTorch, and what it is told; the notebook's is in `folder`, and missing without one. */
export function pytorchOf(name, { model, training }, folder) {
  const { preset } = MODELS[name];
  if (preset === undefined) return { script: 'train_step', job: { kind: name.split('-')[0], model, training } };
  return folder && { script: 'notebook_step', job: { reference: folder, shape: PRESETS[preset] } };
}
