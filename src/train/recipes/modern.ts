import { MODERN_ARCHITECTURE } from '../../nn/presets.js';
import type { RecipeInput } from './recipe.js';

/** What small language models are trained with today. */
export const modern: RecipeInput = {
  name: 'modern',
  version: 1,
  summary: 'pre-norm, standard heads, warm-up and cosine, clipping, a loss per letter',
  architecture: MODERN_ARCHITECTURE,
  shape: { neurons: 4, heads: 4, blocks: 3, emb: 48 }, // 94 thousand parameters
  training: {
    epochs: 40,
    batch: 64,
    padding: 'first',
    learningRate: 5e-3,
    schedule: { kind: 'warmup-cosine', warmupSteps: 100, floor: 0.05 },
    optimizer: { beta1: 0.9, beta2: 0.98, epsilon: 1e-8, weightDecay: 0.1, decayOn: 'matrices' },
    clipNorm: 1,
    lossPer: 'letter',
    batching: 'similar-lengths',
    patience: null,
  },
  // Wider and deeper from one to the next, with heads that are 11 to 32 wide.
  sizes: {
    '87k': { shape: { emb: 44, heads: 4, blocks: 3, neurons: 4 } },
    '557k': { shape: { emb: 104, heads: 4, blocks: 4, neurons: 4 } },
    '5m': { shape: { emb: 256, heads: 8, blocks: 6, neurons: 4 } },
    '10m': { shape: { emb: 320, heads: 10, blocks: 8, neurons: 4 } },
  },
  reasons: {
    architecture: 'what is not named below is off',
    'architecture.norm':
      'the residual stream stays a sum, so that deep models train with large learning rates',
    'architecture.headWidth':
      'heads that share the width cost a fraction of full-width ones and lose nothing',
    'architecture.attentionBias': 'they add little: norms have biases of their own',
    'architecture.initialization': 'what GPT-2 has',
    'architecture.dropout':
      'small models of many texts do not overfit within the epochs planned; larger ones want --dropout',
    shape: 'trains in minutes on a laptop',
    training: 'what is not named below is off',
    'training.epochs': 'validation NLL of the smallest models has settled by then',
    'training.batch': 'fewer, larger steps use the processor better; half as many would learn less',
    'training.padding': 'the end of a text is predicted once, not up to 148 times',
    'training.learningRate': 'the largest of 1e-3, 2e-3, 5e-3 that trained the smallest model evenly',
    'training.schedule':
      'warm-up lets Adam’s second moments settle, a cosine to near 0 lets the weights settle',
    'training.optimizer':
      'decay on matrices only, since biases and norms do not overfit; a shorter memory of the second moments follows the schedule',
    'training.clipNorm': 'survives the rare bad batch',
    'training.lossPer': 'gives long and short texts gradients of one scale',
    'training.batching': 'texts of one length spread evenly over threads',
    'training.patience': 'the schedule says when training ends',
  },
};
