/** How the learning rate moves. */
export type Schedule =
  | { readonly kind: 'constant' }
  /** Linear from 0 over the first steps, then half a cosine down to `floor` times the peak at the last step. */
  | { readonly kind: 'warmup-cosine'; readonly warmupSteps: number; readonly floor: number }
  /**
   * Linear from 0 over the first steps, then the peak, then over the last `decayShare` of all steps linear down to `floor`
   * times the peak (Hu et al., "MiniCPM", 2024; Hägele et al., 2024).
   */
  | {
      readonly kind: 'warmup-stable-decay';
      readonly warmupSteps: number;
      readonly decayShare: number;
      readonly floor: number;
    };

/**
 * Factor on the learning rate for one step.
 *
 * @param step counted from 0 @param totalSteps steps of the whole planned training
 */
export function scheduleFactor(schedule: Schedule, step: number, totalSteps: number): number {
  if (schedule.kind === 'constant') return 1;
  // A training shorter than the warm-up would never reach its rate: warm up over a tenth of it at most.
  const warmup = Math.min(schedule.warmupSteps, Math.max(1, Math.floor(totalSteps / 10)));
  if (step < warmup) return (step + 1) / warmup;
  return schedule.kind === 'warmup-cosine'
    ? cosine(schedule.floor, step, warmup, totalSteps)
    : stableThenDecay(schedule, step, warmup, totalSteps);
}

function cosine(floor: number, step: number, warmup: number, totalSteps: number): number {
  const progress = (step - warmup) / Math.max(1, totalSteps - 1 - warmup);
  return floor + ((1 - floor) * (1 + Math.cos(Math.PI * Math.min(1, progress)))) / 2;
}

function stableThenDecay(
  { decayShare, floor }: { readonly decayShare: number; readonly floor: number },
  step: number,
  warmup: number,
  totalSteps: number,
): number {
  const decaySteps = Math.min(Math.round(decayShare * totalSteps), totalSteps - warmup);
  const decayed = step - (totalSteps - decaySteps) + 1; // 1 at the first step of the decay, decaySteps at the last one
  return decayed <= 0 ? 1 : 1 - (1 - floor) * Math.min(1, decayed / decaySteps);
}
