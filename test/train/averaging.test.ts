import { describe, expect, it } from 'vitest';
import { portable } from '../../src/backend/portable/index.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { ExponentialAverage, decayAt } from '../../src/train/exponential-average.js';
import { modelOfRun } from '../../src/model/load-model.js';
import { TrainingRun } from '../../src/train/training-run.js';
import { readRun } from '../../src/runs/reader.js';
import { backend, losses, tinyConfig, tinyPlan, tinyTexts, tinyTrainer } from './tiny.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();

describe('the exponential moving average of the weights', () => {
  it('decays faster in the first steps: min(decay, (1 + t) / (10 + t))', () => {
    expect([0, 1, 8, 90].map((step) => decayAt(step, 0.99))).toEqual([0.1, 2 / 11, 0.5, 0.91]);
    expect(decayAt(891, 0.99)).toBe(0.99);
  });

  it('is the sum of the weights of all steps, each times the decay of the later ones', () => {
    const weights = Float64Array.of(1, -2);
    const values = new Float64Array(2);
    const average = new ExponentialAverage(portable, weights, values, 0.6);
    const after = [3, 5, -1, 4, 4, 4, 4, 7, 0, 1, 2, 3].map((x) => [x, 2 * x]);
    after.forEach((values, step) => {
      weights.set(values);
      average.update(step);
    });
    const all = [[1, -2], ...after];
    const kept = (from: number) => after.reduce((p, _, step) => (step < from ? p : p * decayAt(step, 0.6)), 1);
    const expected = [0, 1].map((i) =>
      all.reduce((sum, values, j) => sum + values[i]! * (j === 0 ? 1 : 1 - decayAt(j - 1, 0.6)) * kept(j), 0),
    );
    values.forEach((x, i) => expect(x).toBeCloseTo(expected[i]!, 12));
    expect([...weights]).toEqual([3, 6]);
  });
});

describe('a training with averaging', () => {
  const averaging = { kind: 'ema', decay: 0.8 } as const;

  it('trains the weights themselves, as without averaging', () => {
    const [plain, averaged] = [tinyTrainer(), tinyTrainer(tinyPlan(), 7, { averaging })];
    expect(losses(averaged, 10)).toEqual(losses(plain, 10));
    expect(averaged.model.parameters.values).toEqual(plain.model.parameters.values);
  });

  it('validates, saves and tests the average', async () => {
    const plan = tinyPlan({ learningRate: 0.02 });
    const path = folder();
    const config = tinyConfig({ ...plan, training: { ...plan.training, averaging } });
    const run = TrainingRun.create(path, config, tinyTexts, backend);
    for await (const event of run.events()) if (event.kind === 'epoch') expect(event.report.best).toBe(true);
    const { results, metrics } = readRun(path);
    const kept = modelOfRun(path, backend);
    expect(kept.evaluate(tinyTexts.splits.val).nll).toBeCloseTo(metrics.at(-1)!.valNll, 4);
    expect(kept.evaluate(tinyTexts.splits.test).nll).toBeCloseTo(results!.testNll, 4);

    const plain = tinyTrainer(plan);
    for (const event of plain.run()) if (event.kind === 'epoch') expect(event.report.valNll).toBeGreaterThan(0);
    const { model } = plain;
    const raw = new LanguageModel(model, tinyTexts.tokenizer, backend, 'first');
    expect(kept.transformer.parameters.values).not.toEqual(model.parameters.values);
    expect(raw.evaluate(tinyTexts.splits.val).nll).not.toBeCloseTo(metrics.at(-1)!.valNll, 4);
  });
});
