/** Scales of axes: bounds, round ticks and their texts, and positions in pixels. */
import { extent, nice, tickStep, ticks as roundNumbers } from 'd3-array';
import { format, precisionFixed } from 'd3-format';
import { scaleLinear, scaleLog } from 'd3-scale';

export interface AxisScale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** Of all ticks alike; undefined: as many as each tick needs. */
  readonly decimals?: number | undefined;
  /** Whether equal ratios have equal distances; then both bounds are above zero. */
  readonly isLog?: boolean;
  /** What stands behind a tick in brackets: the same on another scale. */
  readonly aside?: ((tick: number) => string) | undefined;
}

/** From values to pixels. */
export type Position = (value: number) => number;

/** @param from pixel of the low end, `to` of the high end */
export function position({ low, high, isLog = false }: AxisScale, from: number, to: number): Position {
  const scale = isLog ? scaleLog() : scaleLinear();
  return scale.domain([low, high]).range([from, to]);
}

const TICKS = 5;

/** Exactly these bounds, and about `target` round ticks between them. */
export function scaleBetween(low: number, high: number, target = TICKS): AxisScale {
  const decimals = precisionFixed(tickStep(low, high, target));
  return { low, high, ticks: roundNumbers(low, high, target), decimals };
}

/** Round bounds around all finite values; 0 to 1 if there are none. */
export function niceScale(values: Iterable<number>): AxisScale {
  const [low, high] = boundsOf(values);
  return scaleBetween(...nice(low, high, TICKS));
}

/** From zero to above the largest finite value, by a share of it; 0 to 1 if none is above zero. */
export function scaleFromZero(values: readonly number[], beyond: number): AxisScale {
  const high = Math.max(0, ...values.filter(Number.isFinite));
  return scaleBetween(0, (1 + beyond) * high || 1);
}

const MARGIN_SHARE = 0.04;

/** Bounds a little beyond all finite values, so that nothing lies on the edge; not below zero unless a value is. */
export function tightScale(values: Iterable<number>, target = TICKS): AxisScale {
  const [low, high] = boundsOf(values);
  const margin = MARGIN_SHARE * (high - low);
  return scaleBetween(low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin, target);
}

/**
 * From the first to the last of whole numbers such as epochs (one on either side of a single one), with whole ticks.
 */
export function wholeScale(values: readonly number[]): AxisScale {
  const [first, last] = extent(values);
  if (first === undefined) return { low: 0, high: 1, ticks: [], decimals: 0 };
  if (first === last) return { low: first - 1, high: last + 1, ticks: [first], decimals: 0 };
  return { low: first, high: last, ticks: roundNumbers(first, last, 7).filter(Number.isInteger), decimals: 0 };
}

/**
 * A logarithmic scale from the lowest to the highest value above zero, with ticks at 1, 2 and 5 times powers of ten.
 */
export function ratioScale(values: readonly number[]): AxisScale {
  const [low, high] = extent(values.filter((value) => Number.isFinite(value) && value > 0));
  if (low === undefined) return { low: 1, high: 10, ticks: [], isLog: true };
  if (low === high) return { low: low / 2, high: 2 * high, ticks: [low], isLog: true };
  const all = scaleLog().domain([low, high]).ticks();
  const ticks = all.filter((tick) => /^[125]/.test(tick.toExponential()));
  // Within a small range, round numbers do.
  return ticks.length >= 3 ? { low, high, ticks, isLog: true } : { ...scaleBetween(low, high), isLog: true };
}

function boundsOf(values: Iterable<number>): [low: number, high: number] {
  const [low, high] = extent(Array.from(values).filter(Number.isFinite));
  if (low === undefined) return [0, 1];
  if (high - low > Math.abs(high) * 1e-9) return [low, high];
  const margin = Math.abs(high) * 0.05 || 1e-3;
  return [low - margin, high + margin];
}

const LARGE = 1e6;
const MAX_DECIMALS = 5;
const MAX_DIGITS = 4; // after the first, in powers of ten

/** What stands at a tick of a vertical axis. */
export function tickLabel({ decimals, aside }: AxisScale, tick: number): string {
  const text = tickText(tick, decimals);
  return aside === undefined ? text : `${text} (${aside(tick)})`;
}

/** A number with these decimals, or as a power of ten if it is very large or small. */
export function tickText(tick: number, decimals?: number): string {
  if (decimals === undefined) return format(',~f')(tick);
  if (tick === 0 && decimals > MAX_DECIMALS) return '0';
  if (tick !== 0 && (Math.abs(tick) >= LARGE || decimals > MAX_DECIMALS)) {
    const digits = Math.max(0, Math.min(MAX_DIGITS, decimals + Math.floor(Math.log10(Math.abs(tick)))));
    return format(`.${digits}~e`)(tick).replace('+', '').replaceAll('-', '\u2212');
  }
  return format(`,.${Math.min(decimals, MAX_DECIMALS)}f`)(tick);
}

/** A value this many times further above the lowest than three quarters of all values is far off. */
const FAR = 50;

/**
 * The largest value to show: the largest of all, unless it is so far off that it would squeeze the others into a line,
 * as where a training diverged.
 *
 * With baselines, far off is what is beyond the weakest by as much again as the weakest is above the lowest value: no
 * good model is up there. If that would hide more than half of the values, or without baselines, {@link FAR} decides.
 */
export function highestToShow(values: readonly number[], baselines: readonly number[] = []): number {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b);
  const weakest = Math.max(-Infinity, ...baselines);
  if (known.length === 0) return weakest;
  const limit = weakest + (weakest - Math.min(known[0]!, ...baselines));
  if (limit > weakest) {
    const kept = known.filter((value) => value <= limit);
    if (2 * kept.length >= known.length) return Math.max(weakest, kept.at(-1)!);
  }
  const lowest = known[0]!;
  for (let kept = known; ;) {
    const usual = kept[Math.floor(0.75 * (kept.length - 1))]! - lowest;
    const far = FAR * Math.max(usual, 0.01 * Math.abs(lowest), Number.MIN_VALUE);
    const nearer = kept.filter((value) => value <= lowest + far);
    if (nearer.length === kept.length) return Math.max(weakest, kept.at(-1)!);
    kept = nearer;
  }
}
