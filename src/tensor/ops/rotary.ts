import type { FloatArray } from '../../backend/types.js';
import { gradOf, type Tape } from '../tape.js';
import { rowsOf, type Tensor } from '../tensor.js';

/**
 * Rotates keys and queries by their positions (Su et al., 2021), in place. The gradient is rotated back in place,
 * before the operation that made `qkv` reads it.
 *
 * @param qkv `[rows, 3 · heads · headWidth]`: keys, queries, values
 * @param positions `[rows]` @param table `[context length, 2 · ⌊headWidth / 2⌋]`: cosines, then sines
 */
export function rotary(
  tape: Tape,
  qkv: Tensor,
  positions: Int32Array,
  table: FloatArray,
  heads: number,
  headWidth: number,
): void {
  const shared = { rows: rowsOf(qkv), heads, headWidth, positions, table };
  tape.backend.rotary({ ...shared, qkv: qkv.data });
  tape.record(undefined, () => tape.backend.rotaryGradient({ ...shared, gradQkv: gradOf(qkv) }));
}
