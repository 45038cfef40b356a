import type { SettingsByPath } from './settings-by-path.js';

/**
 * One rate wherever the family's models drop: the sum of embeddings, the attention weights, what sub-layers add.
 *
 * @example dropout(0.1) // { 'model.dropout.embedding': 0.1, … }
 */
export function dropout(rate: number): SettingsByPath {
  return {
    'model.dropout.embedding': rate,
    'model.dropout.attention': rate,
    'model.dropout.residual': rate,
  };
}
