import { asWritten, settingAt, type SettingsByPath } from '../train/recipes/settings-by-path.js';
import type { TrainingPlan } from '../train/plan.js';
import type { SearchSpace } from './search-space.js';
import type { TrialResult } from './trial.js';

/** The effect of one setting over the trials of the first rung, which alone were not chosen by their results. */
export interface SettingEffect {
  /** As in the search space; paths with `+` between them were set together. */
  readonly path: string;
  /** Groups of trials with equal or similar values; the lowest mean NLL first. */
  readonly groups: readonly ValueGroup[];
  /**
   * Share of the variance of NLL that lies between the groups, less what as many groups would have by chance (ω², Hays
   * 1963), 0 … 1; NaN for fewer trials than groups + 1.
   */
  readonly share: number;
}

export interface ValueGroup {
  /** E.g. `0.2`, `rotary` or `0.001 – 0.0032`. */
  readonly label: string;
  readonly trials: number;
  /** Nats per text. */
  readonly meanNll: number;
  readonly lowestNll: number;
}

/** Groups of equal size for the values of a range. */
const GROUPS = 3;

export interface Observation {
  readonly value: SettingsByPath[string];
  readonly nll: number;
}

/** The value of a setting, and the NLL, of each trial that did not diverge. */
export function observationsOf(
  path: string,
  trials: readonly Pick<TrialResult, 'set' | 'valNll'>[],
  plan: Pick<TrainingPlan, 'model' | 'training'>,
): Observation[] {
  const first = path.split('+')[0]!.trim();
  const unchanged = settingAt(plan, first) as SettingsByPath[string];
  return trials
    .filter(({ valNll }) => Number.isFinite(valNll))
    .map(({ set, valNll }) => ({ value: Object.hasOwn(set, first) ? set[first]! : unchanged, nll: valNll }));
}

/**
 * The effects of all settings, the one with the largest share of the variance first.
 *
 * @param trials of the first rung
 * @param plan of the unchanged recipe, for trials that do not change a setting
 */
export function whatMattered(
  space: SearchSpace,
  trials: readonly TrialResult[],
  plan: Pick<TrainingPlan, 'model' | 'training'>,
): SettingEffect[] {
  const effects = Object.entries(space).map(([path, variation]): SettingEffect => {
    const observations = observationsOf(path, trials, plan);
    const groups = variation.kind === 'choices' ? byValue(observations) : byRange(observations);
    return {
      path,
      share: omegaSquared(groups.map((group) => group.map(({ nll }) => nll))),
      groups: groups
        .map((group) => ({
          label: labelOf(group),
          trials: group.length,
          meanNll: mean(group.map(({ nll }) => nll)),
          lowestNll: Math.min(...group.map(({ nll }) => nll)),
        }))
        .sort((a, b) => a.meanNll - b.meanNll),
    };
  });
  return effects.sort((a, b) => (b.share || 0) - (a.share || 0));
}

/**
 * ω² = (SSb − (k − 1)·MSw) / (SSt + MSw), at least 0: how much of the variance lies between k groups, without the part
 * that k random groups would have.
 *
 * @returns NaN where no group has two members, or there is one group only
 */
export function omegaSquared(groups: readonly (readonly number[])[]): number {
  const filled = groups.filter((group) => group.length > 0);
  const all = filled.flat();
  const within = all.length - filled.length;
  if (filled.length < 2 || within < 1) return NaN;
  const total = sumOfSquares(all);
  const inside = filled.reduce((sum, group) => sum + sumOfSquares(group), 0);
  const meanSquare = inside / within;
  if (total === 0) return 0;
  return Math.max(0, (total - inside - (filled.length - 1) * meanSquare) / (total + meanSquare));
}

function byValue(observations: readonly Observation[]): Observation[][] {
  const groups = new Map<string, Observation[]>();
  for (const each of observations) {
    const key = JSON.stringify(each.value);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()];
}

function byRange(observations: readonly Observation[]): Observation[][] {
  const sorted = [...observations].sort((a, b) => Number(a.value) - Number(b.value));
  const cuts = Array.from({ length: GROUPS + 1 }, (_, i) => Math.round((i * sorted.length) / GROUPS));
  return cuts.slice(1).flatMap((end, i) => (end > cuts[i]! ? [sorted.slice(cuts[i], end)] : []));
}

function labelOf(group: readonly Observation[]): string {
  const [first, last] = [asWritten(group[0]!.value), asWritten(group.at(-1)!.value)];
  return first === last ? first : `${first} – ${last}`;
}

function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}

function sumOfSquares(values: readonly number[]): number {
  const centre = mean(values);
  return values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
}
