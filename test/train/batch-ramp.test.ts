import { describe, expect, it } from 'vitest';
import { batchSizeOf, stepsOfEpoch, totalSteps } from '../../src/train/batch-ramp.js';
import { tinyPlan, tinyTrainer } from './tiny.js';

const ramp = { batch: 64, epochs: 10, batchRamp: { from: 8, share: 0.4 } };

describe('batches that grow', () => {
  it('grow linearly over the first share of the epochs, then stay', () => {
    const sizes = Array.from({ length: 10 }, (_, epoch) => batchSizeOf(ramp, epoch));
    expect(sizes).toEqual([8, 22, 36, 50, 64, 64, 64, 64, 64, 64]);
    expect(Array.from({ length: 5 }, (_, epoch) => stepsOfEpoch(ramp, 100, epoch))).toEqual([13, 5, 3, 2, 2]);
    expect(totalSteps(ramp, 100)).toBe(13 + 5 + 3 + 7 * 2);
  });

  it('are all alike without a ramp', () => {
    const settings = { ...ramp, batchRamp: null };
    expect([0, 5].map((epoch) => batchSizeOf(settings, epoch))).toEqual([64, 64]);
    expect(totalSteps(settings, 100)).toBe(20);
  });

  it('make the steps that the schedule counts on', () => {
    const schedule = { kind: 'warmup-cosine', warmupSteps: 0, floor: 0.25 } as const;
    const plan = tinyPlan({ learningRate: 0.01, set: { 'training.schedule': schedule } });
    const trainer = tinyTrainer(plan, 7, { batchRamp: { from: 4, share: 0.6 } });
    const steps: number[] = [];
    let last = NaN;
    for (const event of trainer.run()) {
      if (event.kind === 'step') {
        expect(event.report.total).toBe(trainer.stepsPerEpoch);
        steps[event.report.epoch] = event.report.done;
      }
      if (event.kind === 'epoch') last = event.report.learningRate;
    }
    expect(steps).toEqual([16, 6, 4]); // 64 texts in batches of 4, 4 + 12 / 1.8 ≈ 11, and 16
    expect(last).toBeCloseTo(0.0025, 12); // the floor, exactly at the last step
  });
});
