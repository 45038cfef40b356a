import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { oneAfterAnother } from '../../src/backend/operations.js';
import type { AdamW, Backend } from '../../src/backend/types.js';
import { LetterpressError } from '../../src/errors.js';
import { modelOfRun } from '../../src/model/load-model.js';
import { diagnose } from '../../src/diagnosis/diagnose.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { RunWriter } from '../../src/runs/writer.js';
import type { DivergenceReport, TrainEvent } from '../../src/train/train-events.js';
import { trainModel } from '../../src/index.js';
import type { Trainer } from '../../src/train/trainer.js';
import { TrainingRun, type RunEvent } from '../../src/train/training-run.js';
import { errorOf } from '../runs/fixtures.js';
import { backend, follow, PLAIN, tinyConfig, tinyCorpus, tinyPlan, tinyTexts, tinyTrainer } from './tiny.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();
/** Steps of an epoch: 64 texts in batches of 16. */
const STEPS = 4;
/** Parts in which each batch is computed. */
const PARTS = 2;
const plan = tinyPlan({ set: PLAIN });
const lowering = tinyPlan({ set: PLAIN, onDivergence: 'lower-lr' });

/** A backend whose gradient of the logits is NaN in the step of that number, counted from 0 over all steps computed. */
function badGradient(...steps: number[]): Backend {
  let calls = 0;
  return {
    ...backend,
    together: oneAfterAnother,
    crossEntropyGradient: (args) => {
      backend.crossEntropyGradient(args);
      if (steps.includes(Math.floor(calls++ / PARTS))) args.gradLogits[0] = NaN;
    },
  };
}

/** One whose updates ruin the weights from some step on, where the learning rate is above a bound. */
function badUpdates(from: number, bound = 0, value = NaN): Backend {
  return {
    ...backend,
    adamW: (args: AdamW) => {
      backend.adamW(args);
      if (args.step > from && args.learningRate > bound) args.parameters.fill(value);
    },
  };
}

function divergencesOf(events: readonly (TrainEvent | RunEvent)[]): DivergenceReport[] {
  return events.flatMap((event) => (event.kind === 'diverged' ? [event] : []));
}

const isFinite = (values: ArrayLike<number>) => Array.from(values).every(Number.isFinite);
const isWhole = ({ arrays, bestWeights }: Trainer) => [...arrays.values(), bestWeights].every(isFinite);

describe('a training whose numbers are not finite', () => {
  it('is stopped in that step, names the gradient, and has the weights of its best epoch', () => {
    const trainer = tinyTrainer(plan, 7, {}, badGradient(STEPS + 1));
    const events = [...trainer.run()];
    const [diverged] = divergencesOf(events);
    expect(events.slice(-2).map(({ kind }) => kind)).toEqual(['diverged', 'done']);
    expect(events.at(-1)).toEqual({ kind: 'done', because: 'diverged' });
    expect(diverged).toMatchObject({
      divergence: {
        epoch: 1,
        step: STEPS + 1,
        value: NaN,
        where: expect.stringMatching(/^the gradient of \w/) as string,
      },
      learningRateFactor: undefined,
      report: { epoch: 1, trainNll: NaN, valNll: NaN, best: false },
    });
    expect(diverged!.report!.divergences).toEqual([diverged!.divergence]);
    expect(isWhole(trainer)).toBe(true);
    expect(trainer.model.parameters.values).toEqual(trainer.bestWeights);
  });

  it('names the loss where the weights were ruined by the step before', () => {
    const [diverged] = divergencesOf([...tinyTrainer(plan, 7, {}, badUpdates(2)).run()]);
    expect(diverged!.divergence).toMatchObject({ epoch: 0, step: 3, where: 'the loss', value: NaN });
  });

  it.each([NaN, Infinity])(
    'names the weights, before it validates, where the last step of an epoch makes one %d',
    (value) => {
      const events = [...tinyTrainer(plan, 7, {}, badUpdates(STEPS - 1, 0, value)).run()];
      expect(events.map(({ kind }) => kind)).toEqual(['step', 'step', 'step', 'step', 'diverged', 'done']);
      const { where } = divergencesOf(events)[0]!.divergence;
      expect(where).toMatch(/^a weight of \w/);
    },
  );

  it('is one whose validation loss alone is infinite', () => {
    let steps = 0;
    const on: Backend = {
      ...backend,
      together: oneAfterAnother,
      crossEntropy: (args) => {
        backend.crossEntropy(args);
        if (steps === STEPS) args.nll[0] = Infinity;
      },
      adamW: (args) => {
        backend.adamW(args);
        steps = args.step;
      },
    };
    const trainer = tinyTrainer(plan, 7, {}, on);
    const [diverged] = divergencesOf([...trainer.run()]);
    expect(diverged!.divergence).toMatchObject({ where: 'the validation loss', value: Infinity });
    expect(trainer.state.bestEpoch).toBe(-1);
  });

  it('rejects trainModel where no epoch ended, and else gives it the best model', async () => {
    const options = { corpus: tinyCorpus, dModel: 8, heads: 2, layers: 1, batch: 16, epochs: 2, set: PLAIN };
    const failed = trainModel({ ...options, backend: badGradient(1) });
    await expect(failed).rejects.toThrow(expect.objectContaining({ code: 'DIVERGED', exitCode: 3 }));
    const kinds: string[] = [];
    const on = badGradient(STEPS);
    const { model } = await trainModel({ ...options, backend: on, onEvent: ({ kind }) => kinds.push(kind) });
    expect(kinds).toContain('diverged');
    expect(isFinite(model.transformer.parameters.values)).toBe(true);
  });
});

