/** Points of curves for a screen: which of very many to draw, and smoothed ones. */

/** A curve's points; `xs` ascend. One kind of array, for which loops over many points are compiled once. */
export interface Points {
  readonly xs: Float64Array;
  readonly ys: Float64Array;
  readonly count: number;
  /** Of the steps that they are of, where some may be left out. */
  readonly numbers?: Float64Array;
}

/** The first index whose x is at least `x`. */
function lowerBound({ xs, count }: Pick<Points, 'xs' | 'count'>, x: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle]! < x) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the point whose x is nearest. */
export function nearestIndex(points: Points, x: number): number {
  const after = Math.min(lowerBound(points, x), points.count - 1);
  if (after <= 0) return 0;
  return x - points.xs[after - 1]! < points.xs[after]! - x ? after - 1 : after;
}

/**
 * Indices of the points between two x that a picture needs: for each of its columns of pixels the first, the lowest,
 * the highest and the last, so that no peak is lost; and the neighbours outside, to which the line leads. All of them
 * where they are few.
 */
export function pointsToDraw(
  points: Points,
  from: number,
  to: number,
  columns: number,
): { indices: number[]; within: number } {
  const { xs, ys, count } = points;
  const first = lowerBound(points, from);
  let end = first;
  const indices: number[] = first > 0 ? [first - 1] : [];
  const within = lowerBound(points, to + Number.EPSILON * Math.abs(to)) - first;
  if (within <= 4 * columns) for (end = first; end < first + within; end++) indices.push(end);
  else {
    const width = (to - from) / columns;
    while (end < first + within) {
      const begin = end;
      const edge = from + (Math.floor((xs[begin]! - from) / width) + 1) * width;
      let [low, high] = [begin, begin];
      for (end = begin + 1; end < first + within && xs[end]! < edge; end++) {
        if (ys[end]! < ys[low]!) low = end;
        if (ys[end]! > ys[high]!) high = end;
      }
      for (const i of [...new Set([begin, Math.min(low, high), Math.max(low, high), end - 1])]) indices.push(i);
    }
  }
  if (end < count) indices.push(end);
  const { numbers } = points;
  const all = numbers === undefined || within === 0 ? within : numbers[first + within - 1]! - numbers[first]! + 1;
  return { indices, within: all };
}

/**
 * Exponential moving average, corrected for its start as Adam's moments are (Kingma and Ba, 2015). Values that are not
 * finite are left as they are, and change nothing.
 *
 * @param weight of what came before, 0 to below 1
 */
export function smooth({ ys, count }: Pick<Points, 'ys' | 'count'>, weight: number): Float64Array {
  const smoothed = new Float64Array(count);
  let [mean, power] = [0, 1];
  for (let i = 0; i < count; i++) {
    const y = ys[i]!;
    if (!Number.isFinite(y)) {
      smoothed[i] = y;
      continue;
    }
    mean = weight * mean + (1 - weight) * y;
    power *= weight;
    smoothed[i] = mean / (1 - power);
  }
  return smoothed;
}

/** The chosen points of a curve where they stand among all x; gaps are bridged. */
export function align(
  xs: Float64Array,
  { xs: own, ys }: Points,
  indices: readonly number[],
  isLog: boolean,
): (number | null)[] {
  const values = new Array<number | null>(xs.length).fill(null);
  let at = 0;
  for (const i of indices) {
    while (at < xs.length && xs[at]! < own[i]!) at++;
    const y = ys[i]!;
    if (at < xs.length && xs[at] === own[i] && Number.isFinite(y) && !(isLog && y <= 0)) values[at] = y;
  }
  return values;
}

/** Lowest and highest y between two x. */
export function extremesOf(
  xs: Float64Array,
  data: readonly (readonly (number | null)[])[],
  from: number,
  to: number,
): [number, number] {
  let [min, max] = [Infinity, -Infinity];
  for (const values of data)
    for (let i = 0; i < values.length; i++) {
      const y = values[i];
      if (y === null || y === undefined || xs[i]! < from || xs[i]! > to) continue;
      if (y < min) min = y;
      if (y > max) max = y;
    }
  return [min, max];
}
