import { threefry } from '../../random.js';
import type { Dropout } from '../types.js';

const bits = new Uint32Array(2);

/** The 32-bit threshold below which an element is dropped. */
function dropThreshold(rate: number): number {
  return Math.floor(rate * 0x1_0000_0000);
}

/**
 * What element `index` is multiplied by: 0 when dropped, else 1 / (1 − rate). Two neighbouring elements
 * share one Threefry block, as in the native kernels.
 */
export function dropoutFactor(dropout: Dropout, index: number): number {
  if (dropout.rate === 0) return 1;
  threefry(dropout.key0, dropout.key1, Math.floor(index / 2), dropout.site, bits);
  return bits[index & 1]! < dropThreshold(dropout.rate) ? 0 : 1 / (1 - dropout.rate);
}

/** Attention weights are numbered (row · heads + head) · ATTENTION_STRIDE + key position. */
export const ATTENTION_STRIDE = 1024;
