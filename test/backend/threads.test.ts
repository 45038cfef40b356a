/** The native backend gives the same bits on any number of threads, in every JavaScript thread. */
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
import { ADDON, loadAddon, nativeBackend, nativeInstructionSets, sameBits } from '../support/backends.js';
import { testRandom } from '../support/op-call.js';
import { edgeCases } from '../support/op-cases.js';
import { changedByThreads } from '../support/op-errors.js';

const sets = nativeInstructionSets();
const THREADS = [2, 3, 4];

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

/** The same on portable, computed once for all instruction sets. */
function trainOnPortable(name: string, architecture: Architecture): ReturnType<typeof train> {
  const result = onPortable.get(name) ?? train(portable, architecture);
  onPortable.set(name, result);
  return result;
}
const onPortable = new Map<string, ReturnType<typeof train>>();

describe.runIf(sets.length > 0).each(sets)('native %s backend', (set) => {
  it('computes the same bits in every operation on 1, 2, 3 and 4 threads', () => {
    expect(nativeBackend(set, 3).info.threads).toBe(3);
    expect(changedByThreads(edgeCases(), (threads) => nativeBackend(set, threads))).toEqual([]);
  });

  it('sums squares to the same bits on 1, 2, 3 and 4 threads', () => {
    const x = Float32Array.from({ length: 100_003 }, (_, i) => Math.sin(i));
    const sum = (threads: number) => nativeBackend(set, threads).sumOfSquares({ length: x.length, x });
    const expected = sum(1);
    for (const threads of THREADS) expect(sum(threads)).toBe(expected);
  });

  it.each(ARCHITECTURES)('trains three steps to the same bits on 1, 2, 3 and 4 threads: %s', (_, architecture) => {
    const [adamw, muon] = (['adamw', 'muon'] as const).map((kind) => {
      const expected = train(nativeBackend(set, 1), architecture, kind);
      for (const threads of THREADS) {
        const got = train(nativeBackend(set, threads), architecture, kind);
        expect(got.losses).toEqual(expected.losses);
        expect(sameBits(got.parameters, expected.parameters), `${kind} on ${threads} threads`).toBe(true);
      }
      return expected;
    });
    expect(sameBits(adamw!.parameters, muon!.parameters)).toBe(false);
  });

  it.each(ARCHITECTURES)('trains three steps as the portable backend does: %s', (name, architecture) => {
    const expected = trainOnPortable(name, architecture);
    const got = train(nativeBackend(set, 2), architecture);
    got.losses.forEach((loss, i) => expect(Math.abs(loss / expected.losses[i]! - 1)).toBeLessThanOrEqual(1e-5));
    // Adam divides each gradient by its own size, so parameters whose gradient is rounding noise go their own way.
    expect(relativeError(got.parameters, expected.parameters)).toBeLessThanOrEqual(1e-3);
  });
});

describe.runIf(sets.length > 0)('native backend in several JavaScript threads', () => {
  const [rows, inputs, outputs] = [50, 20, 30];
  const filled = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i));

  // What a worker thread runs: its own choice of kernels and threads, then many products, and the sum of each.
  const work = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { path, set, threads, sizes: [rows, inputs, outputs], times } = workerData;
    const addon = require(path);
    addon.configure(set, threads);
    const filled = (length) => Float32Array.from({ length }, (_, i) => Math.sin(i));
    const [x, weight] = [filled(rows * inputs), filled(outputs * inputs)];
    const out = new Float32Array(rows * outputs);
    for (let i = 0; i < times; i++) addon.linear(rows, inputs, outputs, x, weight, undefined, out);
    parentPort.postMessage(out);
  `;

  function inWorker(set: string, threads: number): Promise<Float32Array> {
    const workerData = { path: ADDON, set, threads, sizes: [rows, inputs, outputs], times: 200 };
    return new Promise((resolve, reject) => {
      let result: Float32Array | undefined;
      const worker = new Worker(work, { eval: true, workerData });
      worker.on('message', (message: Float32Array) => (result = message));
      worker.on('error', reject);
      worker.on('exit', (code) => {
        if (code === 0 && result) resolve(result);
        else reject(new Error(`the worker ended with ${code}`));
      });
    });
  }

  it('gives each thread its own kernels and thread pool, and ends cleanly', async () => {
    const addon = loadAddon();
    const here = (set: string, threads: number) => {
      const out = new Float32Array(rows * outputs);
      addon.configure(set, threads);
      addon.linear(rows, inputs, outputs, filled(rows * inputs), filled(outputs * inputs), undefined, out);
      return out;
    };
    const expected = new Map(sets.map((set) => [set, here(set, 1)]));
    const jobs = sets.flatMap((set) => [1, 2, 3].map((threads) => ({ set, threads })));
    const running = jobs.map(({ set, threads }) => inWorker(set, threads));
    for (const { set, threads } of jobs) expect(sameBits(here(set, threads), expected.get(set)!)).toBe(true);
    const results = await Promise.all(running);
    results.forEach((got, i) => {
      expect(sameBits(got, expected.get(jobs[i]!.set)!), JSON.stringify(jobs[i])).toBe(true);
    });
  });
});
