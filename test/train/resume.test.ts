import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Backend, ComputePrecision } from '../../src/backend/types.js';
import { FolderLock } from '../../src/runs/folder-lock.js';
import { RUN_FILES } from '../../src/runs/layout.js';
import { readRun } from '../../src/runs/reader.js';
import { RunWriter } from '../../src/runs/writer.js';
import { checkSameBackend, describeBackend } from '../../src/train/run-record.js';
import { restoreWeights } from '../../src/train/restore-weights.js';
import type { SettingsByPath } from '../../src/train/recipes/settings-by-path.js';
import { TrainingRun, type RunEvent } from '../../src/train/training-run.js';
import { errorOf } from '../runs/fixtures.js';
import { PLAIN, backend, follow, tinyConfig, tinyCorpus, tinyPlan, tinyTexts } from './tiny.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const folder = temporaryFolders();
/** Steps of an epoch: 64 texts in batches of 16. */
const STEPS = 4;

/** Whether an event is that of the step with this number, from here on. */
function step(number: number): (event: RunEvent) => boolean {
  let done = 0;
  return (event) => event.kind === 'step' && ++done === number;
}

/** What a run comes to, apart from what the clock says. */
function outcome(path: string): unknown {
  const run = readRun(path);
  const { results } = run;
  return {
    metrics: run.metrics.map((line) => ({ ...line, seconds: 0 })),
    results: results && { ...results, seconds: 0 },
    weights: readFileSync(join(path, RUN_FILES.weights)).toString('base64'),
    samples: run.sampleEpochs.map((epoch) => run.readSamples(epoch)),
    final: run.readSamples('final'),
    nll: readFileSync(join(path, RUN_FILES.nllArray)).toString('base64'),
  };
}

const create = (path: string, plan = tinyPlan()) => TrainingRun.create(path, tinyConfig(plan), tinyTexts, backend);
const resume = (path: string) => TrainingRun.resume(path, tinyTexts, backend);

describe.each([
  // In the first epoch; on the last step of an epoch; several times, also in the middle of the second epoch.
  ['modern', [[2], [2 * STEPS], [1, STEPS, 1]]],
  ['notebook', [[STEPS + 1]]],
] as const)('a run of the recipe %s that is interrupted', (recipe, interruptions) => {
  const plan = tinyPlan({ recipe, padding: 'first', learningRate: 0.01 });

  it('gives the same bits, once resumed, as one that is not', async () => {
    const whole = folder();
    expect(await follow(create(whole, plan))).toContain('finished');
    const expected = outcome(whole);
    expect(readRun(whole).metrics).toHaveLength(3);

    for (const [first, ...more] of interruptions) {
      const path = folder();
      const kinds = await follow(create(path, plan), step(first));
      expect(kinds).toContain('paused');
      expect(kinds).not.toContain('finished');
      expect(readRun(path).results).toBeUndefined();
      for (const steps of more) expect(await follow(resume(path), step(steps))).toContain('paused');
      expect(await follow(resume(path))).toContain('finished');
      expect(outcome(path), `interrupted after ${[first, ...more].join(', ')} steps`).toEqual(expected);
    }
  });
});

/** Options of a training, each with what it needs to matter within three short epochs. */
const OPTIONS: SettingsByPath[] = [
  { 'training.averaging': { kind: 'ema', decay: 0.7 } },
  { 'training.optimizer.kind': 'muon' },
  {
    'training.augmentation': { wordShuffle: 0.3 },
    'training.labelSmoothing': 0.1,
  },
];

/** Of a run without any, which is made once. */
async function plainTestNll(): Promise<number> {
  if (plain === undefined) {
    const path = folder();
    await follow(create(path, tinyPlan({ padding: 'first', learningRate: 0.01, set: PLAIN })));
    plain = readRun(path).results!.testNll;
  }
  return plain;
}
let plain: number | undefined;

describe.each(OPTIONS)('a run with %o that is interrupted', (set) => {
  it('gives the same bits, once resumed, as one that is not', async () => {
    const plan = tinyPlan({ padding: 'first', learningRate: 0.01, set: { ...PLAIN, ...set } });
    const whole = folder();
    expect(await follow(create(whole, plan))).toContain('finished');
    const path = folder();
    // In the first epoch, after its last step, in the second one, and in the third one
    expect(await follow(create(path, plan), step(1))).toContain('paused');
    for (const steps of [STEPS - 1, 2, STEPS]) expect(await follow(resume(path), step(steps))).toContain('paused');
    expect(await follow(resume(path))).toContain('finished');
    expect(outcome(path)).toEqual(outcome(whole));

    // And it is not the training without the option.
    expect(readRun(whole).results!.testNll).not.toBe(await plainTestNll());
  });
});

