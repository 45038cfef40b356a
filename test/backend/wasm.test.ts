/** What the WebAssembly backend has of its own; the other tests of this folder are of all backends. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Worker } from 'node:worker_threads';
import { describe, expect, it, vi } from 'vitest';
import { COMPUTE_PRECISIONS } from '../../src/backend/types.js';
import { WebAssembly } from '../../src/backend/wasm/api.js';
import { wasmBackend as wasm } from '../../src/backend/wasm/backend.js';
import { WORKER_SOURCE, type WorkerStart } from '../../src/backend/wasm/engine.js';
import { loadWasm } from '../../src/backend/wasm/index.js';
import { WasmMemory } from '../../src/backend/wasm/memory.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { LanguageModel } from '../../src/model/language-model.js';
import { loadModel, trainModel } from '../../src/index.js';
import { packageFile } from '../../src/package-file.js';
import { nativeBackend, nativeInstructionSets, sameBits, wasmBackend } from '../support/backends.js';
import { edgeCases, linearCase } from '../support/op-cases.js';
import { temporaryFolders } from '../support/temporary-folders.js';

// Elsewhere the baseline may have instructions that round differently, such as a fused multiplication and addition.
const comparable = process.arch === 'x64' && nativeInstructionSets().includes('baseline');

describe.runIf(comparable)('the wasm backend and the native baseline', () => {
  it.each(COMPUTE_PRECISIONS)('compute the same bits in every operation: %s', (precision) => {
    const native = nativeBackend('baseline', 1, precision);
    const wasm = wasmBackend(1, precision);
    // In bf16 no hidden layer of a GELU MLP is kept: its array holds anything.
    for (const opCase of edgeCases().filter(({ name }) => precision === 'f32' || !name.endsWith('kept'))) {
      for (const call of opCase.calls('float32')) {
        const expected = call.run(native);
        for (const [output, got] of call.run(wasm)) {
          expect(sameBits(got, expected.get(output)!), `${opCase.name}: ${call.op}.${output}`).toBe(true);
        }
      }
    }
  });

  it.each([
    ['modern', 'f32'],
    ['notebook', 'f32'],
    ['modern', 'bf16'],
  ] as const)('train the same weights, on any number of threads: recipe %s, %s', async (recipe, precision) => {
    const corpus = gazette({ sizes: { train: 96, val: 16, test: 16 } });
    const shape = { dModel: 16, heads: 2, layers: 2, mlpRatio: 3, epochs: 2, batch: 12, dropout: 0.1, seed: 5 };
    const trained = async (backend: ReturnType<typeof wasmBackend>) => {
      const { model } = await trainModel({ corpus, backend, recipe, ...shape });
      return { weights: model.transformer.parameters.values, texts: model.sample({ count: 4, seed: 1 }) };
    };
    const expected = await trained(nativeBackend('baseline', 2, precision));
    for (const threads of [1, 2, 3, 4]) {
      const got = await trained(wasmBackend(threads, precision));
      expect(sameBits(got.weights, expected.weights), `${threads} threads`).toBe(true);
      expect(got.texts).toEqual(expected.texts);
    }
  });
});

describe('the module of the wasm backend', () => {
  const newFolder = temporaryFolders();

  it('is refused when it is missing, damaged or no module', () => {
    const folder = newFolder();
    const why = () => {
      const wasm = loadWasm(1, pathToFileURL(`${folder}/`));
      return wasm.ok ? 'available' : wasm.why;
    };
    expect(why()).toContain('ENOENT');
    writeFileSync(join(folder, 'letterpress.wasm'), 'no module');
    writeFileSync(join(folder, 'build.json'), '{}');
    expect(why()).toContain('is damaged');
    const sha256 = createHash('sha256').update('no module').digest('hex');
    writeFileSync(join(folder, 'build.json'), JSON.stringify({ sha256 }));
    expect(why()).toContain('WebAssembly.Module()');
  });
});

describe('a thread of the wasm backend that fails', () => {
  it('makes the call throw that waits for it, and every later one', () => {
    const module = new WebAssembly.Module(readFileSync(packageFile('native/wasm/letterpress.wasm')));
    const code = `(${WORKER_SOURCE})(require('node:worker_threads').workerData)`;
    const startWorker = (start: WorkerStart) => {
      // A stack beyond the memory: whatever is written there traps.
      new Worker(code, { eval: true, workerData: { ...start, stack: 2 ** 32 - 2 ** 16 } }).unref();
    };
    const { backend } = wasm(module, { threads: 2, precision: 'f32' }, { sleeps: true, startWorker });
    const call = edgeCases()
      .find(({ name }) => name === 'mlp 150 × 64, hidden 256, kept')!
      .calls('float32')[0]!;
    const end = performance.now() + 30_000;
    const untilItThrows = () => {
      while (performance.now() < end) call.run(backend); // alone, until the thread has started
    };
    const failure = /^thread 1 of the pool failed: RuntimeError: memory access out of bounds$/;
    expect(untilItThrows).toThrow(failure);
    expect(untilItThrows).toThrow(failure);
  });
});

/** Collects garbage, and lets what waits for it run. */
async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let i = 0; i < 3; i++) {
    collect();
    await setTimeout(10);
  }
}

