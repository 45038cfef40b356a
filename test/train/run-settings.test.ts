import { describe, expect, it } from 'vitest';
import { differencesOf } from '../../src/report/facts/run-groups.js';
import { configKey, isSame } from '../../src/runs/compare-configs.js';
import type { RunConfig } from '../../src/runs/schema.js';
import { checkRunMatches } from '../../src/study/job-run.js';
import { planTraining } from '../../src/train/plan.js';
import { completeConfig } from '../../src/train/settings.js';
import { config as fixture } from '../runs/fixtures.js';
import { errorOf } from '../support/error-of.js';

const plan = planTraining({ preset: '87k' }, 29);
const recipe = { name: 'notebook', version: 1 };
const now: RunConfig = { ...fixture, recipe, model: plan.model, training: plan.training };
/** The same as the first version of the run directory had it. */
const before: RunConfig = {
  ...now,
  model: {
    vocabulary: 29,
    contextLength: 150,
    mlpRatio: 10,
    heads: 5,
    layers: 5,
    dModel: 20,
    norm: 'post',
    headWidth: 'full',
    attentionBias: true,
    initialization: 'pytorch',
    dropout: { embedding: 0.1, attention: 0, residual: 0 },
  },
  training: {
    epochs: 1000,
    batch: 32,
    padding: 'all',
    learningRate: 1e-3,
    schedule: { kind: 'constant' },
    optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decayOn: 'all' },
    clipNorm: null,
    lossPer: 'text',
    batching: 'shuffled',
    patience: 10,
  },
};

describe('runs that are older than some settings', () => {
  it('have the defaults of those', () => {
    expect(completeConfig(before)).toEqual(now);
    expect(completeConfig(now)).toEqual(now);
  });

  it('are the same as newer ones, in reports and studies', () => {
    expect(differencesOf(before, now)).toEqual([]);
    expect(configKey(completeConfig(before))).toBe(configKey(completeConfig(now)));
    const tied = { ...now, model: { ...now.model, tiedEmbeddings: true } };
    expect(differencesOf(before, tied)).toEqual(['settings']);
    expect(() => checkRunMatches('runs/a', before, now)).not.toThrow();
    const error = errorOf(() => checkRunMatches('runs/a', tied, now));
    expect([error.code, error.message]).toEqual([
      'BAD_OPTION',
      expect.stringContaining('expected model.tiedEmbeddings false, found true'),
    ]);
  });

  it('are left as they are where they cannot be read', () => {
    const strange = { ...now, model: { layers: 3 }, training: { epochs: 1, batch: 2, padding: 'all' as const } };
    expect(completeConfig(strange)).toEqual(strange);
  });
});

it('numbers that are not finite are the same as themselves and as their texts in files, not as null', () => {
  expect(isSame({ a: NaN }, { a: 'NaN' })).toBe(true);
  for (const other of [null, undefined, Infinity, 0]) expect(isSame({ a: NaN }, { a: other })).toBe(false);
});
