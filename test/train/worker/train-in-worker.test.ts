import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { LetterpressError } from '../../../src/errors.js';
import { LOCK_FILE, RUN_FILES } from '../../../src/runs/layout.js';
import { loadCheckpoint, readConfig, readMetrics, readRun } from '../../../src/runs/reader.js';
import { Tokenizer } from '../../../src/tokenizer/tokenizer.js';
import { TrainingRun } from '../../../src/train/training-run.js';
import type { NewRunRequest, RunBegunEvent, WorkerEvent } from '../../../src/train/worker/messages.js';
import { trainInWorker } from '../../../src/train/worker/train-in-worker.js';
import { contents } from '../../runs/fixtures.js';
import { errorOf } from '../../support/error-of.js';
import { backend, tinyPlan, tinyTexts } from '../tiny.js';
import { temporaryFolders } from '../../support/temporary-folders.js';

const folder = temporaryFolders();
const { name: choice, threads } = backend.info;
/** Steps of an epoch: 64 texts in batches of 16. */
const STEPS = 4;

const request = (path: string, more: Partial<NewRunRequest> = {}): NewRunRequest => ({
  folder: path,
  plan: tinyPlan(),
  seed: 7,
  texts: tinyTexts,
  backend: { choice, threads },
  ...more,
});
const resumed = (path: string) =>
  ({ resume: true, folder: path, texts: tinyTexts, backend: { choice, threads } }) as const;

