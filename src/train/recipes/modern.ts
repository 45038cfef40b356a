import { PRE_NORM_ARCHITECTURE } from '../../nn/presets.js';
import { setDropouts, type RecipeInput } from './recipe.js';
import type { SettingsByPath } from './settings-by-path.js';

/** Against memorising few texts: texts that differ from epoch to epoch, and targets that are never certain. */
const regularize = (wordShuffle: number): SettingsByPath => ({
  'training.augmentation.wordShuffle': wordShuffle,
  'training.labelSmoothing': 0.03,
});

/** What small language models are trained with today; docs/results.md has the gain of each part. */
export const modern: RecipeInput = {
  name: 'modern',
  version: 4,
  summary:
    'pre-norm, rotary positions, query-key norms, SwiGLU, Muon, EMA weights, warm-up and cosine, loss per character',
  architecture: {
    ...PRE_NORM_ARCHITECTURE,
    positions: 'rotary',
    queryKeyNorm: true,
    activation: 'swiglu',
  },
  shape: { mlpRatio: 4, heads: 4, layers: 3, dModel: 48 }, // 86 thousand parameters
  training: {
    epochs: 30,
    batch: 64,
    padding: 'first',
    learningRate: 1e-2,
    schedule: { kind: 'warmup-cosine', warmupSteps: 100, floor: 0.05 },
    optimizer: {
      kind: 'muon',
      beta1: 0.9,
      beta2: 0.98,
      epsilon: 1e-8,
      weightDecay: 0.1,
      decayOn: 'matrices',
    },
    clipNorm: 1,
    lossPer: 'character',
    batching: 'similar-lengths',
    patience: null,
    averaging: { kind: 'ema', decay: 0.998 },
  },
  // Wider and deeper from one to the next, with heads that are 12 to 36 wide. Of 10m, shape and settings continue the
  // series; they were not tuned.
  sizes: {
    '87k': { shape: { dModel: 48, heads: 4, layers: 3, mlpRatio: 4 } },
    '557k': {
      shape: { dModel: 104, heads: 4, layers: 4, mlpRatio: 4 },
      set: { ...setDropouts(0.07), ...regularize(0.2) },
    },
    '5m': {
      shape: { dModel: 256, heads: 8, layers: 6, mlpRatio: 4 },
      set: { ...setDropouts(0.15), ...regularize(0.3), 'training.learningRate': 5e-3, 'training.epochs': 18 },
    },
    '10m': {
      shape: { dModel: 324, heads: 9, layers: 8, mlpRatio: 4 },
      set: { ...setDropouts(0.2), ...regularize(0.3), 'training.learningRate': 4e-3, 'training.epochs': 18 },
    },
  },
  distilled: {
    ...setDropouts(0),
    'training.augmentation.wordShuffle': 0,
    'training.labelSmoothing': 0,
    'training.distillationSet': { fraction: 0.67, softTargetWeight: 1 },
    'training.epochs': 12,
  },
  reasons: {
    architecture: 'options not named below are off',
    'architecture.norm': 'the residual stream stays a sum, so that deep models train with large learning rates',
    'architecture.positions': 'distance matters more than position: the largest single gain, and 149 fewer embeddings',
    'architecture.headWidth': 'heads that share the width cost a fraction of full-width ones and lose nothing',
    'architecture.attentionBias': 'they add little: norms have biases of their own',
    'architecture.queryKeyNorm':
      'half a nat at the smallest size; attention cannot become so sharp that training breaks',
    'architecture.activation': 'a little better than a GELU of as many parameters',
    'architecture.initialization': 'as GPT-2',
    'architecture.dropout':
      'small models of thousands of texts do not overfit within the epochs planned; the larger sizes have it',
    shape: 'trains in minutes on a laptop',
    training: 'options not named below are off',
    'training.epochs': 'validation NLL has settled by then; larger models overfit sooner',
    'training.batch': 'fewer, larger steps use the processor better, and share the cost of Muon per step',
    'training.padding': 'the end of a text is predicted once, not up to 148 times',
    'training.learningRate': 'with Muon a little better than 5e-3; less for wider matrices, whose updates are larger',
    'training.schedule': 'warm-up lets Adam’s second moments settle, a cosine to near 0 lets the weights settle',
    'training.optimizer':
      'Muon learns more in an epoch than AdamW; decay on matrices only, since biases and norms do not overfit',
    'training.averaging': 'the mean over about 500 steps validates better than any single step',
    'training.clipNorm': 'survives the rare bad batch',
    'training.lossPer': 'gives long and short texts gradients of one scale',
    'training.batching': 'texts of one length spread evenly over threads',
    'training.labelSmoothing': 'the larger sizes have some: it keeps them from overconfidence on few texts',
    'training.augmentation':
      'the larger sizes see the words of some texts in another order in each epoch, so that they overfit later',
    'training.distillationSet':
      'a teacher writes any number of texts: the student cannot memorise them, and needs no regularisation',
    'training.patience': 'the schedule says when training ends',
  },
};
