import { describe, expect, it } from 'vitest';
import { epochSeconds, expectedEpochs, timeLeft, type JobOutlook } from '../../src/study/time-left.js';

const waiting: JobOutlook = {
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
  it('are those planned, where nothing ends the training before', () => {
    const job = { ...waiting, patience: null, plannedEpochs: 40 };
    expect(expectedEpochs(job, [job])).toBe(40);
  });

  it('are the usual ones where patience ends it, but not more than planned', () => {
    expect(expectedEpochs(waiting, [waiting])).toBe(111);
    expect(expectedEpochs({ ...waiting, plannedEpochs: 5 }, [])).toBe(5);
  });

  it('are those of runs of the same group that have ended', () => {
    const ended = (epochs: number, group = '87k') => ({ ...waiting, epochs, group, ended: true });
    expect(expectedEpochs(waiting, [ended(60), ended(70), ended(9, '5m'), waiting])).toBe(65);
  });

  it('are never fewer than patience lets it run', () => {
    // Best in epoch 120: epochs 121 … 131 are without a better one, 132 in all.
    expect(expectedEpochs({ ...waiting, epochs: 125, bestEpoch: 120 }, [])).toBe(132);
  });

  it('are known when it has ended', () => {
    expect(expectedEpochs({ ...waiting, epochs: 14, bestEpoch: 2, ended: true }, [])).toBe(14);
  });
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

  it('is over when all have ended', () => {
    const job = { ...waiting, epochs: 4, ended: true, secondsPerEpoch: 5 };
    expect(timeLeft([job])).toEqual({ seconds: 0, done: 1, guessed: false });
  });
});
