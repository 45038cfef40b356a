import type { FloatArray } from '../backend/types.js';
import { newFloats, type Precision } from '../tensor/arena.js';
import { headWidthOf, type ModelConfig } from './config.js';

/** What attention needs to know of positions, where they are not part of a letter's embedding. */
export interface AttentionPositions {
  /** `[window, 2 · ⌊headWidth / 2⌋]`: of each position the cosines of its angles, then their sines. */
  readonly rotaryTable?: FloatArray;
  /** `[heads]`: by how much each letter of distance lowers a score. */
  readonly slopes?: FloatArray;
}

/** The base of rotary angles in Su et al., 2021. */
const ROTARY_BASE = 10_000;

/** The constants of a model's kind of positions. */
export function attentionPositions(config: ModelConfig, precision: Precision): AttentionPositions {
  if (config.positions === 'rotary') {
    return { rotaryTable: rotaryTable(config.window, headWidthOf(config), precision) };
  }
  if (config.positions === 'alibi') return { slopes: alibiSlopes(config.heads, precision) };
  return {};
}

/**
 * Cosines and sines of rotary positions: with h = ⌊headWidth / 2⌋, position t turns its pair c < h by the angle
 * t · 10000^(−c / h).
 */
function rotaryTable(window: number, headWidth: number, precision: Precision): FloatArray {
  const half = Math.floor(headWidth / 2);
  const table = newFloats(precision, window * 2 * half);
  for (let t = 0; t < window; t++) {
    for (let c = 0; c < half; c++) {
      const angle = t * ROTARY_BASE ** (-c / half);
      table[t * 2 * half + c] = Math.cos(angle);
      table[(t * 2 + 1) * half + c] = Math.sin(angle);
    }
  }
  return table;
}

/** Slopes of ALiBi: 2^(−8h / heads) for head h = 1, 2, … (Press et al., 2022). */
function alibiSlopes(heads: number, precision: Precision): FloatArray {
  const slopes = newFloats(precision, heads);
  for (let h = 0; h < heads; h++) slopes[h] = 2 ** ((-8 * (h + 1)) / heads);
  return slopes;
}
