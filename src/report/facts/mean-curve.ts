import { mean } from '../../statistics/mean-interval.js';
import type { CurveFacts, MeanCurve } from './types.js';

/**
 * The mean of several seeds' curves, with the lowest and highest as its band: see {@link MeanCurve} for which epochs and runs it is of.
 *
 * @param curves of the runs that count
 * @param leftOut runs that do not count, to be added to those left out here
 */
export function meanCurve(
  curves: readonly CurveFacts[],
  of: 'trainNll' | 'valNll' | 'valTop1',
  leftOut = 0,
): MeanCurve {
  const byEpoch = curves.map(
    (curve) => new Map(curve.epochs.map((epoch, i) => [epoch, { value: curve[of][i]!, seconds: curve.seconds[i]! }])),
  );
  const whole = byEpoch.filter((values) => [...values.values()].every(({ value }) => Number.isFinite(value)));
  const used = whole.some(({ size }) => size > 0) ? whole.filter(({ size }) => size > 0) : byEpoch;
  const epochs = [...(used[0]?.keys() ?? [])].filter((epoch) =>
    used.every((values) => Number.isFinite(values.get(epoch)?.value)),
  );
  const columns = epochs.map((epoch) => used.map((values) => values.get(epoch)!.value));
  return {
    epochs,
    mean: columns.map(mean),
    low: columns.map((values) => Math.min(...values)),
    high: columns.map((values) => Math.max(...values)),
    seconds: epochs.map((epoch) => mean(used.map((values) => values.get(epoch)!.seconds))),
    runs: used.length,
    leftOut: leftOut + curves.length - used.length,
    longest: used.reduce((most, { size }) => Math.max(most, size), 0),
  };
}
