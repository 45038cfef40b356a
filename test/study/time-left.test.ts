import { describe, expect, it } from 'vitest';
import { trainingFlops, forwardArithmetic } from '../../src/nn/flops.js';
import { encodeTexts } from '../../src/runs/run-texts.js';
import { planJobs } from '../../src/study/plan-jobs.js';
import { parseStudyOptions } from '../../src/study/study-options.js';
import { epochSeconds, expectedEpochs, timeLeft, TimeEstimator, type JobProgress } from '../../src/study/time-left.js';
import { planTraining } from '../../src/train/plan.js';
import type { EpochReport } from '../../src/train/train-events.js';
import type { WorkerEvent } from '../../src/train/worker/messages.js';
import { texts } from './tiny-study.js';

const waiting: JobProgress = {
  group: '87k',
  arithmetic: 100,
  plannedEpochs: 1000,
  patience: 10,
  usualEpochs: 111,
  epochs: 0,
  bestEpoch: -1,
  partOfEpoch: 0,
  ended: false,
};

describe('epochs to expect', () => {
  const ended = (epochs: number, group = '87k') => ({ ...waiting, epochs, group, ended: true });

  it.each([
    ['those planned, where nothing ends the training before', { patience: null, plannedEpochs: 40 }, [], 40],
    ['the usual ones, where patience ends it', {}, [], 111],
    ['not more than planned', { plannedEpochs: 5 }, [], 5],
    ['those of runs of the same group that have ended', {}, [ended(60), ended(70), ended(9, '5m'), waiting], 65],
    // Best in epoch 120: epochs 121 … 131 are without a better one, 132 in all.
    ['never fewer than patience lets it run', { epochs: 125, bestEpoch: 120 }, [], 132],
    ['known when it has ended', { epochs: 14, bestEpoch: 2, ended: true }, [], 14],
  ])('are %s', (_, job, jobs, epochs) => expect(expectedEpochs({ ...waiting, ...job }, jobs)).toBe(epochs));
});

describe('seconds of an epoch', () => {
  const small = { ...waiting, secondsPerEpoch: 2 };
  const large = { ...waiting, arithmetic: 5000, secondsPerEpoch: 80 };

  it('are unknown while nothing is measured', () => {
    expect(epochSeconds(waiting, [waiting])).toBeUndefined();
  });

  it('follow from the arithmetic of the job that is most like it', () => {
    expect(epochSeconds({ ...waiting, arithmetic: 200 }, [small, large])).toBe(4);
    expect(epochSeconds({ ...waiting, arithmetic: 10_000 }, [small, large])).toBe(160);
    expect(epochSeconds(large, [small, large])).toBe(80);
  });
});

describe('the time left', () => {
  it('is unknown while nothing is measured', () => {
    expect(timeLeft([waiting, waiting])).toBeUndefined();
  });

  it('adds up what all jobs still need', () => {
    const first = { ...waiting, epochs: 20, bestEpoch: 8, ended: true, secondsPerEpoch: 2 };
    const second = {
      ...waiting,
      group: '5m',
      arithmetic: 1000,
      usualEpochs: 30,
      epochs: 9,
      bestEpoch: 8,
      partOfEpoch: 0.5,
    };
    const third = { ...waiting, patience: null, plannedEpochs: 10 };
    const jobs = [first, { ...second, secondsPerEpoch: 10 }, third];
    // 20.5 epochs of 10 s, and 10 of 2 s; 40 s + 95 s are done.
    expect(timeLeft(jobs)).toEqual({ seconds: 225, done: 135 / 360, guessed: true });
    // 3 s around each.
    expect(timeLeft(jobs, 3)).toEqual({ seconds: 231, done: 138 / 369, guessed: true });
  });

  it('is no guess where all epochs are planned', () => {
    const job = { ...waiting, plannedEpochs: 4, epochs: 1, secondsPerEpoch: 5 };
    expect(timeLeft([job])).toEqual({ seconds: 15, done: 0.25, guessed: false });
  });
});

