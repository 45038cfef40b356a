/** Compiled backends give the same bits on any number of threads, in every JavaScript thread. */
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { portable } from '../../src/backend/portable/index.js';
import type { Backend, FloatArray } from '../../src/backend/types.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { PRE_NORM_ARCHITECTURE, NOTEBOOK_ARCHITECTURE, type Architecture } from '../../src/nn/presets.js';
import { streamKey } from '../../src/random.js';
import { crossEntropy } from '../../src/tensor/ops/cross-entropy.js';
import { Tape } from '../../src/tensor/tape.js';
import { AdamWOptimizer } from '../../src/train/optimizer/adamw.js';
import { MuonOptimizer } from '../../src/train/optimizer/muon.js';
import { PYTORCH_ADAMW } from '../../src/train/optimizer/optimizer.js';
import { ARCHITECTURES as TEST_ARCHITECTURES } from '../support/architectures.js';
import { relativeError } from '../support/goldens.js';
import { ADDON, compiledBackends, loadAddon, nativeInstructionSets, sameBits } from '../support/backends.js';
import { testRandom } from '../support/op-call.js';
import { edgeCases } from '../support/op-cases.js';
import { changedByThreads } from '../support/op-errors.js';

const sets = nativeInstructionSets();
const THREADS = [2, 3, 4];
const cases = edgeCases();
type Sizes = readonly [rows: number, inputs: number, outputs: number];

const ARCHITECTURES: [string, Architecture][] = [
  ['notebook', NOTEBOOK_ARCHITECTURE],
  ['modern', PRE_NORM_ARCHITECTURE],
  ['rotary, gated', TEST_ARCHITECTURES['all of today']!],
  ['rotary, gated, post-norm', TEST_ARCHITECTURES['all of today, post-norm, full heads']!],
];

/** Three training steps of a small model with all dropouts on: the losses, and the parameters after them. */
function train(
  backend: Backend,
  architecture: Architecture,
  kind: 'adamw' | 'muon' = 'adamw',
): { losses: number[]; parameters: FloatArray } {
  const dropout = { embedding: 0.1, attention: 0.1, residual: 0.1 };
  const shape = { vocabulary: 29, contextLength: 60, dModel: 20, heads: 5, layers: 2, mlpRatio: 12 };
  const model = new DecoderTransformer({ ...shape, ...architecture, dropout }, { seed: 7 });
  const Optimizer = kind === 'muon' ? MuonOptimizer : AdamWOptimizer;
  const optimizer = new Optimizer(backend, model.parameters, PYTORCH_ADAMW);
  const random = testRandom(4);
  const texts = Array.from({ length: 9 }, () =>
    Array.from({ length: random.integer(70) }, () => 1 + random.integer(27)),
  );
  const batch = packBatch(texts, shape, 'first');
  const tape = new Tape(backend);
  const [key0, key1] = streamKey(7, 'dropout');
  const losses = [0, 1, 2].map((step) => {
    tape.begin({ training: true, dropout: { key0, key1, step } });
    const logits = model.forward(tape, batch);
    const loss = crossEntropy(tape, logits, batch.targets).mean(batch.texts);
    model.parameters.gradients.fill(0);
    loss.backward();
    const norm = Math.sqrt(backend.sumOfSquares({ length: model.parameters.count, x: model.parameters.gradients }));
    optimizer.update(1e-2, Math.min(1, 1 / norm));
    return Array.from(loss.nll).reduce((total, x) => total + x, 0) / batch.texts;
  });
  return { losses, parameters: model.parameters.values };
}

/** By architecture, computed once for all backends. */
const onPortable = new Map<string, ReturnType<typeof train>>();

