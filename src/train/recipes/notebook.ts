import { NOTEBOOK_ARCHITECTURE, PRESETS } from '../../nn/presets.js';
import { PYTORCH_ADAMW } from '../optimizer/optimizer.js';
import type { RecipeInput } from './recipe.js';

/** The notebook's model and training: docs/notebook.md, sections 5 and 7. */
export const notebook: RecipeInput = {
  name: 'notebook',
  version: 1,
  summary: 'exactly the notebook: post-norm, full-width heads, a constant learning rate, early stopping (patience 10)',
  architecture: NOTEBOOK_ARCHITECTURE,
  shape: PRESETS['87k'],
  training: {
    epochs: 1000,
    batch: 32,
    padding: 'all',
    learningRate: 1e-3,
    schedule: { kind: 'constant' },
    optimizer: PYTORCH_ADAMW,
    clipNorm: null,
    lossPer: 'text',
    batching: 'shuffled',
    patience: 10,
  },
  dropouts: ['embedding'],
  texts: 'notebook',
  sizes: {
    '87k': { shape: PRESETS['87k'] },
    '557k': { shape: PRESETS['557k'] },
    '5m': { shape: PRESETS['5m'] },
    '10m': { shape: PRESETS['10m'] },
  },
  reasons: {
    architecture: 'as in the notebook',
    shape: 'the smallest of the notebook’s four sizes',
    training: 'as in the notebook, with PyTorch’s defaults',
    'training.epochs': 'early stopping ends it long before',
  },
};
