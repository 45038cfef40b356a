import type { FigureFacts, GroupFacts } from '../facts/types.js';
import { decimal, range, three, UNKNOWN } from './numbers.js';

/**
 * A figure of a group: its mean, with the standard deviation behind it where there are several seeds.
 *
 * @example withSpread(group.figures.testNll, 2); // '98.32', or '98.32 ± 0.45'
 */
export function withSpread({ mean, count, standardDeviation, leftOut }: FigureFacts, decimals: number): string {
  if (count === 0) return leftOut > 0 ? 'not finite' : UNKNOWN;
  const spread = count > 1 ? ` ± ${decimal(standardDeviation, decimals)}` : '';
  return `${decimal(mean, decimals)}${spread}`;
}

/** Whether any of some groups has several seeds, so that a caption has to say what stands behind ±. */
export function haveSpread(groups: readonly GroupFacts[]): boolean {
  return groups.some(({ figures }) => figures.testNll.count > 1);
}

/** What a caption says of figures of several seeds. */
export function spreadWords(groups: readonly GroupFacts[]): string {
  return haveSpread(groups)
    ? 'Of several seeds: mean ± standard deviation.'
    : 'One seed each, so there is no spread to give.';
}

/** Lowest validation NLL and its epoch, e.g. `95.48 (99)`; of several seeds `95.48 ± 0.31 (90, 99, 103)`. */
export function bestWithEpoch({ figures, runs }: GroupFacts): string {
  const epochs = runs
    .map((run) => run.figures.bestEpoch)
    .filter((epoch) => epoch !== undefined && Number.isFinite(epoch));
  const best = withSpread(figures.bestValNll, 2);
  return epochs.length === 0 ? best : `${best} (${epochs.join(', ')})`;
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
