/** Groups and runs as tables, captions and sentences write them. */
import type { DiagnosisKind } from '../../diagnosis/types.js';
import { epochNumber } from '../../format.js';
import type { FigureFacts, GroupFacts, RunFacts, SettingFacts, SettingValue } from '../facts/types.js';
import { decimal, range, three, UNKNOWN } from './numbers.js';

/** The mean, with the standard deviation behind it where there are several seeds: `98.32`, or `98.32 ± 0.45`. */
export function withSpread({ mean, count, standardDeviation, leftOut }: FigureFacts, decimals: number): string {
  if (count === 0) return leftOut > 0 ? 'not finite' : UNKNOWN;
  const spread = count > 1 ? ` ± ${decimal(standardDeviation, decimals)}` : '';
  return `${decimal(mean, decimals)}${spread}`;
}

export function epochsWithSpread(figure: FigureFacts): string {
  return withSpread(figure, figure.count > 1 ? 1 : 0);
}

/** What stands behind ±, or why there is none: runs that have not ended have a spread too, of validation figures. */
export function spreadWords(groups: readonly GroupFacts[]): string {
  return groups.some(({ runs }) => runs.length > 1)
    ? 'Values over several seeds are mean ± standard deviation.'
    : 'One seed each, so the spread is unknown.';
}

/** Lowest validation NLL and its epoch, from 1, e.g. `95.48 (99)`; of several seeds `95.48 ± 0.31 (90, 99, 103)`. */
export function bestWithEpoch({ figures, runs }: GroupFacts): string {
  const epochs = runs.map((run) => run.figures.bestEpoch).filter((epoch): epoch is number => Number.isFinite(epoch));
  const best = withSpread(figures.bestValNll, 2);
  return epochs.length === 0 ? best : `${best} (${epochs.map(epochNumber).join(', ')})`;
}

/** Pearson's correlation with its interval; of several seeds the lowest and highest of them. */
export function pearsonText({ runs }: GroupFacts): string {
  const found = runs.map(({ correlation }) => correlation).filter(({ pearson }) => !Number.isNaN(pearson));
  const [only] = found;
  if (only === undefined) return UNKNOWN;
  const values = found.map(({ pearson }) => pearson);
  if (found.length > 1) return range(Math.min(...values), Math.max(...values), 3);
  const { low, high } = only.interval;
  return Number.isNaN(low) ? three(only.pearson) : `${three(only.pearson)} (${range(low, high, 3)})`;
}

/** Without the reason of a failure, which {@link diagnosisWord} tells. */
export const DIAGNOSIS_WORDS: Readonly<Record<DiagnosisKind, string>> = {
  improving: 'still improving',
  converged: 'converged',
  overfitting: 'overfitting',
  failed: 'failed',
  diverged: 'diverged',
  'too-short': 'too short to tell',
};

/** One run's diagnosis in a few words: a training NLL that fell is no failed optimisation. */
export function diagnosisWord({ kind, flags, reasons }: RunFacts['diagnosis']): string {
  if (reasons.epochs === 0) return 'no epochs';
  if (kind !== 'failed') return DIAGNOSIS_WORDS[kind];
  return flags.includes('learned-training-texts') ? 'failed to generalise' : 'failed optimisation';
}

/** Those of a group's runs: `converged`, or `2 converged, 1 diverged`. */
export function diagnosisWords({ runs }: Pick<GroupFacts, 'runs'>): string {
  const counts = new Map<string, number>();
  for (const word of runs.map(({ diagnosis }) => diagnosisWord(diagnosis)))
    counts.set(word, (counts.get(word) ?? 0) + 1);
  const words = [...counts].sort((a, b) => b[1] - a[1]);
  return words.length === 1 ? words[0]![0] : words.map(([word, count]) => `${count} ${word}`).join(', ');
}

export function diagnosedAs({ name, diagnosis }: Pick<RunFacts, 'name' | 'diagnosis'>): string {
  return `${name}: ${diagnosis.sentences.join(' ')}`;
}

/** More differ where a recipe or an alphabet does: `results.json` and `compare --json` have them. */
const MAX_NAMED_SETTINGS = 3;

/** With a space before it: ` (model.dropout.residual: 0 and 0.3)`; empty for none, or too many to be read. */
export function namedSettings(settings: readonly SettingFacts[]): string {
  if (settings.length === 0 || settings.length > MAX_NAMED_SETTINGS) return '';
  const named = settings.map(({ path, first, second }) => `${path}: ${settingText(first)} and ${settingText(second)}`);
  return ` (${named.join('; ')})`;
}

/** The beginning of a fingerprint or an alphabet. */
function settingText(value: SettingValue): string {
  if (value === null) return 'none';
  return typeof value === 'string' && value.length > 20 ? `${value.slice(0, 12)}…` : String(value);
}
