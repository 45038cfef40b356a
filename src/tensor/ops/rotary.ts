import type { FloatArray } from '../../backend/types.js';
import { gradOf, type Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

/** By which angles the rows are rotated. */
export interface Rotation {
  /** `[rows]` */
  readonly positions: Int32Array;
  /** `[context length, 2 · ⌊headWidth / 2⌋]`: of each position the cosines of its angles, then their sines */
  readonly table: FloatArray;
}

/**
 * Rotates keys and queries by their positions (Su et al., 2021), in place. The gradient is rotated back in place,
 * before the operation that made `qkv` reads it.
 *
 * @param qkv `[rows, 3 · heads · headWidth]`: keys, queries, values
 */
export function rotary(tape: Tape, qkv: Tensor, rotation: Rotation, heads: number, headWidth: number): void {
  const shared = { rows: rowsOf(qkv), heads, headWidth, ...rotation };
  tape.backend.rotary({ qkv: qkv.data, ...shared });
  tape.record(undefined, () => tape.backend.rotaryGradient({ gradQkv: gradOf(qkv), ...shared }));
}
