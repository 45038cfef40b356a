import { oneAfterAnother } from '../operations.js';
import type { Backend } from '../types.js';
import { add, addGradient } from './add.js';
import { addLayerNorm, addLayerNormGradient } from './add-layer-norm.js';
import { attention, attentionGradient } from './attention.js';
import { cachedAttention, cachedInputAttention } from './cached-attention.js';
import { crossEntropy, crossEntropyGradient, logSoftmax } from './cross-entropy.js';
import { embed, embedGradient } from './embed.js';
import { linear, linearGradient } from './linear.js';
import { mlp, mlpGradient } from './mlp.js';
import { muon } from './muon.js';
import { queryKeyNorm } from './query-key-norm.js';
import { rotary } from './rotary.js';
import { swigluMlp, swigluMlpGradient } from './swiglu.js';
import { adamW, clear, sumOfSquares, weightedSum } from './updates.js';

/**
 * Plain TypeScript, written to be read: the specification of every operation. It runs anywhere JavaScript does, in
 * float32 and float64.
 */
export const portable: Backend = {
  info: { name: 'portable', instructionSet: 'javascript', threads: 1, precision: 'f32' },
  together: oneAfterAnother,
  embed,
  embedGradient,
  linear,
  linearGradient,
  queryKeyNorm,
  rotary,
  attention,
  attentionGradient,
  cachedAttention,
  cachedInputAttention,
  add,
  addGradient,
  addLayerNorm,
  addLayerNormGradient,
  swigluMlp,
  swigluMlpGradient,
  mlp,
  mlpGradient,
  crossEntropy,
  crossEntropyGradient,
  logSoftmax,
  clear,
  weightedSum,
  adamW,
  muon,
  sumOfSquares,
};
