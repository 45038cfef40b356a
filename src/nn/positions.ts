import type { FloatArray } from '../backend/types.js';
import { newFloats, type Precision } from '../tensor/arena.js';
import type { Rotation } from '../tensor/ops/rotary.js';
import { headWidthOf, type ModelConfig } from './config.js';

/** The base of rotary angles in Su et al., 2021. */
const ROTARY_BASE = 10_000;

/** Rotary positions (Su et al., 2021): keys and queries are rotated by angles that grow with the position. */
export class RotaryPositions {
  private table: FloatArray | undefined;

  constructor(private readonly config: ModelConfig) {}

  /** What rotates rows at those positions. */
  at(positions: Int32Array, precision: Precision): Rotation {
    this.table ??= rotaryTable(this.config, precision);
    return { positions, table: this.table };
  }
}

/**
 * Cosines and sines of rotary positions: with h = ⌊headWidth / 2⌋, position t rotates its pair c < h by the angle
 * t · 10000^(−c / h).
 *
 * @returns `[context length, 2 · h]`: of each position the cosines of its angles, then their sines
 */
export function rotaryTable(config: ModelConfig, precision: Precision): FloatArray {
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
