import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addEpoch, addSteps, epochTable, MAX_ROWS, stepTable, type Steps } from '../../web/data/table.js';
import { pointsToDraw } from '../../web/parts/points.js';
import { readSteps } from '../../src/studio/increments.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const makeFolder = temporaryFolders();
const COUNT = 200_000;
const PEAK = 123_456;
const lines = Array.from({ length: COUNT }, (_, i) => {
  const step = i + 1;
  const [loss, norm] = [step === PEAK ? 999 : 50 + (i % 7), step === 77_777 ? 88 : 1];
  return `${step},${Math.floor(i / 100)},${loss},${norm},0.001,90,${i / 50}\n`;
});

function tableOf(text: string, max?: number): Steps {
  const table = stepTable(max);
  addSteps(table, text);
  return table;
}

const valuesOf = (table: Steps, name: 'step' | 'nll' | 'gradNorm'): number[] =>
  Array.from(table.column(name).subarray(0, table.count));

describe('the steps that a page keeps', () => {
  const table = tableOf(lines.join(''));

  it('are bounded, however many there were, and have the peaks, the first group and the last step', () => {
    expect(table.count).toBeLessThanOrEqual(MAX_ROWS);
    expect(table.column('step').length).toBeLessThanOrEqual(MAX_ROWS);
    expect(table.isThinned).toBe(true);
    const steps = valuesOf(table, 'step');
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect(steps).toEqual(expect.arrayContaining([PEAK, 77_777, COUNT]));
    expect(Math.max(...valuesOf(table, 'nll'))).toBe(999);
    expect(Math.max(...valuesOf(table, 'gradNorm'))).toBe(88);
  });

  it('are said to be as many as there were', () => {
    const [xs, ys] = [table.column('step'), table.column('nll')];
    const { within, indices } = pointsToDraw({ xs, ys, count: table.count, numbers: xs }, 1, COUNT, 800);
    expect(within).toBeGreaterThan(COUNT - 100);
    expect(indices.length).toBeLessThan(4 * 801);
  });

  it('are all there where one looks closely', () => {
    const folder = join(makeFolder(), 'run');
    mkdirSync(folder);
    writeFileSync(join(folder, 'steps.csv'), `step,epoch,nll,gradNorm,learningRate,tokens,seconds\n${lines.join('')}`);
    for (const [from, to] of [
      [1, 20],
      [PEAK - 500, PEAK + 500],
      [COUNT - 10, COUNT + 50],
      [60_000, 110_000],
    ] as const) {
      const found = readSteps(folder, from, to);
      expect(found).toBe(lines.slice(from - 1, to).join(''));
      const merged = table.with(tableOf(found, Infinity));
      const steps = valuesOf(merged, 'step');
      expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
      expect(steps.filter((step) => step >= from && step <= to)).toHaveLength(Math.min(to, COUNT) - from + 1);
      expect(steps.filter((step) => step < from)).toEqual(valuesOf(table, 'step').filter((step) => step < from));
    }
    expect(readSteps(folder, NaN, NaN)).toBe('');
  });

  it('begin again where an epoch does', () => {
    const again = tableOf(lines.slice(0, 100).join(''));
    addSteps(again, lines.slice(49, 60).join(''));
    expect(valuesOf(again, 'step')).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });
});

describe('the epochs that a page keeps', () => {
  const line = (epoch: number) => ({
    epoch,
    step: 10 * (epoch + 1),
    valNll: 50,
    trainNll: 40,
    valTop1: 0.9,
    seconds: 2,
  });

  it('have the time of all before them, also where an epoch began again', () => {
    const table = epochTable();
    for (const epoch of [0, 1, 2, 1]) addEpoch(table, { ...line(epoch), best: epoch === 0 });
    expect(Array.from(table.column('epoch').subarray(0, table.count))).toEqual([0, 1]);
    expect([table.last('seconds'), table.last('best'), table.last('valAccuracy')]).toEqual([4, 0, NaN]);
  });

  it('are bounded, and have the lowest NLL', () => {
    const table = epochTable();
    for (let epoch = 0; epoch < 100_000; epoch++) addEpoch(table, { ...line(epoch), valNll: epoch === 4321 ? 3 : 50 });
    expect(table.count).toBeLessThanOrEqual(MAX_ROWS);
    expect(Math.min(...table.column('valNll').subarray(0, table.count))).toBe(3);
    expect([table.last('epoch'), table.last('seconds')]).toEqual([99_999, 200_000]);
  });
});
