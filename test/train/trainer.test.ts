import { describe, expect, it } from 'vitest';
import type { FloatArray } from '../../src/backend/types.js';
import { finish } from '../../src/generators.js';
import { Evaluator, meanScores } from '../../src/model/evaluate.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { AdamWOptimizer } from '../../src/train/optimizer/adamw.js';
import { PYTORCH_ADAMW } from '../../src/train/optimizer/optimizer.js';
import type { EpochReport, TrainEvent } from '../../src/train/train-events.js';
import type { Trainer } from '../../src/train/trainer.js';
import { backendsUnderTest } from '../support/backends.js';
import { norm } from '../support/goldens.js';
import { backend, losses, PLAIN, tinyData, tinyPlan, tinyTrainer } from './tiny.js';

/** Steps of an epoch: 64 texts in batches of 16. */
const STEPS = 4;

const kindsOf = (events: Iterable<TrainEvent>) => Array.from(events, ({ kind }) => kind);

function epochsOf(trainer: Trainer): EpochReport[] {
  return [...trainer.run()].flatMap((event) => (event.kind === 'epoch' ? [event.report] : []));
}

function firstMomentsOf({ optimizer }: Trainer): FloatArray {
  return optimizer.state().get('optimizer.first_moments')!;
}

const valNllOf = ({ evaluated }: Trainer) =>
  meanScores(finish(new Evaluator(evaluated, backend, 'first').score(tinyData.val))).nll;

describe('the events of a training', () => {
  it('are the steps, the validation and the report of each epoch, and then that it is done', () => {
    const epoch = [...Array<string>(STEPS).fill('step'), 'validation', 'epoch'];
    const events = [...tinyTrainer(tinyPlan({ epochs: 2 })).run()];
    expect(kindsOf(events)).toEqual([...epoch, ...epoch, 'done']);
    expect(events.at(-1)).toEqual({ kind: 'done', because: 'epochs' });
  });

  it('count steps within an epoch, and epochs from 0', () => {
    const reports = [...tinyTrainer(tinyPlan({ epochs: 2 })).run()].flatMap((event) =>
      event.kind === 'step' ? [event.report] : [],
    );
    expect(reports.map(({ epoch, done, total }) => [epoch, done, total])).toEqual(
      [0, 1].flatMap((epoch) => [1, 2, 3, 4].map((done) => [epoch, done, STEPS])),
    );
  });

  it('report the mean training NLL of the texts of an epoch, and the positions trained on', () => {
    const trainer = tinyTrainer(tinyPlan({ epochs: 1 }));
    const events = [...trainer.run()];
    const nlls = events.flatMap((event) => (event.kind === 'step' ? [event.report.nll] : []));
    const [report] = events.flatMap((event) => (event.kind === 'epoch' ? [event.report] : []));
    expect(report!.trainNll).toBeCloseTo(nlls.reduce((a, b) => a + b) / STEPS, 10); // batches of one size
    expect(report!.tokens).toBe(tinyData.train.reduce((sum, text) => sum + text.length + 1, 0));
    expect(report!.step).toBe(STEPS);
  });
});

describe('the best epoch', () => {
  it('is the one with the lowest validation NLL, and its weights are kept', () => {
    // Steps too large for steady progress
    const constant = { 'training.schedule': { kind: 'constant' } };
    const trainer = tinyTrainer(tinyPlan({ epochs: 12, learningRate: 0.5, set: { ...PLAIN, ...constant } }));
    const reports = epochsOf(trainer);
    const lowest = Math.min(...reports.map(({ valNll }) => valNll));
    expect(trainer.state.bestValNll).toBe(lowest);
    expect(reports[trainer.state.bestEpoch]!.valNll).toBe(lowest);
    const runningBest = reports.map(({ valNll }, i) => reports.slice(0, i).every((before) => valNll < before.valNll));
    expect(reports.map(({ best }) => best)).toEqual(runningBest);
    expect(runningBest).toContain(false);

    trainer.evaluated.parameters.values.set(trainer.bestWeights);
    expect(valNllOf(trainer)).toBe(lowest);
  });
});

