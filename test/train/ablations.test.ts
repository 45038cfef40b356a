/** Models that lack a part, trained: what each part is for shows in what goes wrong without it. */
import { describe, expect, it } from 'vitest';
import { gazette } from '../../src/corpus/gazette/index.js';
import { finish } from '../../src/generators.js';
import { scoreAsSampled } from '../../src/model/generate.js';
import { modelOfRun } from '../../src/model/load-model.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { readRun } from '../../src/runs/reader.js';
import type { SettingsByPath } from '../../src/train/recipes/settings-by-path.js';
import { trainModel } from '../../src/index.js';
import { TrainingRun } from '../../src/train/training-run.js';
import { errorOf } from '../runs/fixtures.js';
import { backend, encode, follow, losses, tinyConfig, tinyPlan, tinyTexts, tinyTrainer } from './tiny.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();
const corpus = gazette({ sizes: { train: 240, val: 32, test: 32 } });
const texts = corpus.splits.val;

async function train(set: SettingsByPath) {
  const shape = { dModel: 16, heads: 2, layers: 1, epochs: 8, batch: 12, learningRate: 0.015 };
  const { model } = await trainModel({ corpus, backend, ...shape, set });
  const scores = finish(scoreAsSampled(model.characterSource(), encode(texts)));
  const asSampled = scores.reduce((a, b) => a + b, 0) / scores.length;
  return { model, nll: model.evaluate(texts).nll, asSampled };
}

describe('a model of 16 numbers a character and one block', () => {
  it('has the NLL of the distributions that its samples are drawn from', async () => {
    const { nll, asSampled } = await train({});
    expect(nll).toBeGreaterThan(100);
    expect(asSampled).toBeCloseTo(nll, 3);
  }, 120_000);

  it('predicts texts almost surely without the causal mask, and writes none', async () => {
    const { model, nll, asSampled } = await train({ 'model.causal': false });
    expect(nll).toBeLessThan(10);
    expect(asSampled).toBeGreaterThan(250);
    // It learned to look up the next character, which is not there yet: it repeats what it sees.
    const samples = model.sample({ count: 32, seed: 1 });
    const repeated = samples.filter((text) => text === '' || new Set(text).size < text.length / 3);
    expect(repeated.length).toBeGreaterThan(24);
  }, 120_000);

  it('copies the character that it reads without the shift', async () => {
    const { model, nll, asSampled } = await train({ 'model.shift': false });
    expect(nll).toBeLessThan(1);
    expect(asSampled).toBeGreaterThan(250);
    const [sample] = model.sample({ prompt: 'mayor', temperature: 0.01 });
    expect(sample).toMatch(/^mayorr*$/);
    expect(sample!.length).toBe(149);
  }, 120_000);
});

describe('fixed embeddings', () => {
  it.each(['adamw', 'muon'])('keep their initial values with %s, while all else is trained', (kind) => {
    const plan = tinyPlan({ set: { 'model.fixedEmbeddings': true, 'training.optimizer.kind': kind } });
    const trainer = tinyTrainer(plan);
    losses(trainer, 3);
    const before = new DecoderTransformer(plan.model, { seed: 7 }).parameters.toMap();
    const unchanged = [...trainer.model.parameters.toMap()].flatMap(([name, { data }]) =>
      data.every((value, i) => value === before.get(name)!.data[i]) ? [name] : [],
    );
    expect(unchanged).toEqual(['embedding.weight']);
  });

  it('cannot be tied to the logits', () => {
    const set = { 'model.fixedEmbeddings': true, 'model.tiedEmbeddings': true };
    expect(errorOf(() => tinyPlan({ set })).message).toContain('expected fixedEmbeddings or tiedEmbeddings, got both');
  });
});

it.each([{ 'model.causal': false }, { 'model.shift': false }, { 'model.fixedEmbeddings': true }])(
  'a run with %j is resumed with the same bits, tested, loaded, sampled and scored',
  async (set) => {
    const plan = tinyPlan({ set });
    const create = (path: string) => TrainingRun.create(path, tinyConfig(plan), tinyTexts, backend);
    const [whole, parted] = [folder(), folder()];
    await follow(create(whole));
    await follow(create(parted), ({ kind }) => kind === 'epoch');
    await follow(TrainingRun.resume(parted, tinyTexts, backend));
    const [run, other] = [readRun(whole), readRun(parted)];
    expect({ ...other.results, seconds: 0 }).toEqual({ ...run.results, seconds: 0 });
    expect(other.readSamples('final')).toEqual(run.readSamples('final'));
    const model = modelOfRun(run, backend);
    expect(model.evaluate(tinyTexts.splits.test).nll).toBeCloseTo(run.results!.testNll, 6);
    expect(model.sample({ count: 64, seed: 7 })).toEqual(run.readSamples('final'));
    const isSeparate = !('model.fixedEmbeddings' in set);
    expect(run.results!.testNllAsSampled !== undefined).toBe(isSeparate);
  },
  60_000,
);
