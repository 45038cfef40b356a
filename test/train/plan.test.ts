import { describe, expect, it } from 'vitest';
import { presetConfig } from '../../src/nn/presets.js';
import { planTraining } from '../../src/train/plan.js';
import { RECIPES } from '../../src/train/recipes/index.js';
import { errorOf } from '../runs/fixtures.js';

/** Options that the notebook's training does not have. */
const OPTIONS_OFF = {
  labelSmoothing: 0,
  averaging: null,
  distillationSet: null,
  augmentation: { wordShuffle: 0, shift: false },
};

describe('planTraining', () => {
  it("takes the notebook's shape and recipe for a preset: docs/notebook.md, section 7", () => {
    const { name, recipe, model, training } = planTraining({ preset: '557k' }, 29);
    expect([name, recipe.name]).toEqual(['557k', 'notebook']);
    expect(model).toEqual(presetConfig('557k'));
    expect(training).toEqual({
      epochs: 1000,
      batch: 32,
      padding: 'all',
      learningRate: 1e-3,
      schedule: { kind: 'constant' },
      optimizer: {
        kind: 'adamw',
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0.01,
        decayOn: 'all',
      },
      clipNorm: null,
      lossPer: 'text',
      batching: 'shuffled',
      patience: 10,
      onDivergence: 'stop',
      ...OPTIONS_OFF,
    });
    expect(model.dropout).toEqual({ embedding: 0.1, attention: 0, residual: 0 });
  });

  it('takes the modern recipe without a preset', () => {
    const { recipe, model, training } = planTraining({ dModel: 48, layers: 3, heads: 4 }, 29);
    expect(recipe).toBe(RECIPES.modern);
    expect(model).toMatchObject(RECIPES.modern.architecture);
    expect(training).toEqual(RECIPES.modern.training);
  });

  it('shuffles no words of a long text, whatever the size', () => {
    const shuffle = (continuous: boolean) => planTraining({ size: '557k', continuous }, 29).training.augmentation;
    expect(shuffle(false)).toEqual({ wordShuffle: 0.2, shift: false });
    expect(shuffle(true)).toEqual({ wordShuffle: 0, shift: true });
  });

  it('drops regularisation for a distillation set, unless the user sets it', () => {
    const { model, training } = planTraining({ size: '557k', distillationSet: true }, 29);
    expect(model.dropout).toEqual({ embedding: 0, attention: 0, residual: 0 });
    expect(training).toMatchObject({
      epochs: 12,
      labelSmoothing: 0,
      augmentation: { wordShuffle: 0, shift: false },
      distillationSet: { fraction: 0.67, softTargetWeight: 1 },
    });
    const set = { 'training.distillationSet.fraction': 0.5, 'training.labelSmoothing': 0.02 };
    const asked = planTraining({ size: '557k', distillationSet: true, dropout: 0.1, epochs: 3, set }, 29);
    expect(asked.model.dropout.residual).toBe(0.1);
    expect(asked.training).toMatchObject({
      epochs: 3,
      labelSmoothing: 0.02,
      distillationSet: { fraction: 0.5, softTargetWeight: 1 },
    });
    expect(RECIPES.modern.distilled['training.distillationSet']).toEqual({ fraction: 0.67, softTargetWeight: 1 });
    // Of a recipe that says nothing, only how much of the distillation set is used.
    const own = { ...RECIPES.modern, distilled: {} };
    const { training: plain } = planTraining({ recipe: own, size: '557k', distillationSet: true }, 29);
    expect(plain).toEqual({
      ...planTraining({ size: '557k' }, 29).training,
      distillationSet: { fraction: 0.5, softTargetWeight: 1 },
    });
  });

  it('takes the options over the recipe', () => {
    const plan = planTraining(
      { preset: '87k', epochs: 12, batch: 8, learningRate: 0.01, padding: 'first', dropout: 0.3 },
      31,
    );
    expect(plan.training).toMatchObject({ epochs: 12, batch: 8, learningRate: 0.01, padding: 'first' });
    expect(plan.model).toMatchObject({
      vocabulary: 31,
      dropout: { embedding: 0.3, attention: 0, residual: 0 },
    });
    const modern = planTraining({ dropout: 0.2 }, 29).model;
    expect(modern.dropout).toEqual({ embedding: 0.2, attention: 0.2, residual: 0.2 });
    const shaped = planTraining({ recipe: 'notebook', dModel: 12 }, 29);
    expect(shaped.model).toMatchObject({ dModel: 12, heads: 5, norm: 'post' });
    expect(shaped.name).toBe('notebook-12x5');
  });

  it.each([
    [{ preset: '87k', recipe: 'modern' }, 'recipe modern'],
    [{ preset: '87k', dModel: 30 }, 'dModel'],
    [{ dModel: 10, heads: 3 }, 'dModel must be a multiple of heads: got 10 and 3'],
    [{ epochs: 0 }, 'epochs'],
    [{ learningRate: -1 }, 'learningRate'],
    [{ learningRate: 1e-46 }, 'learningRate: expected a number that is above 0 in float32, got 1e-46'],
    [{ set: { 'training.optimizer.epsilon': 1e-46 } }, 'optimizer.epsilon: expected a number that is above 0 in'],
    [{ dModel: 40_000, heads: 1 }, 'at most 1e+9 parameters, got 5.8e+10'],
    [{ layers: 1_000_000_000 }, 'layers'],
  ] as const)('refuses %j', (options, message) => {
    const error = errorOf(() => planTraining(options, 29));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toContain(message);
  });
});