async function all(events: AsyncIterable<WorkerEvent>): Promise<WorkerEvent[]> {
  const found: WorkerEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

/** The error that ends a training. */
async function failure(events: AsyncIterable<WorkerEvent>): Promise<Error> {
  return all(events).then(
    () => {
      throw new Error('expected an error');
    },
    (error: unknown) => error as Error,
  );
}

/** Every file of a run, byte by byte, apart from what the clock says. */
function timeless(path: string): Record<string, unknown> {
  const stop = (text: string) => text.replace(/"seconds": ?[\d.e-]+/g, '"seconds":0');
  const files = Object.entries(contents(path)).map(([file, text]) => {
    return [file, file === RUN_FILES.steps ? text.replace(/[\d.]+$/gm, '') : stop(text)] as const;
  });
  const { meta, tensors } = loadCheckpoint(path)!;
  return { ...Object.fromEntries(files), [RUN_FILES.checkpoint]: [JSON.parse(stop(JSON.stringify(meta))), tensors] };
}

/** The same run, trained on this thread. */
async function trainHere(like: string): Promise<string> {
  const path = folder();
  const run = TrainingRun.create(path, readConfig(like), tinyTexts, backend);
  for await (const event of run.events()) expect(event.kind).not.toBe('paused');
  return path;
}

describe('a training in a worker', () => {
  it('writes the same run as one on this thread, bit for bit, also when it is stopped and resumed', async () => {
    const plan = tinyPlan({ learningRate: 0.01 });
    const whole = folder();
    const events = await all(trainInWorker(request(whole, { plan })));
    const kinds = events.map(({ kind }) => kind);
    expect(kinds[0]).toBe('begun');
    expect(kinds.filter((kind) => kind === 'epoch')).toHaveLength(3);
    expect(kinds.at(-1)).toBe('finished');
    expect(kinds).toEqual(expect.arrayContaining(['testing', 'analysis']));
    const expected = timeless(await trainHere(whole));
    expect(Object.keys(expected)).toEqual(expect.arrayContaining([RUN_FILES.weights, RUN_FILES.nllPdf]));
    expect(timeless(whole)).toEqual(expected);

    // Stopped at the end of an epoch, and at some step of the next one.
    const cut = folder();
    for (const kind of ['epoch', 'step'] as const) {
      const abort = new AbortController();
      const training = trainInWorker(kind === 'epoch' ? request(cut, { plan }) : resumed(cut), abort);
      const stopped: WorkerEvent[] = [];
      for await (const event of training) {
        stopped.push(event);
        if (event.kind === kind) abort.abort();
      }
      expect(stopped.slice(-2).map((event) => event.kind)).toEqual(['done', 'paused']);
      if (kind === 'epoch') expect(stopped.at(-1)).toEqual({ kind: 'paused', epoch: 1, step: STEPS });
    }
    expect((await all(trainInWorker(resumed(cut)))).at(-1)?.kind).toBe('finished');
    const { 'config.json': config, 'curves/nll.pdf': nll, 'curves/top1.pdf': top1, ...rest } = expected;
    expect([config, nll, top1]).not.toContain(undefined); // they have the time at which the run was begun
    expect(timeless(cut)).toMatchObject(rest);
  });

  it('says first what is trained', async () => {
    const path = folder();
    const training = trainInWorker(request(path, { summary: 'a table' }));
    const { value: begun } = await training.next();
    expect(begun).toMatchObject({
      kind: 'begun',
      folder: path,
      config: { seed: 7, backend: { name: choice, threads }, corpus: { sizes: { train: 64 } } },
      settings: { epochs: 3 },
      epoch: 0,
      stepsPerEpoch: STEPS,
      characters: { train: { texts: 64 } },
    });
    expect((begun as RunBegunEvent).characters.train.replaced).toEqual({});
    expect(readRun(path).summary).toBe('a table\n');
    await training.return();
  });

  it('waits after an epoch until the next event is asked for', async () => {
    const path = folder();
    const training = trainInWorker(request(path));
    for (let epoch = 0; epoch < 3;) {
      const { value: event } = await training.next();
      if (event?.kind !== 'epoch') continue;
      await sleep(100);
      expect(readMetrics(path)).toHaveLength(++epoch);
      expect(existsSync(join(path, RUN_FILES.results))).toBe(false);
    }
    await training.return();
  });

  it('stops with a checkpoint when its reader leaves the loop', async () => {
    const path = folder();
    for await (const event of trainInWorker(request(path))) if (event.kind === 'epoch') break;
    expect(loadCheckpoint(path)?.meta).toMatchObject({ epoch: 0, step: STEPS });
    await sleep(50);
    expect(readMetrics(path)).toHaveLength(1);
  });

  it('does not begin to train when it is aborted already', async () => {
    const path = folder();
    const kinds = await all(trainInWorker(request(path), { signal: AbortSignal.abort() }));
    expect(kinds.map(({ kind }) => kind)).toEqual(['begun', 'done', 'paused']);
    expect(loadCheckpoint(path)?.meta).toMatchObject({ epoch: -1, step: 0 });
  });

  it.runIf(choice === 'native')('resumes a run in the precision in which it was begun', async () => {
    const path = folder();
    const bf16 = request(path, { backend: { threads, precision: 'bf16' } });
    await all(trainInWorker(bf16, { signal: AbortSignal.abort() }));
    expect(readConfig(path).backend.precision).toBe('bf16');
    const kinds = await all(trainInWorker(resumed(path), { signal: AbortSignal.abort() }));
    expect(kinds.at(-1)).toMatchObject({ kind: 'paused' });
  });

  it('leaves this thread free while a step is long', async () => {
    let ticks = 0;
    const timer = setInterval(() => ticks++, 2);
    // Tenths of a second a step: the plain backend.
    const plan = tinyPlan({ dModel: 32, heads: 4, layers: 2, mlpRatio: 4 });
    const training = trainInWorker(request(folder(), { plan, backend: { choice: 'portable' } }));
    const between: number[] = [];
    for await (const event of training) {
      if (event.kind === 'step') between.push(ticks);
      ticks = 0;
      if (between.length === 3) break;
    }
    clearInterval(timer);
    expect(Math.min(...between)).toBeGreaterThan(3);
  });
});

describe('the lock of a run', () => {
  it('refuses a second training of it, new or resumed, and ends with the first', async () => {
    const path = folder();
    for await (const event of trainInWorker(request(path))) {
      if (event.kind !== 'epoch') continue;
      for (const second of [resumed(path), request(path), request(path, { force: true })])
        expect(await failure(trainInWorker(second))).toMatchObject({ code: 'IN_USE', exitCode: 2 });
      expect(errorOf(() => TrainingRun.resume(path, tinyTexts, backend)).code).toBe('IN_USE');
      break;
    }
    expect(existsSync(join(path, LOCK_FILE))).toBe(false);
    expect((await all(trainInWorker(resumed(path)))).at(-1)?.kind).toBe('finished');
  });

  it.each(['removed', 'replaced'])(
    'ends the training of a folder that was %s, and writes nothing more',
    async (how) => {
      const path = join(folder(), 'run');
      const training = (async () => {
        for await (const event of trainInWorker(request(path))) {
          if (event.kind !== 'epoch') continue;
          rmSync(path, { recursive: true });
          if (how === 'replaced') mkdirSync(path);
        }
      })();
      await expect(training).rejects.toThrow(`${path} was removed or replaced while it was written`);
      expect(how === 'removed' ? existsSync(path) : readdirSync(path)).toEqual(how === 'removed' ? false : []);
    },
  );

  it('leaves no folder behind for a training that cannot begin', async () => {
    const parent = folder();
    const tokenizer = new Tokenizer(['a', 'b', ' ']);
    const strict = request(join(parent, 'a/run'), { texts: { ...tinyTexts, tokenizer, strict: true } });
    expect(await failure(trainInWorker(strict))).toMatchObject({ code: 'BAD_INPUT' });
    expect(readdirSync(parent)).toEqual([]);
  });

  it('is not kept by a request that cannot be sent', async () => {
    const path = folder();
    await failure(trainInWorker(request(path, { plan: undefined as never })));
    await failure(trainInWorker(request(path, { texts: {} as never })));
    for await (const event of trainInWorker(request(path))) if (event.kind === 'begun') break;
    expect(readRun(path).config.seed).toBe(7);
  });
});

describe('errors of the worker', () => {
  it('are thrown here with code, message and advice', async () => {
    const path = folder();
    for await (const event of trainInWorker(request(path))) if (event.kind === 'epoch') break;
    const exists = await failure(trainInWorker(request(path)));
    expect(exists).toBeInstanceOf(LetterpressError);
    expect(exists).toMatchObject({
      code: 'EXISTS',
      message: `${path} already holds a run`,
      fix: expect.stringContaining('(force)') as string,
      exitCode: 2,
    });

    const tokenizer = new Tokenizer(['a', 'b', ' ']);
    const strict = request(folder(), { texts: { ...tinyTexts, tokenizer, strict: true } });
    expect(await failure(trainInWorker(strict))).toMatchObject({ code: 'BAD_INPUT' });

    const plan = { ...tinyPlan(), model: { ...tinyPlan().model, layers: 0 } };
    const wrong = await failure(trainInWorker(request(folder(), { plan })));
    expect(wrong).toMatchObject({ code: 'BAD_OPTION' });
    expect(wrong.message).toContain('begin.plan.model.layers');
    expect(wrong.stack).toContain('training-worker');
  });

  it('say that training or validation texts are missing, or that the plan is for another alphabet', async () => {
    const { splits } = tinyTexts;
    const wrong = [
      [{ splits: { ...splits, train: [] } }, 'BAD_INPUT', 'expected train texts, got none (texts.splits)'],
      [{ splits: { ...splits, val: [] } }, 'BAD_INPUT', 'expected val texts, got none (texts.splits)'],
      [
        { tokenizer: new Tokenizer(['a', 'b', ' ']) },
        'BAD_OPTION',
        expect.stringMatching(/5 token values of the alphabet, got one for 29/) as string,
      ],
    ] as const;
    for (const [some, code, message] of wrong) {
      const path = join(folder(), 'run');
      const texts = { ...tinyTexts, ...some };
      expect(await failure(trainInWorker(request(path, { texts })))).toMatchObject({ code, message });
      expect(existsSync(path)).toBe(false);
    }
  });

  it('resumes only what can be resumed', async () => {
    const missing = join(folder(), 'none');
    expect(await failure(trainInWorker(resumed(missing)))).toMatchObject({ code: 'BAD_RUN' });
  });

  /** The error of a training whose worker runs `source` instead. */
  const failureOf = (source: string, resourceLimits: ResourceLimits = {}) => {
    const options = { eval: true, resourceLimits };
    return failure(trainInWorker(request(folder()), { startWorker: () => new Worker(source, options) }));
  };

  it('keep name, stack and cause', async () => {
    const error = { name: 'TypeError', message: 'no function', stack: 'TypeError: no function\n    at there' };
    const message = { type: 'failed', error: { ...error, cause: { name: 'Error', message: 'why' } } };
    const found = await failureOf(`require('node:worker_threads').parentPort.postMessage(${JSON.stringify(message)})`);
    expect(found).toMatchObject({ ...error, cause: { message: 'why' } });
  });

  it('are thrown here when it did not catch them', async () => {
    const found = await failureOf(`setImmediate(() => { throw new TypeError('unexpected'); });`);
    expect(found.message).toBe('unexpected');
  });

  it('say so when it exits without a message', async () => {
    expect(await failureOf('process.exit(3);')).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('exit code 3') as string,
      fix: expect.stringContaining('(resume)') as string,
    });
  });

  it('say so when it runs out of memory, and what to do', async () => {
    const found = await failureOf('for (const kept = []; ; ) kept.push({ a: {} });', { maxOldGenerationSizeMb: 16 });
    expect(found).toMatchObject({ code: 'NO_MEMORY', exitCode: 2, fix: expect.stringContaining('(batch)') as string });
  });
});
