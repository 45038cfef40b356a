import { join } from 'node:path';
import { expect, it } from 'vitest';
import { portable } from '../../src/backend/portable/index.js';
import { halfPrecisionCost } from '../../src/model/export/html-page.js';
import { floatToHalf, halfToFloat } from '../../src/model/half.js';
import { modelOfRun } from '../../src/model/load-model.js';
import { writeRunOf } from '../support/run-of.js';
import { configOf } from '../support/architectures.js';
import { temporaryFolders } from '../support/temporary-folders.js';

it('every finite float16 survives a float', () => {
  for (let bits = 0; bits < 1 << 16; bits++) {
    const value = halfToFloat(bits);
    if (!Number.isNaN(value)) expect(floatToHalf(value)).toBe(bits);
  }
});

it('a float becomes the nearest float16, of two the even one', () => {
  for (let bits = 0; bits < 0x7bff; bits++) {
    const [low, high] = [halfToFloat(bits), halfToFloat(bits + 1)];
    const middle = (low + high) / 2;
    const gap = (high - low) / 8;
    expect([floatToHalf(middle - gap), floatToHalf(middle), floatToHalf(middle + gap)]).toEqual([
      bits,
      bits % 2 === 0 ? bits : bits + 1,
      bits + 1,
    ]);
  }
  expect([65_519, 65_520, -Infinity, NaN].map(floatToHalf)).toEqual([0x7bff, 0x7c00, 0xfc00, 0x7e00]);
});

const newFolder = temporaryFolders();

it('float16 weights cost a small part of the NLL', () => {
  const run = join(newFolder(), 'run');
  writeRunOf(configOf('modern'), run);
  const cost = halfPrecisionCost(run, portable);
  const model = modelOfRun(run, portable);
  expect(cost).not.toBe(0);
  expect(Math.abs(cost) / model.evaluate(model.sample({ count: 8 })).nll).toBeLessThan(0.01);
});
