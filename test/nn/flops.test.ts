import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardArithmetic, trainingFlops } from '../../src/nn/flops.js';
import { timedBackend } from '../../src/profile/timed-backend.js';
import { rowsOfText, type Padding } from '../../src/nn/packed-batch.js';
import { parameterSpecs } from '../../src/nn/decoder-transformer.js';
import { presetConfig } from '../../src/nn/presets.js';
import type { ModelConfig } from '../../src/nn/config.js';
import { elementsOf } from '../../src/tensor/tensor.js';
import { planTraining } from '../../src/train/plan.js';
import { RECIPE_NAMES } from '../../src/train/recipes/index.js';
import { backend, losses, tinyData, tinyPlan, tinyTrainer } from '../train/tiny.js';

/** Every matrix is multiplied with every row once. */
const matrixNumbers = (config: ModelConfig) =>
  parameterSpecs(config)
    .filter(({ kind }) => kind === 'matrix')
    .reduce((sum, { shape }) => sum + elementsOf(shape), 0);

describe('the arithmetic of a model', () => {
  it("is 2 · rows · numbers of its matrices, and attention's causal pairs", () => {
    const shape = fc.record({
      recipe: fc.constantFrom(...RECIPE_NAMES),
      dModel: fc.integer({ min: 1, max: 8 }).map((n) => 12 * n),
      heads: fc.constantFrom(1, 2, 3, 4, 6),
      layers: fc.integer({ min: 1, max: 6 }),
      mlpRatio: fc.integer({ min: 1, max: 200 }),
    });
    fc.assert(
      fc.property(shape, fc.array(fc.integer({ min: 1, max: 149 }), { maxLength: 9 }), (options, lengths) => {
        const { model } = planTraining(options, 29);
        const inner = model.headWidth === 'full' ? model.heads * model.dModel : model.dModel;
        let rows = 0;
        let pairs = 0;
        for (const length of lengths) for (let t = 1; t <= length; t++) [rows, pairs] = [rows + 1, pairs + t];
        const { total, attention, ...matrices } = forwardArithmetic(model, lengths);
        expect(attention).toBe(model.layers * 2 * 2 * pairs * inner);
        const products = Object.values(matrices).reduce((a, b) => a + b, 0);
        expect(products).toBe(2 * rows * matrixNumbers(model));
        expect(total).toBe(products + attention);
        expect(trainingFlops(model, lengths)).toBe(3 * total);
      }),
    );
  });

  it("of the notebook's third size on 32 full texts is 151 GFLOP a step", () => {
    // By hand, for a row: 6 blocks of 48 × 864 + 288 × 48 + 2 × 48 × 8160, and 48 × 29 for the logits.
    const matrices = 6 * (41_472 + 13_824 + 783_360) + 1392;
    expect(matrixNumbers(presetConfig('5m'))).toBe(matrices);
    const rows = 32 * 149;
    const pairs = 32 * 11_175;
    const byHand = 3 * (2 * rows * matrices + 6 * 4 * pairs * 288);
    expect(trainingFlops(presetConfig('5m'), new Array<number>(32).fill(149))).toBe(byHand);
    expect(byHand / 1e9).toBeCloseTo(151.41, 2);
  });

  it.each([
    ['notebook', 'all'],
    ['notebook', 'first'],
    ['modern', 'all'],
    ['modern', 'first'],
  ] as const)('is what the operations of a step of %s --padding %s add up to', (recipe, padding: Padding) => {
    // Muon's own products are not the model's.
    const set = { 'training.optimizer.kind': 'adamw' };
    const plan = tinyPlan({ recipe, padding, batch: tinyData.train.length, set });
    const timed = timedBackend(backend);
    losses(tinyTrainer(plan, 7, {}, timed.backend), 1);
    const rows = tinyData.train.map((text) => rowsOfText(text.length, plan.model.contextLength, padding));
    const counted = timed.totals().reduce((sum, { flops }) => sum + flops, 0);
    expect(counted).toBe(trainingFlops(plan.model, rows));
  });
});
