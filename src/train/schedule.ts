/** Schedule of the learning rate. */
export type Schedule =
  | { readonly kind: 'constant' }
  /** Linear from 1 / warmupSteps up to the peak, then half a cosine down to `floor` times the peak at the last step. */
  | { readonly kind: 'warmup-cosine'; readonly warmupSteps: number; readonly floor: number };

/**
 * Factor on the learning rate for one step.
 *
 * @param step counted from 0 @param totalSteps steps of the whole planned training
 */
export function scheduleFactor(schedule: Schedule, step: number, totalSteps: number): number {
  if (schedule.kind === 'constant') return 1;
  // A short training would never reach its peak: warm up over a tenth of it at most.
  const warmup = Math.min(schedule.warmupSteps, Math.max(1, Math.floor(totalSteps / 10)));
  if (step < warmup) return (step + 1) / warmup;
  const { floor } = schedule;
  const progress = (step - warmup) / Math.max(1, totalSteps - 1 - warmup);
  return floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
}
