import { describe, expect, it } from 'vitest';
import { meanNll } from '../../src/baselines/sequence-model.js';
import { fitUnigram } from '../../src/baselines/simple-models.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { trainModel } from '../../src/index.js';
import type { ModelEvent } from '../../src/train/train-model.js';
import { backend, encode } from './tiny.js';

const corpus = gazette({ sizes: { train: 240, val: 32, test: 32 } });

const tiny = { dModel: 16, heads: 2, layers: 1, epochs: 8, batch: 12, learningRate: 0.015 };

/** The other options of a training, as much of each as leaves a model of the texts. */
const OPTIONS = {
  'training.schedule': { kind: 'warmup-cosine', warmupSteps: 10, floor: 0 },
  'training.labelSmoothing': 0.02,
  'training.averaging': { kind: 'ema', decay: 0.9 },
  'training.augmentation': { wordShuffle: 0.05 },
};

describe.each([
  ['modern', tiny],
  ['modern', { ...tiny, set: { 'training.optimizer.kind': 'muon' } }],
  ['modern', { ...tiny, set: OPTIONS }],
  ['notebook', { dModel: 12, heads: 2, layers: 1, mlpRatio: 4, epochs: 7, batch: 12, learningRate: 0.01, dropout: 0 }],
] as const)('the recipe %s with %o', (recipe, options) => {
  it('learns to predict far better than a unigram', async () => {
    const shape = { vocabulary: 29, contextLength: 150 };
    const unigram = meanNll(fitUnigram(encode(corpus.splits.train), shape), encode(corpus.splits.val));
    expect(unigram).toBeGreaterThan(80);
    const events: ModelEvent[] = [];
    const onEvent = (event: ModelEvent) => void events.push(event);
    const trained = await trainModel({ corpus, backend, recipe, ...options, onEvent });
    const { model, history, best, test, stoppedBecause } = trained;
    const epochs = events.flatMap((event) => (event.kind === 'epoch' ? [event.report] : []));
    expect(epochs).toHaveLength(options.epochs);
    expect(epochs.at(-1)!.trainNll).toBeLessThan(epochs[0]!.trainNll);
    expect(events.filter(({ kind }) => kind === 'done')).toEqual([{ kind: 'done', because: 'epochs' }]);
    expect(stoppedBecause).toBe('epochs');
    expect(history).toEqual(epochs);
    expect(best).toBe(history.find((report) => report.valNll === Math.min(...history.map(({ valNll }) => valNll))));
    expect(test).toEqual(model.evaluate(corpus.splits.test));

    // The model that comes back is the best of all epochs.
    const { nll, top1 } = model.evaluate(corpus.splits.val);
    expect(nll).toBeCloseTo(best.valNll, 4);
    expect(nll).toBeLessThan(0.9 * unigram);
    expect(top1).toBeGreaterThan(0.7);
  }, 180_000); // a second on the native backend, half a minute on the portable one
});

describe('trainModel', () => {
  it('returns the best model so far when it is aborted', async () => {
    const abort = new AbortController();
    let epochs = 0;
    let because = '';
    const { model } = await trainModel({
      corpus: gazette({ sizes: { train: 64, val: 16, test: 16 } }),
      backend,
      dModel: 8,
      heads: 2,
      layers: 1,
      epochs: 50,
      signal: abort.signal,
      onEvent: (event) => {
        if (event.kind === 'epoch' && ++epochs === 2) abort.abort();
        if (event.kind === 'done') because = event.because;
      },
    });
    expect({ epochs, because }).toEqual({ epochs: 2, because: 'interrupted' });
    expect(model.sample({ count: 2 })).toHaveLength(2);
  });
});