describe('a run that crashed', () => {
  const plan = tinyPlan({ padding: 'first', learningRate: 0.01 });

  /** Leaves a run after so many steps, as a crash would: nothing is written any more. */
  async function crash(run: TrainingRun, steps: number, checkpointSeconds?: number): Promise<void> {
    const isLast = step(steps);
    for await (const event of run.events(undefined, { checkpointSeconds })) if (isLast(event)) return;
  }

  it('resumes from a checkpoint within its epoch, or begins again without one, and gives the same bits', async () => {
    const whole = folder();
    await follow(create(whole, plan));
    const expected = outcome(whole);
    for (const [steps, checkpointSeconds, goesOnAt] of [
      [2, undefined, 0],
      [2, 0, 2],
      [STEPS + 3, 0, STEPS + 3],
      [STEPS + 3, undefined, STEPS],
    ] as const) {
      const path = folder();
      await crash(create(path, plan), steps, checkpointSeconds);
      const resumed = resume(path);
      expect(resumed.trainer.state.step).toBe(goesOnAt);
      expect(await follow(resumed)).toContain('finished');
      expect(outcome(path)).toEqual(expected);
    }
  });
});

describe('resuming a run', () => {
  it('only finishes one that was cut off after its last epoch, also after early stopping', async () => {
    for (const [plan, epochsRun, because] of [
      [tinyPlan({ epochs: 2 }), 2, 'epochs'],
      [tinyPlan({ recipe: 'notebook', padding: 'first', learningRate: 1e-30, epochs: 99 }), 12, 'patience'],
    ] as const) {
      const path = folder();
      for await (const event of create(path, plan).events()) if (event.kind === 'done') break;
      expect(readRun(path).results).toBeUndefined();
      const kinds = await follow(resume(path));
      expect(kinds).toEqual(['done', 'testing', 'analysis', 'finished']);
      const { results, metrics } = readRun(path);
      expect(metrics).toHaveLength(epochsRun);
      expect(results).toMatchObject({ epochsRun, stoppedBecause: because });
    }
  });

  it('refuses other texts than those the run began with', async () => {
    const path = folder();
    await follow(create(path), step(1));
    const splits = { ...tinyCorpus.splits, val: tinyCorpus.splits.test };
    const error = errorOf(() => TrainingRun.resume(path, { ...tinyTexts, splits }, backend));
    expect(error.code).toBe('BAD_INPUT');
    expect(error.message).toContain('not those that the run was trained on');
  });

  it('refuses another precision than the run began in', async () => {
    const path = folder();
    await follow(create(path), step(1));
    const other: Backend = { ...backend, info: { ...backend.info, precision: 'bf16' } };
    const error = errorOf(() => TrainingRun.resume(path, tinyTexts, other));
    expect(error.code).toBe('BAD_OPTION');
    expect(error.message).toContain('began in f32, but the backend computes in bf16');
  });
});

describe('a run that lost a file while it was interrupted or trained', () => {
  const plan = tinyPlan({ epochs: 4, learningRate: 0.01 });

  it('gets its weights back from the checkpoint when it has ended, and says so', async () => {
    const path = folder();
    await follow(create(path));
    const weights = join(path, RUN_FILES.weights);
    const before = readFileSync(weights);
    for (const lose of [() => rmSync(weights), () => writeFileSync(weights, before.subarray(0, 100))]) {
      lose();
      expect(errorOf(() => readRun(path).loadWeights()).fix).toContain('letterpress train --resume');
      expect(restoreWeights(path)).toBe(true);
      expect(readFileSync(weights).equals(before)).toBe(true);
      expect(existsSync(join(path, RUN_FILES.results))).toBe(true);
      expect(restoreWeights(path)).toBe(false);
    }
  });

  it('gets its weights back from the checkpoint when it is resumed', async () => {
    const path = folder();
    await follow(create(path, plan), step(2 * STEPS + 1));
    const weights = join(path, RUN_FILES.weights);
    const before = readFileSync(weights);
    for (const lose of [() => rmSync(weights), () => writeFileSync(weights, before.subarray(0, 100))]) {
      lose();
      const { trainer } = resume(path);
      expect(readFileSync(weights).equals(before)).toBe(true);
      expect(trainer.state.bestEpoch).toBe(readRun(path).loadWeights().epoch);
    }
  });

  it('has all lines of its metrics in the end', async () => {
    const path = folder();
    const epochs: number[] = [];
    await follow(create(path, plan), (event) => {
      if (event.kind === 'epoch') epochs.push(event.report.epoch);
      if (epochs.length === 2) rmSync(join(path, RUN_FILES.metrics), { force: true });
      return false;
    });
    expect(readRun(path).metrics.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3]);
  });
});

