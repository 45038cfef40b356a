import { BF16_OPERATIONS, type Operation } from '../backend/operations.js';
import type { OperationTotal } from './timed-backend.js';

/** A row of the table that shows where the time of a step goes. */
export interface OperationRow {
  /** Without `Gradient`; null for the time outside all operations. */
  readonly operation: string | null;
  readonly pass: 'forward' | 'gradient' | 'update' | null;
  /** Sizes, e.g. `48→864`; may be empty. */
  readonly shape: string;
  readonly callsPerStep: number;
  readonly secondsPerStep: number;
  /** Of the step's seconds. */
  readonly share: number;
  /** Of operations with matrix products, and as a share of the peak. */
  readonly gflops: number | null;
  readonly shareOfPeak: number | null;
  /** 10⁹ bytes a second of the others, and as a share of the speed of copying memory. */
  readonly gigabytesPerSecond: number | null;
  readonly shareOfCopy: number | null;
}

export interface MeasuredLimits {
  /** Of products in float32, all threads; null where it was not measured. */
  readonly peakGflops: number | null;
  /** Of products in bfloat16, where the backend computes in it. */
  readonly peakBf16Gflops: number | null;
  /** Of one thread that copies a large array, reads and writes together. */
  readonly copyGigabytesPerSecond: number;
}

const UPDATES: readonly Operation[] = ['clear', 'weightedSum', 'adamW', 'muon', 'sumOfSquares'];

/**
 * The table of some steps, the slowest operations first, and last the time outside all operations.
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
  const peak = (BF16_OPERATIONS.includes(operation) ? limits.peakBf16Gflops : null) ?? limits.peakGflops;
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

function passOf(operation: Operation): OperationRow['pass'] {
  if (operation.endsWith('Gradient')) return 'gradient';
  return UPDATES.includes(operation) ? 'update' : 'forward';
}

/** a / b, or null where one of them is missing. */
export function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a / b;
}
