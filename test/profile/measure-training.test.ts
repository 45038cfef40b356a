import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { trainingFlops } from '../../src/nn/flops.js';
import { measureDryRun } from '../../src/profile/dry-run.js';
import { MIN_STEPS, stepFigures, TrainingUnderTest, type MeasuringLimits } from '../../src/profile/measure-training.js';
import { copyBandwidth, peakMemoryBytes } from '../../src/profile/memory.js';
import { rowsOfText } from '../../src/nn/packed-batch.js';
import { finish } from '../../src/generators.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { nativeInstructionSets } from '../support/backends.js';
import { backend, PLAIN, tinyData, tinyPlan } from '../train/tiny.js';

describe('TrainingUnderTest', () => {
  const texts = tinyData.train.slice(0, 5); // fewer than a batch: they come again
  const plan = tinyPlan({ batch: 8, set: PLAIN });
  const steps: MeasuringLimits = { steps: 4, seconds: 1e9 };

  it('measures as many steps as asked for, after the warm-up, on full batches', () => {
    const training = new TrainingUnderTest(plan, texts, { maxSteps: steps.steps });
    const measuring = training.steps(backend, steps);
    const progress: number[] = [];
    let step = measuring.next();
    for (; !step.done; step = measuring.next()) progress.push(step.value);
    expect(progress).toEqual([0, 0, 0, 1, 2, 3, 4]);
    const { seconds, tokens, flops } = step.value;
    expect([seconds.length, tokens.length, flops.length]).toEqual([4, 4, 4]);
    expect(Math.min(...seconds)).toBeGreaterThan(0);
    const longest = Math.max(...texts.map((text) => rowsOfText(text.length, 150, 'first')));
    expect(Math.max(...tokens)).toBeLessThanOrEqual(8 * longest);
    expect(Math.min(...flops)).toBeGreaterThan(0);
  });

  it('counts the tokens and the arithmetic of the batches that it trains on', () => {
    const all = new TrainingUnderTest(tinyPlan({ batch: 8, padding: 'all', set: PLAIN }), texts, { maxSteps: 2 });
    const { tokens, flops } = finish(all.steps(backend, { steps: 2, seconds: 0 }));
    expect(tokens).toEqual([8 * 149, 8 * 149]);
    expect(flops).toEqual(tokens.map(() => trainingFlops(plan.model, new Array<number>(8).fill(149))));

    const one = [texts[0]!];
    const first = new TrainingUnderTest(plan, one, { maxSteps: 1 });
    expect(finish(first.steps(backend, { steps: 1, seconds: 0 })).tokens).toEqual([8 * (one[0]!.length + 1)]);
  });

  it('measures until the time is over, and at least a few steps, when no number is given', () => {
    const training = new TrainingUnderTest(plan, texts, { maxSteps: 40 });
    expect(finish(training.steps(backend, { seconds: 0 })).seconds).toHaveLength(MIN_STEPS);
    const { seconds } = finish(training.steps(backend, { seconds: 1e9 }));
    expect(seconds).toHaveLength(40); // there are no more batches
  });

  it('counts the operations of the measured steps alone', () => {
    const training = new TrainingUnderTest(plan, texts, { maxSteps: 4 });
    const { totals, seconds, flops } = finish(training.operations(backend, steps));
    expect(totals.find(({ operation }) => operation === 'adamW')?.calls).toBe(4);
    const inside = totals.reduce((sum, total) => sum + total.seconds, 0);
    expect(inside).toBeLessThanOrEqual(seconds.reduce((a, b) => a + b, 0));
    expect(totals.reduce((sum, total) => sum + total.flops, 0)).toBe(flops.reduce((a, b) => a + b, 0));
  });
});

it('takes the texts that there are for the batch of a dry run, where they are fewer', () => {
  const train = ['a text', 'one more'];
  const tokenizer = defaultTokenizer();
  const parts = { splits: { train, val: train, test: [] }, tokenizer, backend };
  const found = finish(measureDryRun({ ...parts, plan: tinyPlan({ batch: 1e9, set: PLAIN }) }));
  expect(found).toMatchObject({ stepsPerEpoch: 1, texts: { train: 2 } });
  expect(found.secondsPerEpoch).toBeLessThan(10);
});

describe('stepFigures', () => {
  it('are medians over the steps, and of the rates of each step', () => {
    const figures = stepFigures({ seconds: [1, 4, 2], tokens: [100, 100, 400], flops: [1e9, 8e9, 6e9] });
    expect(figures).toEqual({
      steps: 3,
      secondsPerStep: 2,
      stepsPerSecond: 0.5,
      tokensPerStep: 100,
      tokensPerSecond: 100, // of 100, 25 and 200
      gflopPerStep: 6,
      gflops: 2, // of 1, 2 and 3
    });
  });
});

describe('limits of the machine', () => {
  it('peakMemoryBytes counts all that this process holds', () => {
    const before = peakMemoryBytes();
    expect(before).toBeGreaterThan(10e6);
    const held = new Float64Array(8e6).fill(1); // 64 MB
    expect(peakMemoryBytes()).toBeGreaterThan(held.byteLength);
    expect(peakMemoryBytes()).toBeGreaterThanOrEqual(before);
  });

  it('copyBandwidth is a finite speed', () => {
    const speed = copyBandwidth(1 << 16, 2);
    expect(speed).toBeGreaterThan(0);
    expect(speed).toBeLessThan(1e13);
  });

  const native = nativeInstructionSets().length > 0;
  it.each([
    ['native', 'f32'],
    ['native', 'bf16'],
    ['wasm', 'f32'],
    ['wasm', 'bf16'],
  ] as const)('measurePeak of the %s backend measures in %s', (choice, precision) => {
    if (choice === 'native' && !native) return;
    const { measurePeak } = chooseBackend({ choice, threads: 2 });
    const peak = measurePeak!(1, precision);
    expect(peak).toBeGreaterThan(0);
    expect(peak).toBeLessThan(1e15);
    for (const bad of [0, -1, NaN, 1e9])
      expect(() => measurePeak!(bad, precision)).toThrow('expected milliseconds above 0');
  });

  it('measurePeak is missing on the portable backend', () => {
    expect(chooseBackend({ choice: 'portable' }).measurePeak).toBeUndefined();
  });
});
