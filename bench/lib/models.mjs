// The models that are measured.
import { PRESETS } from '../../dist/index.js';

/** Pre-norm models with AdamW, as the PyTorch side has them: what the `modern` recipe adds to them is off. */
const PLAIN = {
  'model.positions': 'learned',
  'model.activation': 'gelu',
  'model.queryKeyNorm': false,
  'training.optimizer.kind': 'adamw',
  'training.averaging': null,
};

/** About 0.1, 0.8 and 4.8 million parameters. */
export const PLAIN_SHAPES = {
  48: { dModel: 48, heads: 4, layers: 3, mlpRatio: 4 },
  128: { dModel: 128, heads: 4, layers: 4, mlpRatio: 4 },
  256: { dModel: 256, heads: 8, layers: 6, mlpRatio: 4 },
};

export const plainName = (width) => `plain-${width}x${PLAIN_SHAPES[width].layers}`;

/** Options of planTraining by name. */
export const MODELS = {
  ...Object.fromEntries(Object.keys(PRESETS).map((preset) => [preset, { preset }])),
  ...Object.fromEntries(
    Object.entries(PLAIN_SHAPES).map(([width, shape]) => [
      plainName(width),
      { recipe: 'modern', set: PLAIN, ...shape },
    ]),
  ),
};