describe.each(compiledBackends())('$name backend', ({ take }) => {
  it('computes the same bits in every operation on 1, 2, 3 and 4 threads', () => {
    expect(take(3).info.threads).toBe(3);
    expect(changedByThreads(cases, take)).toEqual([]);
  });

  it('sums squares to the same bits on 1, 2, 3 and 4 threads', () => {
    const x = Float32Array.from({ length: 100_003 }, (_, i) => Math.sin(i));
    const sum = (threads: number) => take(threads).sumOfSquares({ length: x.length, x });
    const expected = sum(1);
    for (const threads of THREADS) expect(sum(threads)).toBe(expected);
  });

  it.each(ARCHITECTURES)('trains three steps to the same bits on 1, 2, 3 and 4 threads: %s', (_, architecture) => {
    const [adamw, muon] = (['adamw', 'muon'] as const).map((kind) => {
      const expected = train(take(1), architecture, kind);
      for (const threads of THREADS) {
        const got = train(take(threads), architecture, kind);
        expect(got.losses).toEqual(expected.losses);
        expect(sameBits(got.parameters, expected.parameters), `${kind} on ${threads} threads`).toBe(true);
      }
      return expected;
    });
    expect(sameBits(adamw!.parameters, muon!.parameters)).toBe(false);
  });

  it.each(ARCHITECTURES)('trains three steps as the portable backend does: %s', (name, architecture) => {
    const expected = onPortable.get(name) ?? train(portable, architecture);
    onPortable.set(name, expected);
    const got = train(take(2), architecture);
    got.losses.forEach((loss, i) => expect(Math.abs(loss / expected.losses[i]! - 1)).toBeLessThanOrEqual(1e-5));
    // Adam divides each gradient by its own size, so parameters whose gradient is rounding noise go their own way.
    expect(relativeError(got.parameters, expected.parameters)).toBeLessThanOrEqual(1e-3);
  });
});

/** Products and their gradients in a worker thread, with its own choice of kernels and threads: the last product. */
async function inWorker(
  set: string,
  threads: number,
  [rows, inputs, outputs]: Sizes,
  times = 1,
): Promise<Float32Array> {
  const code = `const { parentPort, workerData } = require('node:worker_threads');
    const { addon, set, threads, sizes: [rows, inputs, outputs], times } = workerData;
    const native = require(addon);
    native.configure(set, threads);
    const filled = (length) => Float32Array.from({ length }, (_, i) => Math.sin(i));
    const [x, weight] = [filled(rows * inputs), filled(outputs * inputs)];
    const [out, gradX, gradWeight] = [rows * outputs, x.length, weight.length].map((n) => new Float32Array(n));
    for (let i = 0; i < times; i++) {
      native.linear(rows, inputs, outputs, x, weight, undefined, out);
      native.linearGradient(rows, inputs, outputs, x, weight, out, 0, gradX, gradWeight, undefined);
    }
    parentPort.postMessage(out);`;
  const workerData = { addon: ADDON, set, threads, sizes: [rows, inputs, outputs], times };
  const worker = new Worker(code, { eval: true, workerData });
  const ended = once(worker, 'exit');
  const [out] = (await once(worker, 'message')) as [Float32Array];
  expect(await ended).toEqual([0]);
  return out;
}

describe.runIf(sets.length > 0)('native backend in several JavaScript threads', () => {
  const filled = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));

  const here = (set: string, threads: number, [rows, inputs, outputs]: Sizes) => {
    const addon = loadAddon();
    const out = new Float32Array(rows * outputs);
    addon.configure(set, threads);
    addon.linear(rows, inputs, outputs, filled(rows * inputs), filled(outputs * inputs), undefined, out);
    return out;
  };

  it('gives each thread its own kernels and thread pool, and ends cleanly', async () => {
    const sizes: Sizes = [50, 20, 30];
    const expected = new Map(sets.map((set) => [set, here(set, 1, sizes)]));
    const jobs = sets.flatMap((set) => [1, 2, 3].map((threads) => ({ set, threads })));
    const running = jobs.map(({ set, threads }) => inWorker(set, threads, sizes, 200));
    for (const { set, threads } of jobs) expect(sameBits(here(set, threads, sizes), expected.get(set)!)).toBe(true);
    (await Promise.all(running)).forEach((got, i) => {
      expect(sameBits(got, expected.get(jobs[i]!.set)!), JSON.stringify(jobs[i])).toBe(true);
    });
  });

  it.runIf(existsSync('/proc/self/task'))('ends its threads and frees its memory when a worker ends', async () => {
    const sizes: Sizes = [512, 256, 256]; // needs memory of its own on every thread
    const expected = here('', 1, sizes);
    const use = async () => expect(sameBits(await inWorker('', 4, sizes), expected)).toBe(true);
    const measure = () => ({ threads: readdirSync('/proc/self/task').length, memory: process.memoryUsage.rss() });
    for (let i = 0; i < 3; i++) await use();
    const before = measure();
    for (let i = 0; i < 20; i++) await use();
    const after = measure();
    // The process may start a thread of its own meanwhile, and the system may still list one that has just ended; 20
    // workers that each left one thread of their pools behind would be 20 threads more.
    expect(after.threads - before.threads).toBeLessThan(4);
    // A worker's own scratch memory and arrays are more than 2 MB: 20 of them would show.
    expect(after.memory - before.memory).toBeLessThan(20e6);
  });
});