describe('lowering the learning rate', () => {
  it('repeats the epoch with half of it, on the same texts', () => {
    const trainer = tinyTrainer(lowering, 7, {}, badGradient(STEPS + 1));
    const events = [...trainer.run()];
    expect(divergencesOf(events)).toMatchObject([{ learningRateFactor: 0.5, divergence: { epoch: 1 } }]);
    const reports = events.flatMap((event) => (event.kind === 'epoch' ? [event.report] : []));
    const plain = [...tinyTrainer(plan).run()].flatMap((event) => (event.kind === 'epoch' ? [event.report] : []));
    expect(reports.map(({ step }) => step)).toEqual([STEPS, 2 * STEPS, 3 * STEPS]);
    expect(reports.map(({ learningRate }, i) => learningRate / plain[i]!.learningRate)).toEqual([1, 0.5, 0.5]);
    expect(reports.map(({ divergences }) => divergences?.length)).toEqual([undefined, 1, undefined]);
    expect(reports[0]!.valNll).toBe(plain[0]!.valNll);
    expect(events.at(-1)).toEqual({ kind: 'done', because: 'epochs' });
  });

  it('goes on until it is low enough', () => {
    const peak = lowering.training.learningRate;
    const constant = { schedule: { kind: 'constant' } } as const;
    const events = [...tinyTrainer(lowering, 7, constant, badUpdates(STEPS, peak / 3)).run()];
    expect(divergencesOf(events).map(({ learningRateFactor }) => learningRateFactor)).toEqual([0.5, 0.25]);
  });

  it('is given up after five times, and at once where the first step of an epoch cannot be taken', () => {
    const trainer = tinyTrainer(lowering, 7, {}, badUpdates(STEPS));
    const found = divergencesOf([...trainer.run()]);
    expect(found.map(({ learningRateFactor }) => learningRateFactor)).toEqual([
      0.5,
      0.25,
      0.125,
      0.0625,
      0.03125,
      undefined,
    ]);
    expect(isWhole(trainer)).toBe(true);
    const first = divergencesOf([...tinyTrainer(lowering, 7, {}, badGradient(STEPS)).run()]);
    expect(first.map(({ learningRateFactor }) => learningRateFactor)).toEqual([undefined]);
  });

  it('gives the same bits where the run is interrupted within the epoch that diverges', async () => {
    const on = () => badUpdates(STEPS + 2, lowering.training.learningRate / 1.5);
    const plan = { ...lowering, training: { ...lowering.training, schedule: { kind: 'constant' } as const } };
    const outcome = (path: string) => {
      const { metrics, results } = readRun(path);
      const weights = readFileSync(join(path, RUN_FILES.weights)).toString('base64');
      return {
        metrics: metrics.map((line) => ({ ...line, seconds: 0 })),
        results: { ...results, seconds: 0 },
        weights,
      };
    };
    const whole = folder();
    await follow(TrainingRun.create(whole, tinyConfig(plan), tinyTexts, on()));
    const { metrics, results } = readRun(whole);
    expect(metrics.map(({ divergences }) => divergences?.length ?? 0)).toEqual([0, 1, 0]);
    expect(results).toMatchObject({ stoppedBecause: 'epochs', divergences: metrics[1]!.divergences });

    const path = folder();
    let steps = 0;
    const interrupt = (event: RunEvent) => event.kind === 'step' && ++steps === STEPS + 2;
    expect(await follow(TrainingRun.create(path, tinyConfig(plan), tinyTexts, on()), interrupt)).toContain('paused');
    await follow(TrainingRun.resume(path, tinyTexts, on()));
    expect(outcome(path)).toEqual(outcome(whole));
    // Steps that were undone are not among those of steps.csv.
    for (const each of [path, whole]) {
      const lines = readFileSync(join(each, RUN_FILES.steps), 'utf8').split('\n').slice(1, -1);
      expect(lines.map((line) => parseInt(line, 10))).toEqual(Array.from({ length: 3 * STEPS }, (_, i) => i + 1));
    }
  });
});

