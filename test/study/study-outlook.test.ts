import { expect, it } from 'vitest';
import { trainingFlops, forwardArithmetic } from '../../src/nn/flops.js';
import { planJobs } from '../../src/study/plan-jobs.js';
import { parseStudyOptions } from '../../src/study/study-options.js';
import { StudyOutlook } from '../../src/study/study-outlook.js';
import { planOptionsOf } from '../../src/study/study-sizes.js';
import { planTraining } from '../../src/train/plan.js';
import { encodeTexts } from '../../src/runs/run-texts.js';
import type { EpochReport } from '../../src/train/trainer.js';
import type { WorkerEvent } from '../../src/train/worker/messages.js';
import { texts } from './tiny-study.js';

const options = parseStudyOptions({ sizes: ['87k', '557k'], paddingCheck: false });
const [small, large] = planJobs(options) as [ReturnType<typeof planJobs>[number], ReturnType<typeof planJobs>[number]];
const encoded = encodeTexts(texts, 150);
const planOf = (size: '87k' | '557k', epochs?: number) =>
  planTraining(planOptionsOf('notebook', size, 'first', epochs), 29);

/** Arithmetic of an epoch: training, and validation. */
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
const step = (done: number): WorkerEvent => ({ kind: 'step', report: { epoch: 0, done, total: 10, nll: 1 } });
const finished = { kind: 'finished' } as WorkerEvent;

it('learns the pace from the first steps, then from epochs, then from runs', () => {
  let now = 100;
  const outlook = new StudyOutlook(() => now);
  outlook.add(small, planOf('87k', 4), encoded);
  outlook.add(large, planOf('557k', 2), encoded);
  outlook.start(small.name);
  now = 103; // the worker has started
  outlook.observe(small.name, begun);
  expect(outlook.timeLeft()).toBeUndefined();

  const [training, validation] = arithmetic('87k');
  const [largeTraining, largeValidation] = arithmetic('557k');
  const ratio = (largeTraining + largeValidation) / (training + validation);
  const share = training / (training + validation);
  now = 104;
  outlook.observe(small.name, step(5)); // half of the training part took a second
  const first = outlook.timeLeft()!;
  const perEpoch = 1 / (0.5 * share);
  expect(first.seconds).toBeCloseTo((4 - 0.5 * share + 2 * ratio) * perEpoch, 9);
  expect(first.guessed).toBe(false);

  for (const number of [0, 1, 2, 3]) outlook.observe(small.name, epoch(number, 2));
  expect(outlook.timeLeft()!.seconds).toBeCloseTo(2 * 2 * ratio, 9);
  now = 116; // of 16 seconds, 8 were epochs
  outlook.observe(small.name, finished);
  expect(outlook.timeLeft()!.seconds).toBeCloseTo(2 * 2 * ratio + 8, 9);

  // The large one is twice as fast as its arithmetic let expect.
  outlook.observe(large.name, epoch(0, ratio));
  expect(outlook.timeLeft()!.seconds).toBeCloseTo(ratio + 8, 9);
  outlook.observe(large.name, epoch(1, ratio));
  outlook.observe(large.name, finished);
  expect(outlook.timeLeft()).toEqual({ seconds: 0, done: 1, guessed: false });
});

it('follows the last five epochs, and expects as many as the source needed or patience asks for', () => {
  const outlook = new StudyOutlook(() => 0);
  outlook.add(small, planOf('87k'), encoded);
  for (let number = 0; number < 10; number++) outlook.observe(small.name, epoch(number, number < 5 ? 9 : 3));
  expect(outlook.timeLeft()).toMatchObject({ seconds: (111 - 10) * 3, guessed: true });
  for (let number = 10; number < 108; number++) outlook.observe(small.name, epoch(number, 3, number === 107));
  expect(outlook.timeLeft()!.seconds).toBe((107 + 12 - 108) * 3);
});

it('counts runs that are there already, and none that is taken out', () => {
  const outlook = new StudyOutlook(() => 0);
  const metrics = [0, 1, 2].map((number) => (epoch(number, 4) as { report: EpochReport }).report);
  outlook.add(small, planOf('87k', 3), encoded, metrics, true);
  expect(outlook.timeLeft()).toEqual({ seconds: 0, done: 1, guessed: false });
  outlook.add(large, planOf('557k', 3), encoded);
  expect(outlook.timeLeft()!.seconds).toBeGreaterThan(12);
  outlook.remove(large.name);
  expect(outlook.timeLeft()!.seconds).toBe(0);
});
