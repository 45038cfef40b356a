/** Models of the family for tests: each option alone, and several together. */
import { parseModelConfig, type ModelConfig } from '../../src/nn/config.js';
import type { Parameters } from '../../src/nn/parameters.js';
import { PRE_NORM_ARCHITECTURE, NOTEBOOK_ARCHITECTURE, type Architecture } from '../../src/nn/presets.js';
import { testRandom } from './op-call.js';

/** A small shape whose heads are 3 wide, or 6 where they are full. */
const SMALL_SHAPE = { vocabulary: 7, contextLength: 15, dModel: 6, heads: 2, layers: 2, mlpRatio: 3 };

const PRE_NORM_OF_TODAY = {
  ...PRE_NORM_ARCHITECTURE,
  positions: 'rotary',
  activation: 'swiglu',
} as const satisfies Architecture;

export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  notebook: NOTEBOOK_ARCHITECTURE,
  modern: PRE_NORM_ARCHITECTURE,
  tied: { ...PRE_NORM_ARCHITECTURE, tiedEmbeddings: true },
  'tied notebook': { ...NOTEBOOK_ARCHITECTURE, tiedEmbeddings: true },
  rotary: { ...PRE_NORM_ARCHITECTURE, positions: 'rotary' },
  'rotary notebook': { ...NOTEBOOK_ARCHITECTURE, positions: 'rotary' },
  swiglu: { ...PRE_NORM_ARCHITECTURE, activation: 'swiglu' },
  'query-key norm': { ...PRE_NORM_ARCHITECTURE, queryKeyNorm: true },
  'query-key norm, notebook': { ...NOTEBOOK_ARCHITECTURE, queryKeyNorm: true },
  'all of today': { ...PRE_NORM_OF_TODAY, queryKeyNorm: true, tiedEmbeddings: true },
  'all of today, post-norm, full heads': {
    ...PRE_NORM_OF_TODAY,
    norm: 'post',
    headWidth: 'full',
    queryKeyNorm: true,
    attentionBias: true,
  },
};

/** Models that lack a part: nothing in their weights shows it. */
const ABLATIONS: Readonly<Record<string, Architecture>> = {
  'no positions': { ...PRE_NORM_ARCHITECTURE, positions: 'none' },
  'no positions, notebook': { ...NOTEBOOK_ARCHITECTURE, positions: 'none' },
  'no mask': { ...PRE_NORM_ARCHITECTURE, causal: false },
  'no mask, notebook': { ...NOTEBOOK_ARCHITECTURE, causal: false },
  'no shift': { ...NOTEBOOK_ARCHITECTURE, shift: false },
  'fixed embeddings': { ...NOTEBOOK_ARCHITECTURE, fixedEmbeddings: true },
};

export const ALL_ARCHITECTURES = { ...ARCHITECTURES, ...ABLATIONS };

/** The configuration of the small model of that architecture, or of one of another shape. */
export function configOf(name: string, shape: Partial<ModelConfig> = {}): ModelConfig {
  return parseModelConfig({ ...SMALL_SHAPE, ...ALL_ARCHITECTURES[name], ...shape });
}

/** Gives all parameters values like no initialisation: biases, scales and shifts all differ from 0 and 1. */
export function roughen({ values }: Parameters, stream: number): void {
  const random = testRandom(stream);
  for (let i = 0; i < values.length; i++) values[i] = 0.5 * random.normal();
}
