import { expect, it } from 'vitest';
import { planTraining } from '../../src/train/plan.js';
import { observationsOf } from '../../src/tune/what-mattered.js';

it('tells a setting that a trial took away from one that it did not change', () => {
  const plan = planTraining({}, 29);
  const trials = [
    { set: { 'training.clipNorm': null }, valNll: 60 },
    { set: { 'training.clipNorm': 3 }, valNll: 61 },
    { set: {}, valNll: 62 },
    { set: { 'training.clipNorm': 3 }, valNll: NaN },
  ];
  expect(observationsOf('training.clipNorm', trials, plan)).toEqual([
    { value: null, nll: 60 },
    { value: 3, nll: 61 },
    { value: plan.training.clipNorm, nll: 62 },
  ]);
});
