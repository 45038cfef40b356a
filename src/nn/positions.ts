import type { FloatArray } from '../backend/types.js';
import { newFloats, type Precision } from '../tensor/arena.js';
import { headWidthOf, type ModelConfig } from './config.js';

/** The base of rotary angles in Su et al., 2021. */
const ROTARY_BASE = 10_000;

/**
 * Cosines and sines of a model's rotary positions: with h = ⌊headWidth / 2⌋, position t turns its pair c < h by the angle
 * t · 10000^(−c / h).
 *
 * @returns `[context length, 2 · h]`: of each position the cosines of its angles, then their sines; undefined for other positions
 */
export function rotaryTable(config: ModelConfig, precision: Precision): FloatArray | undefined {
  if (config.positions !== 'rotary') return undefined;
  const half = Math.floor(headWidthOf(config) / 2);
  const table = newFloats(precision, config.contextLength * 2 * half);
  for (let t = 0; t < config.contextLength; t++) {
    for (let c = 0; c < half; c++) {
      const angle = t * ROTARY_BASE ** (-c / half);
      table[t * 2 * half + c] = Math.cos(angle);
      table[(t * 2 + 1) * half + c] = Math.sin(angle);
    }
  }
  return table;
}
