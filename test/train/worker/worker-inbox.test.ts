import { once } from 'node:events';
import { Worker, type ResourceLimits } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { WorkerEvent } from '../../../src/train/worker/messages.js';
import { trainInWorker } from '../../../src/train/worker/train-in-worker.js';
import { temporaryFolders } from '../../runs/fixtures.js';
import { tinyPlan, tinyTexts } from '../tiny.js';

const folder = temporaryFolders();

/** A training whose worker runs `source` instead, with `post` to send messages. */
function training(source: string, resourceLimits: ResourceLimits = {}) {
  let worker: Worker | undefined;
  const events = trainInWorker(
    { folder: folder(), plan: tinyPlan(), texts: tinyTexts },
    {
      startWorker: (workerData) => {
        const code = `const { parentPort, workerData } = require('node:worker_threads');
          const post = (type, more) => parentPort.postMessage({ type, ...more });
          const event = (kind, more) => post('event', { event: { kind, ...more } });
          ${source}`;
        worker = new Worker(code, { eval: true, workerData, resourceLimits });
        return worker;
      },
    },
  );
  return { events, ended: () => once(worker!, 'exit') };
}

async function all(events: AsyncIterable<WorkerEvent>): Promise<WorkerEvent[]> {
  const found: WorkerEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

describe('a slow reader', () => {
  it('gets the latest of the events that say how far something is, and all others', async () => {
    const { events, ended } = training(`
      event('begun');
      for (let epoch = 0; epoch < 2; epoch++) {
        for (let done = 1; done <= 500; done++) event('step', { report: { epoch, done, total: 500 } });
        for (let done = 1; done <= 10; done++) event('validation', { epoch, done, total: 10 });
        event('epoch', { report: { epoch } });
      }
      event('done', { because: 'epochs' });
      post('ended');`);
    expect((await events.next()).value).toEqual({ kind: 'begun' });
    await ended();
    const epoch = (n: number) => [
      { kind: 'step', report: { epoch: n, done: 500, total: 500 } },
      { kind: 'validation', epoch: n, done: 10, total: 10 },
      { kind: 'epoch', report: { epoch: n } },
    ];
    const found = await all(events);
    expect(found.slice(-7)).toEqual([...epoch(0), ...epoch(1), { kind: 'done', because: 'epochs' }]);
    expect(found.length).toBeLessThanOrEqual(8); // some step may have been there before the reader was
  });
});

describe('a training in a worker', () => {
  it('keeps name, stack and cause of any error of the worker', async () => {
    const { events } = training(`
      const error = { name: 'TypeError', message: 'x is not a function', stack: 'TypeError: x\\n    at there' };
      post('failed', { error: { ...error, cause: { name: 'Error', message: 'why' } } });`);
    const error = await all(events).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'TypeError',
      message: 'x is not a function',
      cause: { message: 'why' },
    });
    expect((error as Error).stack).toContain('at there');
  });

  it('ends when the worker throws', async () => {
    const { events } = training(`event('begun'); setImmediate(() => { throw new TypeError('unexpected'); });`);
    await expect(all(events)).rejects.toThrow('unexpected');
  });

  it('ends with an error when the worker exits without a message', async () => {
    const { events } = training(`event('begun'); process.exit(3);`);
    const error = await all(events).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('exit code 3') as string,
      fix: expect.stringContaining('(resume)') as string,
    });
  });

  it('says so when the worker runs out of memory, and what to do', async () => {
    const { events } = training('for (const kept = []; ; ) kept.push({ a: {} });', {
      maxOldGenerationSizeMb: 16,
    });
    const error = await all(events).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'NO_MEMORY',
      exitCode: 2,
      fix: expect.stringContaining('(batch)') as string,
    });
  });

  it('ends with an error when the worker sends an unknown event', async () => {
    const { events } = training(`post('event', { event: { kind: 'other' } });`);
    await expect(all(events)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
