/**
 * Where things go in a figure of curves: axis bounds, ticks and labels, worked out here so that the picture does
 * not depend on the fonts or drawing libraries of the machine. Plain numbers in and out.
 */

/** An axis: bounds that are round numbers, and the ticks between them. */
export interface AxisScale {
  readonly low: number;
  readonly high: number;
  readonly ticks: readonly number[];
  /** Decimals that tell the ticks apart. */
  readonly decimals: number;
}

/** Round bounds around all finite `values` with about `target` steps; 0 to 1 when there are none. */
export function niceScale(values: Iterable<number>, target = 6): AxisScale {
  const { low, high } = boundsOf(values);
  const { step, decimals } = stepFor(high - low, target);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks, decimals };
}

/** As {@link niceScale}, and with zero; 0 to 1 when all is zero. */
export function scaleFromZero(values: readonly number[], target = 5): AxisScale {
  const known = values.filter((value) => Number.isFinite(value) && value !== 0);
  return niceScale(known.length === 0 ? [0, 1] : [0, ...known], target);
}

/**
 * Bounds a little beyond all finite `values`, so that nothing lies on the edge and no room is lost; ticks at round
 * numbers between them. Where no value is below zero, nor is the lower bound.
 */
export function tightScale(values: Iterable<number>, target = 6): AxisScale {
  const { low, high } = boundsOf(values);
  const margin = MARGIN_SHARE * (high - low);
  return scaleBetween(low >= 0 ? Math.max(0, low - margin) : low - margin, high + margin, target);
}

const MARGIN_SHARE = 0.04;

/** Exactly these bounds, and ticks at round numbers between them. */
export function scaleBetween(low: number, high: number, target = 6): AxisScale {
  const { step, decimals } = stepFor(high - low, target);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  const ticks = Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
  return { low, high, ticks, decimals };
}

function boundsOf(values: Iterable<number>): { low: number; high: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return { low: 0, high: 1 };
  if (high - low > Math.abs(high) * 1e-9) return { low, high };
  const margin = Math.abs(high) * 0.05 || 1e-3;
  return { low: low - margin, high: high + margin };
}

function stepFor(span: number, target: number): { step: number; decimals: number } {
  const rough = span / target;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  const step = power * factor;
  return { step, decimals: Math.max(0, Math.ceil(-Math.log10(step) + (factor === 2.5 ? 1 : 0) - 1e-9)) };
}

/** An axis of whole epochs, from the first to the last. */
export type EpochScale = Pick<AxisScale, 'low' | 'high' | 'ticks'>;

/** Bounds at the first and last epoch (one on either side of a single one), and ticks at round epochs. */
export function epochScale(epochs: readonly number[], target = 10): EpochScale {
  if (epochs.length === 0) return { low: 0, high: 1, ticks: [] };
  const first = epochs.reduce((low, epoch) => Math.min(low, epoch));
  const last = epochs.reduce((high, epoch) => Math.max(high, epoch));
  if (first === last) return { low: first - 1, high: last + 1, ticks: [first] };
  const power = 10 ** Math.floor(Math.log10(Math.max(1, (last - first) / target)));
  const step = power * [1, 2, 5, 10].find((factor) => factor * power * target >= last - first)!;
  const begin = Math.ceil(first / step);
  const ticks = Array.from({ length: Math.floor(last / step) - begin + 1 }, (_, i) => (begin + i) * step);
  return { low: first, high: last, ticks };
}

/** Bounds at the lowest and the highest of numbers above zero, for an axis of ratios; ticks at 1, 2 and 5 times powers of ten. */
export function ratioScale(values: readonly number[]): EpochScale {
  const known = values.filter((value) => Number.isFinite(value) && value > 0);
  if (known.length === 0) return { low: 1, high: 10, ticks: [] };
  const low = known.reduce((least, value) => Math.min(least, value));
  const high = known.reduce((most, value) => Math.max(most, value));
  if (low === high) return { low: low / 2, high: 2 * high, ticks: [low] };
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const powers = Array.from({ length: last - first + 1 }, (_, i) => Number(`1e${first + i}`));
  const ticks = powers.flatMap((power) => [power, 2 * power, 5 * power]).filter((tick) => tick >= low && tick <= high);
  // Within so few powers of ten, round numbers do.
  return ticks.length >= 3 ? { low, high, ticks } : scaleBetween(low, high);
}

/**
 * Moves labels apart that would lie on each other: the positions nearest to the wanted ones that keep `spacing`
 * between neighbours and stay within 0 and `limit` where there is room.
 *
 * @param wanted positions in pixels, in any order
 * @returns the new positions, in the order of `wanted`
 */
export function spreadLabels(wanted: readonly number[], spacing: number, limit: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => wanted[a]! - wanted[b]!);
  // Blocks of touching labels; two blocks that overlap become one, centred on what its members want.
  const blocks: { members: number[]; top: number }[] = [];
  for (const index of order) {
    blocks.push({ members: [index], top: wanted[index]! });
    for (;;) {
      const block = blocks.at(-1)!;
      const height = (block.members.length - 1) * spacing;
      block.top = Math.max(0, Math.min(centredTop(block.members, wanted, spacing), limit - height));
      const before = blocks.at(-2);
      if (before === undefined || before.top + before.members.length * spacing <= block.top) break;
      blocks.pop();
      before.members.push(...block.members);
    }
  }
  const result = Array.from(wanted);
  for (const { members, top } of blocks) members.forEach((index, place) => (result[index] = top + place * spacing));
  return result;
}

function centredTop(members: readonly number[], wanted: readonly number[], spacing: number): number {
  const offsets = members.map((index, place) => wanted[index]! - place * spacing);
  return offsets.reduce((sum, offset) => sum + offset, 0) / members.length;
}
