import { describe, expect, it } from 'vitest';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { AdamWOptimizer } from '../../src/train/optimizer/adamw.js';
import { PYTORCH_ADAMW } from '../../src/train/optimizer/optimizer.js';
import type { FloatArray } from '../../src/backend/types.js';
import type { Trainer } from '../../src/train/trainer.js';
import { backendsUnderTest } from '../support/backends.js';
import { norm } from '../support/goldens.js';
import { losses, PLAIN, tinyData, tinyPlan, tinyTrainer } from './tiny.js';

function firstMomentsOf({ optimizer }: Trainer): FloatArray {
  return optimizer.state().get('optimizer.first_moments')!;
}

describe('the loss of a training', () => {
  it('is a mean over texts, or over their characters', () => {
    const gradients = (['text', 'character'] as const).map((lossPer) => {
      const trainer = tinyTrainer(tinyPlan({ epochs: 1, set: PLAIN }), 7, {
        lossPer,
        clipNorm: null,
        batch: 64,
      });
      losses(trainer, 1);
      return { norm: norm(firstMomentsOf(trainer)), positions: trainer.sums.tokens };
    });
    const [perText, perCharacter] = gradients;
    // The end of a text is a character here.
    const characters = tinyData.train.reduce((sum, text) => sum + text.length + 1, 0);
    expect(perText!.positions).toBe(characters);
    expect(perText!.norm / perCharacter!.norm / (characters / 64)).toBeCloseTo(1, 5);
  });
});

describe('label smoothing', () => {
  it('changes the gradients, but not the reported NLL', () => {
    const train = (labelSmoothing: number) => losses(tinyTrainer(tinyPlan({ set: PLAIN }), 7, { labelSmoothing }), 2);
    const [plain, smooth] = [train(0), train(0.2)];
    expect(smooth[0]).toBe(plain[0]);
    expect(smooth[1]).not.toBe(plain[1]);
  });
});

describe('weight decay', () => {
  /** Which parameters one update with zero gradients shrinks, by name. */
  function shrunk(decayOn: 'all' | 'matrices'): string[] {
    const [portable] = backendsUnderTest();
    const { parameters } = new DecoderTransformer(tinyPlan().model);
    parameters.values.fill(1);
    const options = { ...PYTORCH_ADAMW, weightDecay: 0.5, decayOn };
    new AdamWOptimizer(portable!, parameters, options).update(0.1);
    const names: string[] = [];
    for (const [name, { data }] of parameters.toMap()) {
      const values = new Set(data);
      expect(values.size).toBe(1);
      if (!values.has(1)) {
        expect(data[0]).toBeCloseTo(1 - 0.1 * 0.5, 6);
        names.push(name);
      }
    }
    return names;
  }

  it('is on everything in the notebook, on matrices and embeddings only in the modern recipe', () => {
    const { parameters } = new DecoderTransformer(tinyPlan().model);
    expect(shrunk('all')).toEqual(parameters.specs.map(({ name }) => name));
    const matrices = parameters.specs.filter(({ shape }) => shape.length === 2).map(({ name }) => name);
    expect(shrunk('matrices')).toEqual(matrices);
    expect(matrices).toContain('embedding.weight');
  });
});
