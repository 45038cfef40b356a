import type { DiagnosisKind } from '../../diagnosis/types.js';
import type { GroupFacts } from '../facts/types.js';

/** What a curve shows, in a table or in the middle of a sentence. */
export const DIAGNOSIS_WORDS: Readonly<Record<DiagnosisKind, string>> = {
  improving: 'still improving',
  converged: 'converged',
  overfitting: 'overfitting',
  failed: 'failed optimisation',
  diverged: 'diverged',
  'too-short': 'too short to tell',
};

/**
 * What the curves of a group show.
 *
 * @example diagnosisWords(group); // 'converged', or '2 converged, 1 diverged'
 */
export function diagnosisWords({ runs, diagnoses }: GroupFacts): string {
  const words = (kind: DiagnosisKind): string => {
    // A training NLL that fell is no failed optimisation, though nothing was learned that holds for other texts.
    const those = runs.filter(({ diagnosis }) => diagnosis.kind === kind);
    const learned = those.every(({ diagnosis }) => diagnosis.flags.includes('learned-training-texts'));
    return kind === 'failed' && learned ? 'failed to generalise' : DIAGNOSIS_WORDS[kind];
  };
  const [only] = diagnoses;
  if (only === undefined) return 'no epochs yet';
  if (diagnoses.length === 1) return words(only.kind);
  return diagnoses.map(({ kind, runs: count }) => `${count} ${words(kind)}`).join(', ');
}
