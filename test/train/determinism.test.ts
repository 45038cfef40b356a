import { describe, expect, it } from 'vitest';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { Trainer } from '../../src/train/trainer.js';
import { backendsUnderTest } from '../support/backends.js';
import { losses, tinyData, tinyPlan, tinyTrainer } from './tiny.js';

describe.each(backendsUnderTest())('training on $info.name', (backend) => {
  describe.each(['modern', 'notebook'] as const)('recipe %s', (recipe) => {
    const plan = tinyPlan({ recipe, padding: 'first' });
    const trainer = (seed: number) => tinyTrainer(plan, seed, {}, backend);

    it('gives the same bits for the same seed, and others for another seed', () => {
      const [one, two, other] = [trainer(7), trainer(7), trainer(8)];
      const found = losses(one, 5);
      expect(losses(two, 5)).toEqual(found);
      expect(two.model.parameters.values).toEqual(one.model.parameters.values);
      expect(losses(other, 5)).not.toEqual(found);
    });

    it('is not changed by sampling or scoring between its steps', () => {
      const undisturbed = trainer(7);
      const expected = losses(undisturbed, 6);
      const disturbed = trainer(7);
      const model = new LanguageModel(disturbed.model, defaultTokenizer(), backend, 'first');
      const found: number[] = [];
      for (const event of disturbed.run()) {
        if (event.kind === 'step') found.push(event.report.nll);
        if (event.kind !== 'step' || event.report.done === 3) {
          model.sample({ count: 2, seed: found.length });
          model.score(['rain expected']);
        }
        if (found.length === 6) break;
      }
      expect(found).toEqual(expected);
      expect(disturbed.model.parameters.values).toEqual(undisturbed.model.parameters.values);
    });
  });

  it('drops out in training: the loss changes with the rate, and from step to step', () => {
    const first = (dropout: number) => losses(tinyTrainer(tinyPlan({ dropout }), 7, {}, backend), 1)[0];
    expect(first(0.5)).not.toBe(first(0));
    // The same batch twice, and steps too small to move a weight: the loss differs by the dropout masks alone.
    const { model, training } = tinyPlan({ dropout: 0.5, learningRate: 1e-30 });
    const texts = Array.from({ length: 32 }, () => tinyData.train[0]!);
    const transformer = new DecoderTransformer(model, { seed: 7 });
    const same = new Trainer(transformer, backend, training, { train: texts, val: texts }, 7);
    const [one, two] = losses(same, 2);
    expect(Math.abs(one! - two!)).toBeGreaterThan(1e-3);
  });
});
