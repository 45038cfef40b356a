/** Models of the family for tests: each option alone, and several together. */
import { parseModelConfig, type ModelConfig } from '../../src/nn/config.js';
import type { Parameters } from '../../src/nn/parameters.js';
import { MODERN_ARCHITECTURE, NOTEBOOK_ARCHITECTURE, type Architecture } from '../../src/nn/presets.js';
import { testRandom } from './op-call.js';

/** A small shape whose heads are 3 wide, or 6 where they are full. */
export const SMALL_SHAPE = { vocabulary: 7, window: 15, emb: 6, heads: 2, blocks: 2, neurons: 3 };

/** Architectures by name. */
export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  notebook: NOTEBOOK_ARCHITECTURE,
  modern: MODERN_ARCHITECTURE,
  tied: { ...MODERN_ARCHITECTURE, tiedEmbeddings: true },
  'tied notebook': { ...NOTEBOOK_ARCHITECTURE, tiedEmbeddings: true },
};

/** The configuration of the small model of that architecture. */
export function configOf(name: string): ModelConfig {
  return parseModelConfig({ ...SMALL_SHAPE, ...ARCHITECTURES[name] });
}

/** Gives all parameters values like no initialisation: biases, scales and shifts all differ from 0 and 1. */
export function roughen({ values }: Parameters, stream: number): void {
  const random = testRandom(stream);
  for (let i = 0; i < values.length; i++) values[i] = 0.5 * random.normal();
}
