/**
 * Bounds for values of which a few are so far off that they would squeeze all others into a line: an epoch in which a
 * training diverged, say. Plain numbers in and out. Safe for browsers.
 */

/** So many times the usual span may a value be off before it is cut. */
const FAR = 50;

/**
 * The largest value to show: the largest of all, unless it is far off.
 *
 * With baselines, far off is what is beyond the weakest by as much again as the weakest is above the lowest value: none
 * is a good model up there. If that would cut more than half of the values, or without baselines, far off is what is 50
 * times as far above the lowest value as three quarters of the values are.
 */
export function highestToShow(values: readonly number[], baselines: readonly number[] = []): number {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  const weakest = baselines.reduce((high, value) => Math.max(high, value), -Infinity);
  if (known.length === 0) return weakest;
  const lowest = baselines.reduce((low, value) => Math.min(low, value), known[0]!);
  const limit = weakest + (weakest - lowest);
  if (weakest > lowest) {
    const kept = known.filter((value) => value <= limit);
    if (2 * kept.length >= known.length) return Math.max(weakest, kept.at(-1)!);
  }
  let kept = known;
  for (;;) {
    const usual = kept[Math.floor(0.75 * (kept.length - 1))]! - kept[0]!;
    const span = Math.max(usual, 0.01 * Math.abs(kept[0]!), Number.MIN_VALUE);
    const nearer = kept.filter((value) => value <= kept[0]! + FAR * span);
    if (nearer.length === kept.length) return Math.max(weakest, kept.at(-1)!);
    kept = nearer;
  }
}

/** A spot, of a line that is to be cut. */
interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Rounding puts what lies on a bound beyond it, by less than this. */
const ROUNDING = 1e-6;

/**
 * A line without what is above `top` or below `bottom` (pixels, so `top` is the smaller): where it crosses a bound, it
 * ends there. A missing spot is a gap, before and after.
 */
export function cutLine(spots: readonly (Spot | null)[], top: number, bottom: number): (Spot | null)[] {
  const result: (Spot | null)[] = [];
  const inside = ({ y }: Spot): boolean => y >= top - ROUNDING && y <= bottom + ROUNDING;
  spots.forEach((spot, i) => {
    const before = spots[i - 1] ?? null;
    if (before !== null && spot !== null && !(inside(before) && inside(spot)))
      result.push(...crossings(before, spot, top, bottom));
    result.push(spot !== null && inside(spot) ? spot : null);
  });
  return result;
}

/** Where a straight line crosses the bounds, in its order. */
function crossings(from: Spot, to: Spot, top: number, bottom: number): Spot[] {
  return [top, bottom]
    .map((y) => ({ share: (y - from.y) / (to.y - from.y), y }))
    .filter(({ share }) => share > 0 && share < 1)
    .sort((a, b) => a.share - b.share)
    .map(({ share, y }) => ({ x: from.x + share * (to.x - from.x), y }));
}
