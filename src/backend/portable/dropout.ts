import { DROPOUT_ROUNDS, threefry } from '../../random.js';
import type { Dropout } from '../types.js';

const bits = new Uint32Array(2);

const STEPS = 0x1_0000;

/** Of {@link STEPS} elements, how many are dropped: the rate that is meant, to 16 bits, and never all of them. */
function droppedOf(rate: number): number {
  return Math.min(Math.round(rate * STEPS), STEPS - 1);
}

/**
 * What element `index` is multiplied by: 0 when dropped, else 1 / (1 − rate). Four neighbouring elements share one
 * Threefry block, 16 bits each, as in the native kernels.
 */
export function dropoutFactor(dropout: Dropout, index: number): number {
  if (dropout.rate === 0) return 1;
  threefry(dropout.key0, dropout.key1, Math.floor(index / 4), dropout.site, bits, DROPOUT_ROUNDS);
  const word = bits[(index >> 1) & 1]!;
  const dropped = droppedOf(dropout.rate);
  return (index & 1 ? word >>> 16 : word & 0xffff) < dropped ? 0 : 1 / (1 - dropped / STEPS);
}

/** Attention weights are numbered (row · heads + head) · ATTENTION_STRIDE + key position. */
export const ATTENTION_STRIDE = 1024;
