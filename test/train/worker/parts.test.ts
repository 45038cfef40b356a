import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LetterpressError } from '../../../src/errors.js';
import type { RunEvent } from '../../../src/train/training-run.js';
import { TrainingControl } from '../../../src/train/worker/control.js';
import { describeError, reviveError } from '../../../src/train/worker/error-message.js';
import { progressFilter } from '../../../src/train/worker/progress-filter.js';

const step = (done: number, total = 1000): RunEvent => ({
  kind: 'step',
  report: { epoch: 0, step: done, done, total, nll: 1, gradNorm: 1, learningRate: 1, tokens: 1 },
});

describe('progressFilter', () => {
  it('lets one event in so many milliseconds through, and the first and the last', () => {
    let now = 0;
    const wanted = progressFilter(30, () => now);
    const sent: number[] = [];
    for (let done = 1; done <= 1000; done++, now += 0.5) if (wanted(step(done))) sent.push(done);
    expect(sent).toEqual([...Array.from({ length: 17 }, (_, i) => 1 + 60 * i), 1000]);
  });

  it('holds back nothing else', () => {
    const wanted = progressFilter(30, () => 0);
    const paused: RunEvent = { kind: 'paused', epoch: 1, step: 2 };
    for (let i = 0; i < 5; i++) expect(wanted(paused)).toBe(true);
  });
});

describe('errors as plain data', () => {
  const roundTrip = (error: unknown): Error => reviveError(structuredClone(describeError(error)));

  it('come back with class, code, message, advice, stack and causes', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (message, fix) => {
        const cause = new RangeError('deeper');
        const error = new LetterpressError('BAD_RUN', message, fix, { cause });
        const back = roundTrip(error);
        expect(back).toBeInstanceOf(LetterpressError);
        expect(back).toMatchObject({ code: 'BAD_RUN', message, fix, stack: error.stack, exitCode: 2 });
        expect(back.cause).toMatchObject({ name: 'RangeError', message: 'deeper', stack: cause.stack });
      }),
    );
  });

  it('keep what tells that the operating system refused', () => {
    const error = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    expect(roundTrip(error)).toMatchObject({ message: 'no space', code: 'ENOSPC', syscall: 'write' });
    expect(roundTrip('only a text').message).toBe('only a text');
  });
});

describe('TrainingControl', () => {
  it('tells the other thread to stop, and which epochs were read', () => {
    const here = new TrainingControl();
    const there = new TrainingControl(here.memory);
    here.acknowledgeEpoch();
    here.acknowledgeEpoch();
    there.waitForReader(2); // returns at once
    expect(there.aborted).toBe(false);
    here.stop();
    expect(there.aborted).toBe(true);
    there.waitForReader(99); // a training that stops waits for nobody
  });
});
