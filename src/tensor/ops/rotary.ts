import type { FloatArray } from '../../backend/types.js';
import { assertInternal } from '../../errors.js';
import type { Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

/** By which angles the rows are rotated. */
export interface Rotation {
  /** `[rows]` */
  readonly positions: Int32Array;
  /** `[context length, 2 · ⌊headWidth / 2⌋]`: of each position the cosines of its angles, then their sines */
  readonly table: FloatArray;
}

/**
 * Rotates keys and queries by their positions (Su et al., 2021), in place and without a gradient, as `queryKeyNorm`.
 *
 * @param qkv `[rows, 3 · heads · headWidth]`: keys, queries, values
 */
export function rotary(tape: Tape, qkv: Tensor, rotation: Rotation, heads: number, headWidth: number): void {
  assertInternal(!tape.isTraining, 'expected a pass without gradients');
  tape.backend.rotary({ rows: rowsOf(qkv), heads, headWidth, qkv: qkv.data, ...rotation });
}
