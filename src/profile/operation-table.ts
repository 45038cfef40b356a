import type { OperationName } from './operation-work.js';
import type { OperationTotal } from './timed-backend.js';

/** One line of the table of where the time of a step goes. */
export interface OperationRow {
  /** Without `Gradient`; null for what is outside the operations. */
  readonly operation: string | null;
  readonly pass: 'forward' | 'gradient' | 'update' | null;
  /** Sizes, e.g. `48→864`; may be empty. */
  readonly shape: string;
  readonly callsPerStep: number;
  readonly secondsPerStep: number;
  /** Of the step's seconds. */
  readonly share: number;
  /** Of operations that are made of products, and what that is of the peak. */
  readonly gflops: number | null;
  readonly shareOfPeak: number | null;
  /** 10⁹ bytes a second, of the others, and what that is of the speed at which memory is copied. */
  readonly gigabytesPerSecond: number | null;
  readonly shareOfCopy: number | null;
}

/** What operations are compared with. */
export interface MeasuredLimits {
  /** Of products in float32, all threads; null where there is no such measure. */
  readonly peakGflops: number | null;
  /** Of products in bfloat16, where the backend computes in it. */
  readonly peakBf16Gflops: number | null;
  /** Of one thread that copies a large array, read and written bytes together. */
  readonly copyGigabytesPerSecond: number;
}

const UPDATES: readonly OperationName[] = ['weightedSum', 'adamW', 'sumOfSquares'];

/** What bfloat16 is for; see `ComputePrecision`. */
const IN_BF16: readonly OperationName[] = ['linear', 'linearGradient', 'mlp', 'mlpGradient'];

/**
 * The account of some steps as a table, what takes longest first, and what is left of the steps last.
 *
 * @param seconds of all those steps together
 */
export function operationTable(
  totals: readonly OperationTotal[],
  steps: number,
  seconds: number,
  limits: MeasuredLimits,
): OperationRow[] {
  const rows = totals
    .map((total) => row(total, steps, seconds, limits))
    .sort((a, b) => b.secondsPerStep - a.secondsPerStep);
  const inside = totals.reduce((sum, total) => sum + total.seconds, 0);
  const outside = seconds - inside;
  rows.push({
    operation: null,
    pass: null,
    shape: '',
    callsPerStep: 0,
    secondsPerStep: outside / steps,
    share: outside / seconds,
    gflops: null,
    shareOfPeak: null,
    gigabytesPerSecond: null,
    shareOfCopy: null,
  });
  return rows;
}

function row(total: OperationTotal, steps: number, seconds: number, limits: MeasuredLimits): OperationRow {
  const { operation, shape, calls, flops, bytes } = total;
  // A coarse clock may see no time at all.
  const rate = (amount: number) => (total.seconds > 0 ? amount / 1e9 / total.seconds : null);
  const gflops = flops > 0 ? rate(flops) : null;
  const peak = (IN_BF16.includes(operation) ? limits.peakBf16Gflops : null) ?? limits.peakGflops;
  const gigabytesPerSecond = flops > 0 ? null : rate(bytes);
  return {
    operation: operation.replace(/Gradient$/, ''),
    pass: passOf(operation),
    shape,
    callsPerStep: calls / steps,
    secondsPerStep: total.seconds / steps,
    share: total.seconds / seconds,
    gflops,
    shareOfPeak: ratio(gflops, peak),
    gigabytesPerSecond,
    shareOfCopy: ratio(gigabytesPerSecond, limits.copyGigabytesPerSecond),
  };
}

function passOf(operation: OperationName): OperationRow['pass'] {
  if (operation.endsWith('Gradient')) return 'gradient';
  return UPDATES.includes(operation) ? 'update' : 'forward';
}

/** a / b, or null where one of them is missing. */
export function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a / b;
}
