import type { DiagnosisKind } from '../../analysis/diagnosis/types.js';

/** What is said of each kind of curve, in the cell of a table. */
export const DIAGNOSIS_WORDS: Readonly<Record<DiagnosisKind, string>> = {
  improving: 'still improving',
  converged: 'converged',
  overfitting: 'overfitting',
  failed: 'failed optimisation',
  diverged: 'diverged',
  'too-short': 'too short to tell',
};
