/** Curves of a run, from what its files say. */
import type { RunData } from '../data/run-data.js';
import type { EpochColumn, StepColumn } from '../data/table.js';
import type { Curve } from './chart-props.js';
import { smooth, type Points } from './points.js';

export const X_AXES = ['epoch', 'step', 'time'] as const;
export type XAxis = (typeof X_AXES)[number];
export const X_LABELS: Readonly<Record<XAxis, string>> = { epoch: 'epoch', step: 'step', time: 'minutes' };

/** A figure of each epoch; none where no epoch has it, as in runs of older versions. */
export function epochPoints({ epochs }: RunData, x: XAxis, column: EpochColumn): Points | undefined {
  const { count } = epochs;
  const [numbers, ys] = [epochs.column('epoch'), epochs.column(column)];
  if (count > 0 && ys.subarray(0, count).every(Number.isNaN)) return undefined;
  const xs = epochs.column(x === 'time' ? 'seconds' : x).slice(0, count);
  for (let i = 0; i < count; i++) xs[i] = x === 'epoch' ? xs[i]! + 1 : x === 'time' ? xs[i]! / 60 : xs[i]!;
  return { xs, ys, count, numbers };
}

/** A figure of each step. */
export function stepPoints(data: RunData, x: XAxis, column: StepColumn): Points {
  const { shown } = data;
  return { xs: stepAxis(data, x), ys: shown.column(column), count: shown.count, numbers: shown.column('step') };
}

/** Characters (and ends) a second, over so many steps that the clock can tell. */
export function speedPoints(data: RunData, x: XAxis): Points {
  const { shown: steps } = data;
  const [tokens, seconds] = [steps.column('tokens'), steps.column('seconds')];
  const ys = new Float64Array(steps.count);
  let [first, sum] = [0, 0];
  for (let i = 0; i < steps.count; i++) {
    sum += tokens[i]!;
    while (i - first > 4 && seconds[i]! - seconds[first + 1]! > 1) sum -= tokens[first++]!;
    const time = seconds[i]! - (first === 0 ? 0 : seconds[first - 1]!);
    ys[i] = time > 0 ? sum / time : NaN;
  }
  return { xs: stepAxis(data, x), ys, count: steps.count, numbers: steps.column('step') };
}

function stepAxis({ shown: steps, details }: RunData, x: XAxis): Float64Array {
  if (x === 'step') return steps.column('step').subarray(0, steps.count);
  const unit = x === 'time' ? 60 : (details.value?.stepsPerEpoch ?? 1);
  const xs = steps.column(x === 'time' ? 'seconds' : 'step').slice(0, steps.count);
  for (let i = 0; i < xs.length; i++) xs[i]! /= unit;
  return xs;
}

/** A curve, and behind it, where it is smoothed, what it is the mean of. */
export function curvesOf(curve: Omit<Curve, keyof Points>, points: Points, weight: number): Curve[] {
  if (weight === 0) return [{ ...curve, ...points }];
  return [
    { ...curve, ...points, id: `${curve.id} raw`, isFaint: true },
    { ...curve, ...points, ys: smooth(points, weight) },
  ];
}