describe('patience', () => {
  it('ends the training after one epoch more without improvement than it allows', () => {
    // Steps too small to change a float32, and no averages, which are rounded: every epoch has the NLL of epoch 0.
    const set = { 'training.averaging': null } as const;
    const trainer = tinyTrainer(tinyPlan({ epochs: 50, learningRate: 1e-30, set }), 7, { patience: 2 });
    const events = [...trainer.run()];
    const best = events.flatMap((event) => (event.kind === 'epoch' ? [event.report.best] : []));
    expect(best).toEqual([true, false, false, false]);
    expect(trainer.state).toMatchObject({ bestEpoch: 0, patience: 3, epoch: 4, step: 4 * STEPS });
    expect(events.at(-1)).toEqual({ kind: 'done', because: 'patience' });
  });
});

describe('aborting a training', () => {
  it('ends it before the next step', () => {
    const abort = new AbortController();
    const trainer = tinyTrainer();
    const kinds: string[] = [];
    for (const event of trainer.run(abort.signal)) {
      kinds.push(event.kind === 'done' ? event.because : event.kind);
      if (trainer.state.step === 2) abort.abort();
    }
    expect(kinds).toEqual(['step', 'step', 'interrupted']);
    expect(trainer.sums.steps).toBe(2);
  });

  it('on the last step of an epoch leaves its validation to the next run', () => {
    const abort = new AbortController();
    const trainer = tinyTrainer(tinyPlan({ epochs: 1 }));
    for (const event of trainer.run(abort.signal))
      if (event.kind === 'step' && event.report.done === STEPS) abort.abort();
    expect(trainer.state).toMatchObject({ epoch: 0, step: STEPS, bestEpoch: -1 });
    expect(kindsOf(trainer.run())).toEqual(['validation', 'epoch', 'done']);
  });

  it('during a validation lets the epoch end', () => {
    const abort = new AbortController();
    const kinds: string[] = [];
    for (const event of tinyTrainer().run(abort.signal)) {
      if (event.kind !== 'step') kinds.push(event.kind);
      if (event.kind === 'validation') abort.abort();
    }
    expect(kinds).toEqual(['validation', 'epoch', 'done']);
  });
});

describe.each(backendsUnderTest())('gradient clipping on $info.name', (on) => {
  /** Norm of the gradient that reached the optimiser in the first step: first moments are (1 − β₁) of it. */
  function firstGradient(clipNorm: number | null): { norm: number; moments: Float32Array } {
    const trainer = tinyTrainer(tinyPlan({ set: PLAIN }), 7, { clipNorm }, on);
    losses(trainer, 1);
    const moments = Float32Array.from(firstMomentsOf(trainer), (m) => m / (1 - 0.9));
    return { norm: norm(moments), moments };
  }

  it('scales a gradient above the bound down to it, and leaves one below it alone', () => {
    const whole = firstGradient(null);
    expect(whole.norm).toBeGreaterThan(0.01);
    const clipped = firstGradient(0.01);
    expect(clipped.norm).toBeCloseTo(0.01, 7);
    const scale = 0.01 / whole.norm;
    clipped.moments.forEach((g, i) => expect(g).toBeCloseTo(whole.moments[i]! * scale, 7));
    expect(firstGradient(whole.norm * 1.01).moments).toEqual(whole.moments);
  });

  it('reports the mean norm before clipping, and none where it is off', () => {
    for (const clipNorm of [0.01, 100, null]) {
      const trainer = tinyTrainer(tinyPlan({ epochs: 1, set: PLAIN }), 7, { clipNorm, batch: 64 }, on);
      const epoch = [...trainer.run()].find((event) => event.kind === 'epoch');
      if (clipNorm === null) expect(epoch?.report).not.toHaveProperty('gradNorm');
      else {
        const alone = tinyTrainer(tinyPlan({ set: PLAIN }), 7, { clipNorm: null, batch: 64 }, on);
        losses(alone, 1);
        expect(epoch?.report.gradNorm).toBeCloseTo(norm(firstMomentsOf(alone)) / (1 - 0.9), 5);
      }
    }
  });
});

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
    const { parameters } = new DecoderTransformer(tinyPlan().model);
    parameters.values.fill(1);
    const options = { ...PYTORCH_ADAMW, weightDecay: 0.5, decayOn };
    new AdamWOptimizer(backend, parameters, options).update(0.1);
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
