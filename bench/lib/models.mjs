// The models that are measured.
import { PRESETS } from '../../dist/index.js';

/**
 * What version 2 of the recipe added, off again: what is measured is a plain pre-norm model with AdamW, as the PyTorch side is.
 */
const PLAIN = {
  'model.positions': 'learned',
  'model.activation': 'gelu',
  'model.queryKeyNorm': false,
  'training.optimizer.kind': 'adamw',
  'training.averaging': null,
};

/** The modern recipe at about 0.1, 0.8 and 4.8 million parameters: its own shape, and deeper ones with wider heads. */
export const MODERN_SHAPES = {
  48: { dModel: 48, heads: 4, layers: 3, mlpRatio: 4 },
  128: { dModel: 128, heads: 4, layers: 4, mlpRatio: 4 },
  256: { dModel: 256, heads: 8, layers: 6, mlpRatio: 4 },
};

export const modernName = (width) => `modern-${width}x${MODERN_SHAPES[width].layers}`;

/** All of them by name, as options of planTraining. */
export const MODELS = {
  ...Object.fromEntries(Object.keys(PRESETS).map((preset) => [preset, { preset }])),
  ...Object.fromEntries(
    Object.entries(MODERN_SHAPES).map(([width, shape]) => [
      modernName(width),
      { recipe: 'modern', set: PLAIN, ...shape },
    ]),
  ),
};
