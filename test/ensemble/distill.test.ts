import { describe, expect, it } from 'vitest';
import { chooseBackend } from '../../src/backend/registry.js';
import { corpusFromTexts } from '../../src/corpus/corpus.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { distillSteps } from '../../src/ensemble/distill.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { predictNext } from '../../src/model/inspect.js';
import { Tape } from '../../src/tensor/tape.js';
import { defaultTokenizer } from '../../src/tokenizer/tokenizer.js';
import { finish } from '../../src/generators.js';
import { expectedInto } from '../../src/train/distillation/distillation-set.js';
import { trainModel } from '../../src/index.js';
import { Trainer } from '../../src/train/trainer.js';
import { planTraining } from '../../src/train/plan.js';
import { configOf } from '../support/architectures.js';
import { errorOf } from '../support/error-of.js';

const { backend } = chooseBackend();
const config = configOf('modern', { vocabulary: 29, contextLength: 20, dModel: 8, layers: 1, mlpRatio: 2 });
const tokenizer = defaultTokenizer();

describe('a teacher', () => {
  const transformer = new DecoderTransformer(config, { seed: 2 });
  transformer.parameters.values.forEach((value, i) => (transformer.parameters.values[i] = 6 * value));
  const model = new LanguageModel(transformer, tokenizer, backend, 'first');
  const distillationSet = finish(distillSteps(model.characterSource(), { texts: 70, seed: 5, temperature: 1 }));

  it('keeps the texts that it writes', () => {
    const written = distillationSet.texts.map((text) => tokenizer.decode(text));
    expect(written).toEqual(model.sample({ count: 70, seed: 5 }));
    expect(new Set(distillationSet.texts.map(({ length }) => length)).size).toBeGreaterThan(3);
  });

  it('keeps its distribution at every position of them', () => {
    distillationSet.texts.forEach((text, i) => {
      const places = distillationSet.places[i + 1]! - distillationSet.places[i]!;
      expect(places).toBe(Math.min(text.length + 1, 19));
      const { logits } = predictNext(transformer, new Tape(backend), [text]);
      const got = new Float64Array(places * 29);
      expectedInto(got, 0, 29, distillationSet, i);
      for (let place = 0; place < places; place++) {
        const weights = Array.from(logits.subarray(place * 29, place * 29 + 28), Math.exp);
        const sum = weights.reduce((a, b) => a + b, 0);
        weights.forEach((weight, v) => {
          // Half a 65,535th is lost in each of 28 outcomes, and by their sum 14 of them times p.
          const p = weight / sum;
          expect(Math.abs(got[place * 29 + v]! - p)).toBeLessThan((0.6 + 14 * p) / 65_535);
        });
      }
    });
  });
});

describe('a training with a distillation set', () => {
  // A grammar that few texts say little about: the teacher has seen many.
  const many = gazette({ sizes: { train: 600, val: 60, test: 1 } }).splits;
  const few = corpusFromTexts([...many.train.slice(0, 12)]);
  const corpus = { ...few, splits: { train: many.train.slice(0, 12), val: many.val, test: many.test } };
  const shape = { dModel: 24, heads: 2, layers: 1, mlpRatio: 4, learningRate: 0.01, batch: 16 };

  it('learns more than from the texts alone', async () => {
    const big = { ...corpus, splits: { ...corpus.splits, train: many.train } };
    const { model: teacher } = await trainModel({ ...shape, corpus: big, backend, epochs: 4 });
    const distillationSet = finish(distillSteps(teacher.characterSource(), { texts: 200, seed: 1, temperature: 1 }));
    const set = { 'training.distillationSet': { fraction: 0.9, softTargetWeight: 1 } };
    const { model: distilled } = await trainModel({ ...shape, corpus, backend, distillationSet, set, epochs: 12 });
    const { model: alone } = await trainModel({ ...shape, corpus, backend, epochs: 120 });
    const nll = (model: LanguageModel) => model.evaluate(many.val).nll;
    expect(nll(distilled)).toBeLessThan(nll(alone) - 5);
    expect(nll(teacher)).toBeLessThan(nll(alone) - 5);
  }, 120_000);

  it('counts real texts only in the training NLL, and all in the steps', () => {
    const set = { 'training.distillationSet.fraction': 0.5 };
    const { model, training } = planTraining({ ...shape, epochs: 2, distillationSet: true, set }, 29);
    const encode = (texts: readonly string[]) => texts.map((text) => tokenizer.encode(text));
    const data = { train: encode(corpus.splits.train), val: encode(corpus.splits.val.slice(0, 4)) };
    const teacher = new LanguageModel(
      new DecoderTransformer({ ...config, contextLength: 150 }),
      tokenizer,
      backend,
      'first',
    );
    const distillationSet = finish(distillSteps(teacher.characterSource(), { texts: 30, seed: 1, temperature: 1 }));
    const trainer = new Trainer(new DecoderTransformer(model), backend, training, { ...data, distillationSet }, 0);
    expect(trainer.stepsPerEpoch).toBe(2); // 12 and 12 texts, 16 a step
    let trainTexts = 0;
    for (const event of trainer.run()) {
      if (event.kind === 'step') trainTexts = Math.max(trainTexts, trainer.sums.trainTexts);
    }
    expect(trainTexts).toBe(12);
    const without = () => new Trainer(new DecoderTransformer(model), backend, training, data, 0);
    expect(errorOf(without).message).toContain('there is none');
    const all = { ...training, padding: 'all' as const };
    expect(
      errorOf(() => new Trainer(new DecoderTransformer(model), backend, all, { ...data, distillationSet }, 0)).message,
    ).toContain("padding 'first'");
  });
});
