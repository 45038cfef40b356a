import { describe, expect, it } from 'vitest';
import { scheduleFactor, type Schedule } from '../../src/train/schedule.js';
import { tinyPlan, tinyTrainer } from './tiny.js';

const cosine: Schedule = { kind: 'warmup-cosine', warmupSteps: 100, floor: 0.05 };

describe('scheduleFactor', () => {
  it('is 1 for a constant learning rate', () => {
    expect([0, 1, 999].map((step) => scheduleFactor({ kind: 'constant' }, step, 1000))).toEqual([1, 1, 1]);
  });

  it('warms up linearly over 100 steps, then follows half a cosine down to 5 %', () => {
    const total = 5000;
    const at = (step: number) => scheduleFactor(cosine, step, total);
    expect([0, 1, 49, 99].map(at)).toEqual([0.01, 0.02, 0.5, 1]);
    for (let step = 100; step < total; step += 7) {
      const angle = (Math.PI * (step - 100)) / (total - 1 - 100);
      expect(at(step)).toBeCloseTo(0.05 + 0.95 * 0.5 * (1 + Math.cos(angle)), 12);
    }
    expect(at(100)).toBe(1);
    expect(at(total - 1)).toBeCloseTo(0.05, 12);
    expect((at(2549) + at(2550)) / 2).toBeCloseTo((1 + 0.05) / 2, 12); // half-way
  });

  it('warms up over a tenth of a training too short for 100 steps', () => {
    expect(scheduleFactor(cosine, 9, 100)).toBe(1);
    expect(scheduleFactor(cosine, 4, 100)).toBe(0.5);
    expect(scheduleFactor(cosine, 0, 1)).toBe(1);
    expect(scheduleFactor(cosine, 0, 5)).toBe(1);
  });
});

describe('the learning rate of a training', () => {
  it('reaches the floor at the last step', () => {
    const schedule = { kind: 'warmup-cosine', warmupSteps: 0, floor: 0.25 } as const;
    const trainer = tinyTrainer(tinyPlan({ learningRate: 0.01, set: { 'training.schedule': schedule } }));
    const rates: number[] = [];
    for (const event of trainer.run()) {
      if (event.kind === 'step') expect(event.report.total).toBe(trainer.stepsPerEpoch);
      if (event.kind === 'epoch') rates.push(event.report.learningRate);
    }
    expect(trainer.stepsPerEpoch).toBe(4); // 64 texts in batches of 16
    expect(rates).toHaveLength(3);
    expect(rates.at(-1)).toBeCloseTo(0.0025, 12);
  });
});
