/** Curves of a run, from what its files say. */
import type { RunDetails } from '../../src/studio/api.js';
import type { RunData } from '../data/run-data.js';
import type { StepColumn } from '../data/step-table.js';
import type { Curve } from './chart-props.js';
import { smooth, type Points } from './points.js';

export const X_AXES = ['epoch', 'step', 'time'] as const;
export type XAxis = (typeof X_AXES)[number];
export const X_LABELS: Readonly<Record<XAxis, string>> = { epoch: 'epoch', step: 'step', time: 'minutes' };

type Metrics = RunData['metrics']['value'][number];

/** A figure of each epoch. */
export function epochPoints(data: RunData, x: XAxis, of: (line: Metrics) => number | undefined): Points {
  const lines = data.metrics.value.filter((line) => of(line) !== undefined);
  let seconds = 0;
  const times = new Map(data.metrics.value.map((line) => [line, (seconds += line.seconds)]));
  const xs = lines.map((line) => (x === 'epoch' ? line.epoch + 1 : x === 'step' ? line.step : times.get(line)! / 60));
  return { xs: Float64Array.from(xs), ys: Float64Array.from(lines, (line) => of(line)!), count: lines.length };
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

/** The last axis of each run, which its charts share. */
const axes = new WeakMap<RunData, { readonly key: string; readonly xs: Float64Array }>();

function stepAxis(data: RunData, x: XAxis): Float64Array {
  const { shown: steps, details, version } = data;
  if (x === 'step') return steps.column('step').subarray(0, steps.count);
  const unit = x === 'time' ? 60 : (details.value?.stepsPerEpoch ?? 1);
  const key = [x, unit, version.value].join();
  const known = axes.get(data);
  if (known?.key === key) return known.xs;
  const xs = steps.column(x === 'time' ? 'seconds' : 'step').slice(0, steps.count);
  for (let i = 0; i < xs.length; i++) xs[i]! /= unit;
  axes.set(data, { key, xs });
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

/**
 * How to have the accuracy (share of characters and ends predicted right) of a top-1, which counts all positions, where
 * those after the end are certain; undefined where the model is trained on padding. Before the baselines are measured,
 * the training texts tell how long texts are.
 */
export function accuracyFrom(
  details: RunDetails | undefined,
  metrics: readonly Metrics[],
): ((top1: number) => number) | undefined {
  const positions = details?.positions;
  const train = details?.config?.corpus.sizes.train;
  if (positions === undefined || details?.config?.training.padding !== 'first') return undefined;
  const characters = details.charactersPerText?.val ?? (train && metrics[0] && metrics[0].tokens / train);
  if (characters === undefined) return undefined;
  return (top1) => (top1 * positions - (positions - characters)) / characters;
}
