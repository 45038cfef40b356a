import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readIncrement, readSurprise } from '../../src/studio/increments.js';
import { metricsLine } from '../runs/fixtures.js';
import { writeRun } from './serve.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();

const step = (n: number): string => `${n},0,50,1,0.001,100,${n / 10}\n`;

function run(): { path: string; add: (from: number, to: number) => void } {
  const path = writeRun(join(folder(), 'run'));
  const steps = join(path, RUN_FILES.steps);
  writeFileSync(steps, 'step,epoch,nll,gradNorm,learningRate,tokens,seconds\n');
  return {
    path,
    add: (from, to) => {
      for (let n = from; n <= to; n++) appendFileSync(steps, step(n));
    },
  };
}

describe('what a run has gained', () => {
  it('is everything without a cursor, and nothing when nothing came', () => {
    const { path, add } = run();
    add(1, 3);
    const first = readIncrement(path, '');
    expect(first).toMatchObject({ isReset: true, hasMore: false, steps: step(1) + step(2) + step(3) });
    expect(first.metrics.map(({ epoch }) => epoch)).toEqual([0, 1, 2]);
    expect(readIncrement(path, first.cursor)).toEqual({
      metrics: [],
      steps: '',
      cursor: first.cursor,
      isReset: false,
      hasMore: false,
    });
  });

  it('is only what was appended after the cursor', () => {
    const { path, add } = run();
    add(1, 3);
    const { cursor } = readIncrement(path, '');
    add(4, 5);
    appendFileSync(join(path, RUN_FILES.metrics), `${JSON.stringify(metricsLine(3))}\n`);
    const next = readIncrement(path, cursor);
    expect(next).toMatchObject({ isReset: false, steps: step(4) + step(5) });
    expect(next.metrics.map(({ epoch }) => epoch)).toEqual([3]);
  });

  it('has no half of a line, which comes whole later', () => {
    const { path, add } = run();
    add(1, 1);
    appendFileSync(join(path, RUN_FILES.steps), '2,0,5');
    const first = readIncrement(path, '');
    expect(first.steps).toBe(step(1));
    appendFileSync(join(path, RUN_FILES.steps), '0,1,0.001,100,0.2\n');
    expect(readIncrement(path, first.cursor).steps).toBe(step(2));
  });

  it('is everything again when a file was written again, also to the same length', () => {
    const { path, add } = run();
    add(1, 5);
    const { cursor } = readIncrement(path, '');
    const steps = join(path, RUN_FILES.steps);
    writeFileSync(steps, readFileSync(steps, 'utf8').replaceAll(',50,', ',60,'));
    const again = readIncrement(path, cursor);
    expect(again.isReset).toBe(true);
    expect(again.metrics).toHaveLength(3);
    expect(again.steps).toContain('1,0,60,');
  });

  it('comes in parts where it is long', () => {
    const { path } = run();
    const lines = Array.from({ length: 100_000 }, (_, n) => step(n + 1)).join('');
    appendFileSync(join(path, RUN_FILES.steps), lines);
    let got = '';
    let answers = 0;
    for (let cursor = '', hasMore = true; hasMore; answers++) {
      const part = readIncrement(path, cursor);
      expect(part.isReset).toBe(answers === 0);
      got += part.steps;
      ({ cursor, hasMore } = part);
    }
    expect(got).toBe(lines);
    expect(answers).toBeGreaterThan(1);
  });

  it('leaves out lines that are damaged', () => {
    const { path } = run();
    appendFileSync(join(path, RUN_FILES.metrics), `{"epoch": 3}\nnot JSON\n${JSON.stringify(metricsLine(4))}\n`);
    expect(readIncrement(path, '').metrics.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 4]);
  });
});

describe('the surprise of an epoch', () => {
  const text = 'größer €';
  const line = (epoch: number): string =>
    `${JSON.stringify({ epoch, texts: [{ text, nll: Array(400).fill(epoch) }] })}\n`;

  it('is found among those of very many, by characters of any alphabet', () => {
    const { path } = run();
    writeFileSync(join(path, RUN_FILES.surprise), Array.from({ length: 3000 }, (_, epoch) => line(epoch)).join(''));
    for (const epoch of [0, 1, 1234, 2998, 2999])
      expect(readSurprise(path, epoch)).toMatchObject({ epoch, texts: [{ text }] });
    for (const none of [-1, 3000, NaN]) expect(readSurprise(path, none)).toBeUndefined();
  });

  it('is none where its line is damaged, and may not be finite', () => {
    const { path } = run();
    writeFileSync(
      join(path, RUN_FILES.surprise),
      '{"epoch":0,"texts":7}\n{"epoch":1,"texts":[{"text":"a","nll":["NaN"]}]}\n{"epoch":"x"}\n',
    );
    expect([0, 1].map((epoch) => readSurprise(path, epoch))).toEqual([
      undefined,
      { epoch: 1, texts: [{ text: 'a', nll: [NaN] }] },
    ]);
  });
});