const options = parseStudyOptions({ sizes: ['87k', '557k'], paddingCheck: false });
const [small, large] = planJobs(options) as [ReturnType<typeof planJobs>[number], ReturnType<typeof planJobs>[number]];
const encoded = encodeTexts(texts, 150);
const planOf = (size: '87k' | '557k', epochs?: number) =>
  planTraining({ recipe: 'notebook', size, padding: 'first', epochs }, 29);

function arithmetic(size: '87k' | '557k'): [training: number, validation: number] {
  const { model } = planOf(size);
  const rows = (split: 'train' | 'val') => encoded[split].encoded.map((text) => text.length + 1);
  return [trainingFlops(model, rows('train')), forwardArithmetic(model, rows('val')).total];
}

function epoch(number: number, seconds: number, best = true): WorkerEvent {
  const report = { epoch: number, seconds, best } as EpochReport;
  return { kind: 'epoch', report };
}
const begun = { kind: 'begun', epoch: 0, stepInEpoch: 0, stepsPerEpoch: 10 } as WorkerEvent;
const figures = { nll: 1, gradNorm: 1, learningRate: 1, tokens: 1 };
const step = (done: number): WorkerEvent => ({
  kind: 'step',
  report: { epoch: 0, step: done, done, total: 10, ...figures },
});
const finished = { kind: 'finished' } as WorkerEvent;

describe('the estimated time', () => {
  it('learns the pace from the first steps, then from epochs, then from runs', () => {
    let now = 100;
    const time = new TimeEstimator(() => now);
    time.add(small, planOf('87k', 4), encoded);
    time.add(large, planOf('557k', 2), encoded);
    time.start(small.name);
    now = 103; // the worker has started
    time.observe(small.name, begun);
    expect(time.timeLeft()).toBeUndefined();

    const [training, validation] = arithmetic('87k');
    const [largeTraining, largeValidation] = arithmetic('557k');
    const ratio = (largeTraining + largeValidation) / (training + validation);
    const share = training / (training + validation);
    now = 104;
    time.observe(small.name, step(5)); // half of the training part took a second
    const first = time.timeLeft()!;
    const perEpoch = 1 / (0.5 * share);
    expect(first.seconds).toBeCloseTo((4 - 0.5 * share + 2 * ratio) * perEpoch, 9);
    expect(first.guessed).toBe(false);

    for (const number of [0, 1, 2, 3]) time.observe(small.name, epoch(number, 2));
    expect(time.timeLeft()!.seconds).toBeCloseTo(2 * 2 * ratio, 9);
    now = 116; // of 16 seconds, 8 were epochs
    time.observe(small.name, finished);
    expect(time.timeLeft()!.seconds).toBeCloseTo(2 * 2 * ratio + 8, 9);

    // The large one is twice as fast as its arithmetic let expect.
    time.observe(large.name, epoch(0, ratio));
    expect(time.timeLeft()!.seconds).toBeCloseTo(ratio + 8, 9);
    time.observe(large.name, epoch(1, ratio));
    time.observe(large.name, finished);
    expect(time.timeLeft()).toEqual({ seconds: 0, done: 1, guessed: false });
  });

  it('follows the last five epochs, and expects as many as the notebook needed or patience asks for', () => {
    const time = new TimeEstimator(() => 0);
    time.add(small, planOf('87k'), encoded);
    for (let number = 0; number < 10; number++) time.observe(small.name, epoch(number, number < 5 ? 9 : 3));
    expect(time.timeLeft()).toMatchObject({ seconds: (111 - 10) * 3, guessed: true });
    for (let number = 10; number < 108; number++) time.observe(small.name, epoch(number, 3, number === 107));
    expect(time.timeLeft()!.seconds).toBe((107 + 12 - 108) * 3);
  });

  it('counts runs that are there already, and none that was removed', () => {
    const time = new TimeEstimator(() => 0);
    const metrics = [0, 1, 2].map((number) => (epoch(number, 4) as { report: EpochReport }).report);
    time.add(small, planOf('87k', 3), encoded, metrics, true);
    expect(time.timeLeft()).toEqual({ seconds: 0, done: 1, guessed: false });
    time.add(large, planOf('557k', 3), encoded);
    expect(time.timeLeft()!.seconds).toBeGreaterThan(12);
    time.remove(large.name);
    expect(time.timeLeft()!.seconds).toBe(0);
  });
});