describe('the run of a training that diverged', () => {
  it('says so, and has the model of its best epoch; nothing in its tensors is NaN', async () => {
    const path = folder();
    await follow(TrainingRun.create(path, tinyConfig(plan), tinyTexts, badGradient(STEPS + 1)));
    const run = readRun(path);
    expect(run.results).toMatchObject({ stoppedBecause: 'diverged', bestEpoch: 0, epochsRun: 2 });
    expect(run.results!.testNll).toBeGreaterThan(0);
    expect(run.metrics.map(({ valNll }) => Number.isFinite(valNll))).toEqual([true, false]);
    expect(readFileSync(join(path, RUN_FILES.metrics), 'utf8')).toContain('"valNll":"NaN"');
    expect(modelOfRun(run, backend).transformer.parameters.count).toBeGreaterThan(0);
    for (const { tensors } of [run.loadWeights(), run.loadCheckpoint()!])
      for (const [name, { data }] of tensors) expect(isFinite(data as ArrayLike<number>), name).toBe(true);
    expect(diagnose(run.metrics, { stoppedBecause: 'diverged' }).kind).toBe('diverged');
  });

  it('has no model where that was in its first epoch, but figures of its texts and a curve', async () => {
    const path = folder();
    const kinds = await follow(TrainingRun.create(path, tinyConfig(plan), tinyTexts, badGradient(2)));
    expect(kinds).toContain('finished');
    const run = readRun(path);
    expect(run.results).toMatchObject({ stoppedBecause: 'diverged', bestEpoch: -1, testNll: NaN, bestValNll: NaN });
    expect(existsSync(join(path, RUN_FILES.weights))).toBe(false);
    expect(existsSync(join(path, RUN_FILES.nllSvg))).toBe(true);
    expect(run.readAnalysis().baselines).toBeDefined();
    const error = errorOf(() => modelOfRun(run, backend));
    expect([error.code, error.message]).toEqual(['BAD_RUN', expect.stringContaining('diverged')]);
  });

  it('keeps its last checkpoint where it is interrupted while a weight is not finite', async () => {
    const path = folder();
    let steps = 0;
    const interrupt = (event: RunEvent) => event.kind === 'step' && ++steps === STEPS + 2;
    const run = TrainingRun.create(path, tinyConfig(plan), tinyTexts, badUpdates(STEPS + 1));
    expect(await follow(run, interrupt)).toContain('paused');
    expect(readRun(path).loadCheckpoint()!.meta.step).toBe(STEPS);
  });

  it.each(['best_weights', 'optimizer.second_moments', 'weights.embedding.weight'])(
    'is not resumed from a checkpoint with NaN in %s',
    async (name) => {
      const path = folder();
      await follow(TrainingRun.create(path, tinyConfig(plan), tinyTexts, backend), (event) => event.kind === 'epoch');
      const { meta, tensors } = readRun(path).loadCheckpoint()!;
      (tensors.get(name)!.data as Float32Array)[3] = NaN;
      RunWriter.resume(path).writer.writeCheckpoint(meta, tensors);
      const error = errorOf(() => TrainingRun.resume(path, tinyTexts, backend));
      expect(error).toBeInstanceOf(LetterpressError);
      expect([error.code, error.message]).toEqual(['BAD_RUN', expect.stringContaining('NaN')]);
    },
  );
});

describe('a training that is worse than a context-free baseline', () => {
  it('says so after five epochs, and after ten, also where it was interrupted between', async () => {
    // Steps too small to change a weight: the model knows nothing.
    const useless = tinyPlan({ epochs: 12, learningRate: 1e-30, set: PLAIN });
    const path = folder();
    const epochs: number[] = [];
    const note = (event: RunEvent) => {
      if (event.kind === 'below-baseline') {
        epochs.push(event.epochs);
        expect(event.valNll).toBeGreaterThan(event.baselineNll);
      }
    };
    const run = TrainingRun.create(path, tinyConfig(useless), tinyTexts, backend);
    await follow(run, (event) => (note(event), event.kind === 'epoch' && event.report.epoch === 6));
    await follow(TrainingRun.resume(path, tinyTexts, backend), (event) => (note(event), false));
    expect(epochs).toEqual([5, 10]);
  });

  it('is not said of one that learns', async () => {
    const learning = tinyPlan({ epochs: 8, learningRate: 0.03, set: PLAIN });
    const kinds = await follow(TrainingRun.create(folder(), tinyConfig(learning), tinyTexts, backend));
    expect(kinds).not.toContain('below-baseline');
  });
});
