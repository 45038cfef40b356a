import { LetterpressError } from '../errors.js';
import type { ModelConfig } from './config.js';

/** What the notebook's table of four sizes gives. */
export type Shape = Pick<ModelConfig, 'mlpRatio' | 'heads' | 'layers' | 'dModel'>;

/** The notebook's four sizes, by their approximate number of parameters (docs/notebook.md, section 5). */
export const PRESETS = {
  '87k': { mlpRatio: 10, heads: 5, layers: 5, dModel: 20 },
  '557k': { mlpRatio: 50, heads: 5, layers: 5, dModel: 30 },
  '5m': { mlpRatio: 170, heads: 6, layers: 6, dModel: 48 },
  '10m': { mlpRatio: 220, heads: 6, layers: 6, dModel: 60 },
} as const satisfies Record<string, Shape>;

export type PresetName = keyof typeof PRESETS;

/** What a recipe fixes of a model's configuration: all but shape, alphabet and context length. */
export type Architecture = Omit<ModelConfig, keyof Shape | 'vocabulary' | 'contextLength'>;

/** The notebook's architecture: post-norm, full-width heads, PyTorch's initialisation. */
export const NOTEBOOK_ARCHITECTURE: Architecture = {
  norm: 'post',
  positions: 'learned',
  headWidth: 'full',
  attentionBias: true,
  queryKeyNorm: false,
  activation: 'gelu',
  tiedEmbeddings: false,
  fixedEmbeddings: false,
  causal: true,
  shift: true,
  initialization: 'pytorch',
  dropout: { embedding: 0.1, attention: 0, residual: 0 },
};

/** Pre-norm with standard heads: what GPT-2 and its followers settled on. */
export const PRE_NORM_ARCHITECTURE: Architecture = {
  norm: 'pre',
  positions: 'learned',
  headWidth: 'standard',
  attentionBias: false,
  queryKeyNorm: false,
  activation: 'gelu',
  tiedEmbeddings: false,
  fixedEmbeddings: false,
  causal: true,
  shift: true,
  initialization: 'normal',
  dropout: { embedding: 0, attention: 0, residual: 0 },
};

/** The notebook's context length: cls and 149 characters. */
export const DEFAULT_CONTEXT_LENGTH = 150;

/** Token values of the default alphabet: pad, a–z, space, cls. */
export const DEFAULT_VOCABULARY = 29;

/** @throws LetterpressError BAD_OPTION for a name that no preset has */
export function presetConfig(name: PresetName): ModelConfig {
  if (!Object.hasOwn(PRESETS, name))
    throw new LetterpressError('BAD_OPTION', `expected a preset (${Object.keys(PRESETS).join(', ')}), got '${name}'`);
  return {
    vocabulary: DEFAULT_VOCABULARY,
    contextLength: DEFAULT_CONTEXT_LENGTH,
    ...PRESETS[name],
    ...NOTEBOOK_ARCHITECTURE,
  };
}
