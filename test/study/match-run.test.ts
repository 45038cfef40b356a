import { describe, expect, it } from 'vitest';
import { checkRunMatches } from '../../src/study/match-run.js';
import { errorOf } from '../runs/fixtures.js';
import { tinyConfig, tinyPlan } from '../train/tiny.js';

const plan = tinyPlan();
const config = tinyConfig(plan);
const expected = {
  plan,
  seed: config.seed,
  precision: config.backend.precision,
  fingerprint: config.corpus.fingerprint,
  tokenizer: config.tokenizer,
};

describe('checkRunMatches', () => {
  it('takes a run from before a setting came for one that has its default', () => {
    const { labelSmoothing, ...older } = config.training;
    expect(labelSmoothing).toBe(0);
    expect(() => checkRunMatches('there', { ...config, training: older }, expected)).not.toThrow();
  });

  it('names a setting that differs', () => {
    const other = { ...config, training: { ...config.training, labelSmoothing: 0.1 } };
    const error = errorOf(() => checkRunMatches('there', other, expected));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toContain('expected training.labelSmoothing 0, found 0.1');
  });
});
