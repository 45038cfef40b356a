import { newFloats, type Precision } from '../tensor/arena.js';
import type { FloatArray } from '../backend/types.js';
import { headWidthOf, type ModelConfig } from './config.js';

/** Keys and values of every letter so far, for up to `slots` texts that are being written. */
export class KvCache {
  /** Per block: `[slots, window, heads · headWidth]`. */
  readonly keys: readonly FloatArray[];
  readonly values: readonly FloatArray[];

  constructor(
    config: ModelConfig,
    readonly slots: number,
    precision: Precision = 'float32',
  ) {
    const length = slots * config.window * config.heads * headWidthOf(config);
    const perBlock = () => Array.from({ length: config.blocks }, () => newFloats(precision, length));
    this.keys = perBlock();
    this.values = perBlock();
  }
}
