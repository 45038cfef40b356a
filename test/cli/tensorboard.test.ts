/** `letterpress train --tensorboard`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { interrupted } from './capture.js';
import { good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace();

it('writes an event file for each session of a training, which are removed when the run is replaced', async () => {
  const out = place.at('logged');
  const train = ['train', ...place.texts, ...SHAPE, '--epochs', '3', '--out', out];
  const events = join(out, 'tensorboard');
  const count = () =>
    readdirSync(events).map((name) => readFileSync(join(events, name), 'latin1').split('nll/train').length - 1);
  expect((await interrupted([...train, '--tensorboard'], /^ +1 /m)).code).toBe(130);
  expect(count()).toHaveLength(1);
  await good('train', '--resume', out, '--tensorboard');
  expect(count()).toHaveLength(2);
  expect(count().reduce((sum, epochs) => sum + epochs)).toBeGreaterThanOrEqual(3);
  await good(...train, '--force');
  expect(existsSync(events)).toBe(false);
});
