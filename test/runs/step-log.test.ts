import { appendFileSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { RUN_FILES } from '../../src/runs/layout.js';
import { removeStepsAfter, StepLog } from '../../src/runs/step-log.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();
const line = (step: number) => ({
  step,
  epoch: 0,
  nll: 50,
  gradNorm: 1,
  learningRate: 0.001,
  tokens: 9,
  seconds: step,
});
const stepsIn = (path: string): number[] =>
  readFileSync(join(path, RUN_FILES.steps), 'utf8')
    .split('\n')
    .slice(1, -1)
    .map((text) => parseInt(text, 10));

function written(path: string, steps: readonly number[], check = (): void => undefined): StepLog {
  const log = new StepLog(path, check);
  for (const step of steps) log.add(line(step));
  log.write();
  return log;
}

it('writes a heading and a line a step, also over several sessions', () => {
  const path = folder();
  written(path, [1, 2]);
  written(path, [3]);
  expect(readFileSync(join(path, RUN_FILES.steps), 'utf8')).toBe(
    'step,epoch,nll,gradNorm,learningRate,tokens,seconds\n' +
      [1, 2, 3].map((n) => `${n},0,50.0000,1.0000,0.0010000,9,${n}.000\n`).join(''),
  );
});

it('keeps what cannot be written for the next time, and ends no training', () => {
  const path = folder();
  mkdirSync(join(path, RUN_FILES.steps)); // in the way
  const log = written(path, [1]);
  rmdirSync(join(path, RUN_FILES.steps));
  log.add(line(2));
  log.write();
  expect(stepsIn(path)).toEqual([1, 2]);
});

it('writes nothing into a folder that is not its own any more', () => {
  const path = folder();
  written(path, [1], () => {
    throw new Error('taken over');
  });
  expect(() => stepsIn(path)).toThrow('ENOENT');
});

it('removes the steps that are done again, and a torn line', () => {
  const path = folder();
  written(path, [1, 2, 3]);
  appendFileSync(join(path, RUN_FILES.steps), '4,0,5');
  removeStepsAfter(path, 4);
  expect(stepsIn(path)).toEqual([1, 2, 3]);
  removeStepsAfter(path, 2);
  expect(stepsIn(path)).toEqual([1, 2]);
  removeStepsAfter(folder(), 2); // a run of an older version has none
});