// Each backend has memory and threads, which no model that is loaded without a backend may start again.
it.runIf(process.platform === 'linux')('the wasm backend starts its threads once for all models', async () => {
  vi.stubEnv('LETTERPRESS_BACKEND', 'wasm');
  vi.stubEnv('LETTERPRESS_THREADS', '3');
  const corpus = gazette({ sizes: { train: 16, val: 4, test: 4 } });
  const { model } = await trainModel({ corpus, dModel: 16, heads: 2, layers: 1, epochs: 1 });
  const threads = () => readdirSync('/proc/self/task').length;
  const before = threads();
  for (let i = 0; i < 10; i++) (await loadModel(model.toBytes())).score(['storm hits town']);
  expect(threads()).toBeLessThan(before + 10); // of twenty that they would start; others of this process come and go
  vi.stubEnv('LETTERPRESS_THREADS', '2');
  expect((await loadModel(model.toBytes())).backend.info.threads).toBe(2);
  vi.unstubAllEnvs();
});

describe('the memory of the wasm backend', () => {
  it('is used again when models are gone', async () => {
    const backend = wasmBackend(1);
    const bytes = () => backend.newFloats!(1).buffer.byteLength;
    const corpus = gazette({ sizes: { train: 32, val: 8, test: 8 } });
    const shape = { dModel: 128, heads: 4, layers: 2, mlpRatio: 4, epochs: 1, batch: 16 };
    const train = async (seed: number) => {
      await trainModel({ corpus, backend, recipe: 'modern', ...shape, seed });
      await collectGarbage();
      return bytes();
    };
    const first = await train(0);
    expect(first).toBeGreaterThan(2 ** 24);
    // Batches differ in size, so not every piece fits what was there before.
    for (let seed = 1; seed < 5; seed++) expect(await train(seed)).toBeLessThan(2 * first);
  });

  it('is used again when what sampling needed is gone, without anybody collecting garbage', async () => {
    const backend = wasmBackend(1);
    const corpus = gazette({ sizes: { train: 16, val: 4, test: 4 } });
    const { model } = await trainModel({ corpus, backend, dModel: 16, heads: 2, layers: 1, epochs: 1 });
    const before = backend.newFloats!(1).buffer.byteLength;
    for (let i = 0; i < 4000; i++) {
      model.nextCharacters('st');
      await setImmediate();
    }
    // All calls take 1.1 GB; when garbage is collected depends on all that the process has.
    expect(backend.newFloats!(1).buffer.byteLength - before).toBeLessThan(2 ** 29);
  });

  it('has room for copies when arrays have taken all that they may', () => {
    const memory = new WasmMemory();
    memory.begin(640);
    while (memory.owns(memory.floats(2 ** 25)));
    expect(memory.allocate(2 ** 27)).not.toBe(0);
  });

  it('holds the parameters of a model, so that no call copies them', async () => {
    const backend = wasmBackend(1);
    const memory = backend.newFloats!(1).buffer.byteLength;
    const corpus = gazette({ sizes: { train: 16, val: 4, test: 4 } });
    const { model } = await trainModel({ corpus, backend, dModel: 16, heads: 2, layers: 1, epochs: 1 });
    const { values, gradients } = model.transformer.parameters;
    for (const { buffer } of [values, gradients]) {
      expect(buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(buffer.byteLength).toBeGreaterThanOrEqual(memory);
    }
    const copy = LanguageModel.fromBytes(model.toBytes(), backend);
    expect(copy.transformer.parameters.values.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(copy.sample({ count: 2 })).toEqual(model.sample({ count: 2 }));
  });
});

describe('arrays in the memory of the wasm backend', () => {
  it('lie elsewhere, and take nothing of it, in a page that is not cross-origin isolated', () => {
    vi.stubGlobal('structuredClone', () => {
      throw new Error('shared memory cannot be cloned');
    });
    const memory = new WasmMemory();
    memory.begin(640);
    for (let i = 0; i < 3; i++) expect(memory.owns(memory.floats(100))).toBe(false);
    vi.unstubAllGlobals();
    expect(memory.allocate(400)).toBe(640);
  });

  it('are not copied, and give the same results', () => {
    const backend = wasmBackend(2);
    const call = linearCase(40, 20, 30, true).calls('float32')[0]!;
    const expected = call.run(backend).get('out')!;
    const inside = (name: string) => {
      const from = call.args[name] as Float32Array;
      const array = backend.newFloats!(from.length);
      array.set(from);
      return array;
    };
    const out = backend.newFloats!(expected.length);
    expect(out.every((x) => x === 0)).toBe(true);
    call.runWith(backend, { x: inside('x'), weight: inside('weight'), bias: inside('bias'), out });
    expect(sameBits(out, expected as Float32Array)).toBe(true);
  });
});
