/** The range of a chart's vertical axis, the ticks of a logarithmic one, and the labels of ticks. */
import { ticks } from 'd3-array';

/** References further from the curves than this, in heights of the curves, would flatten them. */
const MAX_DISTANCE = 1;

/** Differences below this part of a number are those of rounding. */
const ROUNDING = 1e-9;

/** The range of curves with those extremes; references that are near widen it. */
export function rangeOf(
  [low, high]: readonly [number, number],
  references: readonly { readonly value: number }[],
  isLog: boolean,
): [number, number] {
  const isFlat = high - low <= ROUNDING * Math.abs(high);
  const reach = (isFlat ? 1 : high - low) * MAX_DISTANCE;
  let [min, max] = [low, high];
  for (const { value } of references) {
    if (isLog && value <= 0) continue;
    if (value < low && value > low - reach) min = Math.min(min, value);
    if (value > high && value < high + reach / 4) max = Math.max(max, value);
  }
  if (isLog) return [min / 1.05, max * 1.05];
  const pad = (max - min > ROUNDING * Math.abs(max) ? max - min : Math.abs(max) || 1) * 0.05;
  return [min - pad, max + pad];
}

const MAX_TICKS = 8;

/**
 * Ticks of a logarithmic axis: powers of ten, and where there are few of them, twice and five times those; of an axis
 * that has no three of those either, ticks of equal distances.
 */
export function logTicks(min: number, max: number): number[] {
  const [first, last] = [Math.floor(Math.log10(min)), Math.ceil(Math.log10(max))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  const inside = (factors: readonly number[], every = 1): number[] =>
    powers
      .filter((_, i) => i % every === 0)
      .flatMap((power) => factors.map((factor) => Number(`${factor}e${power}`)))
      .filter((tick) => tick >= min && tick <= max);
  for (const factors of [[1, 2, 5], [1]]) {
    const found = inside(factors);
    if (found.length < 3 && factors.length > 1) return ticks(min, max, 5);
    if (found.length <= MAX_TICKS) return found;
  }
  return inside([1], Math.ceil(powers.length / MAX_TICKS));
}

/** Ticks are round numbers, whose digits are all needed where they lie close together. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  const of = (unit: number, name: string): string => `${Number((value / unit).toPrecision(12))}${name}`;
  const text =
    size >= 1e9 || (size !== 0 && size < 0.001)
      ? Number(value.toPrecision(12)).toExponential().replace('e+', 'e')
      : size >= 1e6
        ? of(1e6, 'M')
        : size >= 10_000
          ? of(1000, 'k')
          : of(1, '');
  return text.replaceAll('-', '−');
}