describe('resuming on another backend', () => {
  const other: Backend = { ...backend, info: { ...backend.info, name: 'portable', instructionSet: 'other' } };
  const interrupted = async () => {
    const path = folder();
    await follow(create(path), step(STEPS + 1));
    return path;
  };

  it('is refused, also with another instruction set, but not with more threads', async () => {
    const path = await interrupted();
    const before = readFileSync(join(path, RUN_FILES.config), 'utf8');
    const isa = { ...backend, info: { ...backend.info, instructionSet: 'sse9' } };
    for (const on of [other, isa]) {
      const error = errorOf(() => TrainingRun.resume(path, tinyTexts, on));
      expect([error.code, error.fix]).toEqual(['BAD_OPTION', expect.stringContaining('(changeBackend)')]);
    }
    const threads = { ...backend, info: { ...backend.info, threads: 9 } };
    expect(await follow(TrainingRun.resume(path, tinyTexts, threads))).toContain('finished');
    expect(readFileSync(join(path, RUN_FILES.config), 'utf8')).toBe(before);
  });

  it('is none between instruction sets that give the same bits in float32, and is one in bf16', () => {
    const on = (instructionSet: string, precision: ComputePrecision) => {
      const info = { ...backend.info, name: 'native', instructionSet, precision } as const;
      return { backend: { info }, recorded: describeBackend({ info }) };
    };
    for (const [before, now] of [
      ['avx512', 'amx'],
      ['avx512bf16', 'avx512'],
    ] as const) {
      expect(checkSameBackend(on(before, 'f32').recorded, on(now, 'f32').backend, false)).toBe(true);
      const error = errorOf(() => checkSameBackend(on(before, 'bf16').recorded, on(now, 'bf16').backend, false));
      expect([error.code, error.fix]).toEqual(['BAD_OPTION', expect.stringContaining(`LETTERPRESS_ISA=${before}`)]);
    }
    expect(() => checkSameBackend(on('avx2', 'f32').recorded, on('avx512', 'f32').backend, false)).toThrow('rounds');
  });

  it('is recorded in the configuration where it is allowed', async () => {
    const path = await interrupted();
    const { backend: first } = readRun(path).config;
    expect(await follow(TrainingRun.resume(path, tinyTexts, other, { changeBackend: true }))).toContain('finished');
    const { config } = readRun(path);
    expect(config.backend).toMatchObject({ name: 'portable', isa: 'other' });
    expect(config.earlierBackends).toEqual([{ ...first, step: STEPS + 1 }]);
  });

  it('has the weights of its best epoch, not those of one that was lost', async () => {
    const path = folder();
    await follow(create(path, tinyPlan({ epochs: 4 })), step(2 * STEPS + 1));
    const weights = join(path, RUN_FILES.weights);
    const before = readFileSync(weights);
    const { tensors, epoch } = readRun(path).loadWeights();
    const lock = FolderLock.acquire(path);
    const later = { epoch: epoch! + 1, valNll: 1 }; // has no checkpoint
    RunWriter.open(path, readRun(path).config, lock).writeWeights(tensors, later);
    lock.release();
    TrainingRun.resume(path, tinyTexts, other, { changeBackend: true });
    expect(readFileSync(weights).equals(before)).toBe(true);
  });

  it('leaves nothing to record before the first checkpoint', () => {
    const path = folder();
    create(path);
    const { config } = TrainingRun.resume(path, tinyTexts, other, { changeBackend: true });
    expect([config.backend.name, config.earlierBackends]).toEqual(['portable', undefined]);
  });
});

describe('replacing a run', () => {
  it.each([
    ['a distillation set that does not fit', { 'training.distillationSet': { fraction: 0.5, softTargetWeight: 1 } }],
    ['an optimiser that does not exist', { 'training.optimizer': null }],
  ])('leaves it as it was where the new one is refused for %s', (_, wrong) => {
    const path = folder();
    create(path);
    const before = readFileSync(join(path, RUN_FILES.config), 'utf8');
    const config = tinyConfig();
    const training = { ...config.training };
    for (const [name, value] of Object.entries(wrong)) training[name.replace('training.', '')] = value;
    const begin = () => TrainingRun.create(path, { ...config, training }, tinyTexts, backend, { force: true });
    expect(errorOf(begin)).toMatchObject({ code: expect.stringMatching(/^BAD_/) as string });
    expect(readFileSync(join(path, RUN_FILES.config), 'utf8')).toBe(before);
  });
});

describe('a checkpoint that contradicts itself', () => {
  it.each([
    ['state', 'epoch', 2],
    ['state', 'step', 1],
    ['state', 'bestEpoch', 5],
    ['state', 'bestValNll', 3],
    ['sums', 'steps', 3],
    ['sums', 'steps', 99],
  ] as const)('is refused by name: %s.%s %d', async (part, field, value) => {
    const path = folder();
    await follow(create(path), (event) => event.kind === 'epoch');
    const { meta, tensors } = readRun(path).loadCheckpoint()!;
    const trainer = structuredClone(meta['trainer']) as Record<string, Record<string, unknown>>;
    trainer[part]![field] = value;
    RunWriter.resume(path).writer.writeCheckpoint({ ...meta, trainer }, tensors);
    const error = errorOf(() => resume(path));
    expect([error.code, error.message]).toEqual(['BAD_RUN', expect.stringContaining('contradicts itself')]);
  });
});

describe('a configuration whose vocabulary is not that of its alphabet', () => {
  it('is refused before anything is written', () => {
    const path = join(folder(), 'run');
    const config = tinyConfig();
    const wrong = { ...config, model: { ...config.model, vocabulary: 5 } };
    expect(errorOf(() => TrainingRun.create(path, wrong, tinyTexts, backend)).code).toMatch(/^BAD_/);
    expect(existsSync(path)).toBe(false);
    expect(errorOf(() => tinyPlan({ set: { 'model.vocabulary': 5 } }))).toMatchObject({ code: 'BAD_OPTION' });
  });
});
