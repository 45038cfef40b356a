import { describe, expect, it } from 'vitest';
import { TabRun } from '../../web/tab/run.js';
import { formatStep } from '../../src/runs/schema.js';
import { config, metricsLine } from '../runs/fixtures.js';

const STEPS = 3;

/** What the worker writes of an epoch. */
function epoch(number: number) {
  const stepOf = (i: number) => number * STEPS + i + 1;
  const figures = { epoch: number, nll: 50, gradNorm: 1, learningRate: 0.001, tokens: 9 };
  const steps = Array.from({ length: STEPS }, (_, i) =>
    formatStep({ step: stepOf(i), seconds: stepOf(i), ...figures }),
  ).join('');
  const best = { epoch: number, samples: [`of ${number}`], weights: Uint8Array.of(number) };
  return { steps, metrics: metricsLine(number), surprise: { epoch: number, texts: [] }, best };
}

const numbersOf = (steps: string) => steps.split('\n').map((line) => parseInt(line, 10));

describe('a run of a tab whose training failed after it was resumed', () => {
  const run = new TabRun('run', { file: undefined, options: {}, version: '0' }, config);
  const train = (from: number, to: number) => {
    for (let number = from; number <= to; number++) run.add(epoch(number));
  };

  it('has each epoch and each step once, when it is resumed again', async () => {
    train(0, 1);
    run.end({ checkpoint: Uint8Array.of(1) });
    const { cursor } = await run.increment('');
    run.rewind();
    train(2, 3);
    run.fail(new Error('out of memory'));
    expect((await run.increment(cursor)).metrics.map((line) => line.epoch)).toEqual([2, 3]);
    expect(run.model()).toEqual(Uint8Array.of(3));

    run.rewind();
    expect([run.row.state, run.row.problem]).toEqual(['training', undefined]);
    expect(run.model()).toEqual(Uint8Array.of(1));
    expect(run.details.sampleEpochs).toEqual([0, 1]);
    train(2, 2);
    const { metrics, steps, isReset } = await run.increment(cursor);
    expect([isReset, metrics.map((line) => line.epoch)]).toEqual([true, [0, 1, 2]]);
    expect(numbersOf(steps)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, NaN]);
  });
});

describe('a run of a tab whose epoch is undone', () => {
  const run = new TabRun('run', { file: undefined, options: {}, version: '0' }, config);

  it('has each step once, and those of its checkpoint again when it goes back to it', async () => {
    run.add(epoch(0));
    const [first = '', ...others] = epoch(1).steps.split(/(?<=\n)/);
    run.add({ steps: first });
    run.end({ checkpoint: Uint8Array.of(1) });
    run.rewind();
    run.add({ steps: others.join('') });
    const { cursor } = await run.increment('');
    run.add({ isUndone: true });
    const undone = await run.increment(cursor);
    expect([undone.isReset, numbersOf(undone.steps)]).toEqual([true, [1, 2, 3, NaN]]);
    run.add(epoch(1));
    expect(numbersOf((await run.increment('')).steps)).toEqual([1, 2, 3, 4, 5, 6, NaN]);

    run.fail(new Error('out of memory'));
    run.rewind();
    const { steps, metrics } = await run.increment(cursor);
    expect([numbersOf(steps), metrics.length]).toEqual([[1, 2, 3, 4, NaN], 1]);
    run.add({ isUndone: true });
    expect(numbersOf((await run.increment('')).steps)).toEqual([1, 2, 3, NaN]);
  });
});

it('gives a run away as it was when it was asked for, though its training continues and ends meanwhile', async () => {
  const run = new TabRun('run', { file: undefined, options: {}, version: '0' }, config);
  run.add(epoch(0));
  const asked = run.archive();
  run.add(epoch(1));
  run.end({ checkpoint: Uint8Array.of(1) });
  const text = await (await asked).text();
  const [metrics, surprise] = ['"trainNll":', '"texts":[]'].map((part) => text.split(part).length - 1);
  expect([metrics, surprise, text.includes('run/checkpoint')]).toEqual([1, 1, false]);
  expect(run.isSaved).toBe(false);
  await run.archive();
  expect(run.isSaved).toBe(true);
});
