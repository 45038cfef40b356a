import { expect, it } from 'vitest';
import { findingsOf } from '../../src/studio/details.js';
import { config, metricsLine, results } from '../runs/fixtures.js';

it('says of a run whose learning rate has decayed that more epochs alone may not help', () => {
  const metrics = Array.from({ length: 8 }, (_, epoch) => {
    const nll = 100 - 2 * epoch;
    return { ...metricsLine(epoch), trainNll: nll, valNll: nll };
  });
  const said = (kind: string) =>
    findingsOf({ ...config, training: { ...config.training, schedule: { kind } } }, metrics, {
      ...results,
      stoppedBecause: 'epochs',
    }).diagnosis.join(' ');
  expect(said('warmup-cosine')).toContain('end of its schedule');
  expect(said('constant')).not.toContain('schedule');
});

it('takes the steps of an epoch from one that has ended: a distillation set makes them more', () => {
  const [steps, texts] = [metricsLine(0).step, config.corpus.sizes.train / config.training.batch];
  expect(findingsOf(config, [], undefined).stepsPerEpoch).toBe(Math.ceil(texts));
  const line = { ...metricsLine(0), step: 3 * steps };
  expect(findingsOf(config, [line, metricsLine(1)], undefined).stepsPerEpoch).toBe(3 * steps);
});
