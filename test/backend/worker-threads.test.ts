import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { inspectNative } from '../../src/backend/registry.js';
import { ADDON } from '../support/backends.js';

const THREADS = 4;
/** Rows, inputs and outputs of a product that needs memory of its own on every thread. */
const SIZES = [512, 256, 256] as const;

/** Loads the addon in a worker thread, computes something with it there, and returns a sum of the result. */
async function useInWorker(): Promise<number> {
  const code = `const { parentPort, workerData } = require('node:worker_threads');
    const { addon, threads, sizes: [rows, inputs, outputs] } = workerData;
    const native = require(addon);
    native.configure('', threads);
    const ones = (length) => new Float32Array(length).fill(1);
    const x = ones(rows * inputs), weight = ones(outputs * inputs), out = ones(rows * outputs);
    native.linear(rows, inputs, outputs, x, weight, undefined, out);
    const gradients = [out, ones(rows * inputs), ones(outputs * inputs), undefined];
    native.linearGradient(rows, inputs, outputs, x, weight, ...gradients);
    parentPort.postMessage(out.reduce((sum, value) => sum + value, 0));`;
  const workerData = { addon: ADDON, threads: THREADS, sizes: SIZES };
  const worker = new Worker(code, { eval: true, workerData });
  const ended = once(worker, 'exit');
  const [sum] = (await once(worker, 'message')) as [number];
  await ended;
  return sum;
}

/** Threads of this process, as Linux counts them. */
const threads = (): number => readdirSync('/proc/self/task').length;

describe.runIf(inspectNative().ok && existsSync('/proc/self/task'))('the native addon in worker threads', () => {
  it('ends its threads and frees its memory when a worker ends', async () => {
    const [rows, inputs, outputs] = SIZES;
    for (let i = 0; i < 3; i++) expect(await useInWorker()).toBe(rows * inputs * outputs);
    const before = { threads: threads(), memory: process.memoryUsage.rss() };
    for (let i = 0; i < 20; i++) expect(await useInWorker()).toBe(rows * inputs * outputs);
    // The process may start a thread of its own meanwhile, and the system may still list one that has just ended; 20
    // workers that each left one thread of their pools behind would be 20 threads more.
    expect(threads() - before.threads).toBeLessThan(THREADS);
    // A worker's own scratch memory and arrays are more than 2 MB: 20 of them would show.
    expect(process.memoryUsage.rss() - before.memory).toBeLessThan(20e6);
  });
});
