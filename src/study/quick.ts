import type { GazetteSizes } from '../corpus/gazette/index.js';
import type { StudyOptionsInput } from './study-options.js';

/** Texts of the built-in corpus for a quick study. */
export const QUICK_TEXTS: GazetteSizes = { train: 384, val: 96, test: 96 };

/**
 * A study of a few steps: all of it, with the notebook's shapes and recipe, in two minutes or so on two cores. Larger
 * models get fewer epochs, since theirs take up to sixty times as long.
 */
export const QUICK_STUDY = {
  kind: 'quick',
  epochs: { '87k': 12, '557k': 6, '5m': 3, '10m': 2 },
} as const satisfies StudyOptionsInput;
