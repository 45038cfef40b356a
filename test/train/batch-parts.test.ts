/** A step's gradient is computed in parts: the same gradient, and the same bits on any number of threads. */
import { once } from 'node:events';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { loadNative } from '../../src/backend/native/index.js';
import type { Backend } from '../../src/backend/types.js';
import { DecoderTransformer } from '../../src/nn/decoder-transformer.js';
import { packBatch } from '../../src/nn/packed-batch.js';
import { crossEntropy } from '../../src/tensor/ops/cross-entropy.js';
import { Tape } from '../../src/tensor/tape.js';
import { BatchParts } from '../../src/train/batch-parts.js';
import type { TrainingText } from '../../src/train/epoch-texts.js';
import { ADDON, backendsUnderTest, compiledBackends, sameBits } from '../support/backends.js';
import { relativeError } from '../support/goldens.js';
import { backend, losses, tinyData, tinyPlan, tinyTrainer } from './tiny.js';

const texts: TrainingText[] = tinyData.train.map((tokens) => ({ from: 'corpus', tokens }));
const textsOf = (lengths: readonly number[]): TrainingText[] =>
  lengths.map((length) => ({ from: 'corpus', tokens: new Uint16Array(length).fill(3) }));
const plan = tinyPlan({ dropout: 0 });
const newParts = (on: Backend, model = new DecoderTransformer(plan.model, { seed: 7 })) =>
  new BatchParts(model, on, 'first', 7);

describe('a batch is cut', () => {
  it('into neighbouring texts, each text once, with about as many rows', () => {
    for (const count of [16, 33, 64]) {
      const parts = newParts(backend).cut(texts.slice(0, count));
      expect(parts.flatMap((part) => part.texts)).toEqual(texts.slice(0, count));
      const rows = parts.map(({ batch }) => batch.tokens.length);
      expect(rows.length).toBe(2);
      expect(Math.abs(rows[0]! - rows[1]!)).toBeLessThanOrEqual(2 * 100);
    }
  });

  it.each([
    ['one text', [140]],
    ['few rows', [5, 9, 30, 2]],
    ['a long text after short ones', [10, 10, 145, 145, 145]],
    ['a long text before short ones', [145, 145, 145, 1, 1]],
    ['two texts', [149, 149]],
  ])('without an empty part: %s', (_, lengths) => {
    const parts = newParts(backend).cut(textsOf(lengths));
    expect(parts.flatMap((part) => part.texts).length).toBe(lengths.length);
    for (const part of parts) expect(part.texts.length).toBeGreaterThan(0);
  });
});

describe.each(backendsUnderTest())('on $info.name', (on) => {
  it('the sum of the gradients of the parts is the gradient of the batch', () => {
    const model = new DecoderTransformer(plan.model, { seed: 7 });
    const whole = packBatch(
      texts.map(({ tokens }) => tokens),
      plan.model,
      'first',
    );
    const tape = new Tape(on);
    tape.begin({ training: true });
    crossEntropy(tape, model.forward(tape, whole), whole.targets).mean(texts.length).backward();
    const expected = model.parameters.gradients.slice();

    const parts = newParts(on, model);
    const cut = parts.cut(texts);
    const found = parts.gradients(cut, 0, ({ model, tape, batch }) => {
      const loss = crossEntropy(tape, model.forward(tape, batch), batch.targets).mean(texts.length);
      loss.backward();
      return loss;
    });
    expect(cut.length).toBeGreaterThan(1);
    expect(found.flatMap(({ nll }) => [...nll]).length).toBe(whole.tokens.length);
    expect(relativeError(model.parameters.gradients, expected)).toBeLessThanOrEqual(1e-5);
  });
});

describe.each(compiledBackends())('$name backend', ({ take }) => {
  it.each(['modern', 'notebook'] as const)('trains to the same bits on 1 to 9 threads: %s', (recipe) => {
    const trainer = (threads: number) => tinyTrainer(tinyPlan({ recipe, padding: 'first' }), 7, {}, take(threads));
    const one = trainer(1);
    const expected = losses(one, 6); // an epoch with its validation, and more
    for (const threads of [2, 3, 4, 5, 9]) {
      const several = trainer(threads);
      expect(losses(several, 6)).toEqual(expected);
      expect(sameBits(several.model.parameters.values, one.model.parameters.values), `${threads} threads`).toBe(true);
    }
  });
});

describe.runIf(loadNative(2).ok)('parts of native', () => {
  const on = () => {
    const native = loadNative(2);
    if (!native.ok) throw new Error(native.why);
    return native.backend;
  };
  const add = (backend: Backend, x: Float32Array, out: Float32Array) =>
    backend.weightedSum({ length: out.length, x, y: x, scaleX: 1, scaleY: 1, out });
  const works = (backend: Backend) => {
    const out = new Float32Array(2);
    backend.together([() => add(backend, Float32Array.of(1, 2), out), () => undefined]);
    expect([...out]).toEqual([2, 4]);
  };

  it('computes with arrays that nothing else holds', () => {
    setFlagsFromString('--expose_gc');
    const collect = runInNewContext('gc') as () => void;
    const backend = on();
    const outs = [1, 2, 3, 4].map(() => new Float32Array(1 << 16));
    backend.together(
      outs.map((out, i) => () => {
        add(backend, new Float32Array(1 << 16).fill(i + 1), out);
        collect();
      }),
    );
    expect(outs.map((out) => [out[0], out.at(-1)])).toEqual([2, 4, 6, 8].map((x) => [x, x]));
  });

  it('passes on what a part throws, and goes on afterwards', () => {
    const backend = on();
    const failing = () => {
      throw new Error('out of order');
    };
    expect(() => backend.together([() => undefined, failing])).toThrow('out of order');
    expect(() => backend.together([failing, () => undefined])).toThrow('out of order');
    works(backend);
    const short = () => add(backend, new Float32Array(1), new Float32Array(2));
    expect(() => backend.together([() => undefined, short])).toThrow('expected a Float32Array of at least 2 elements');
    works(backend);
  });

  it('lets a JavaScript thread end in the middle of a part', async () => {
    const code = `const { parentPort, workerData } = require('node:worker_threads');
      const addon = require(workerData);
      addon.configure('', 3);
      addon.openParts(3);
      const [length, x] = [1 << 24, new Float32Array(1 << 24)];
      for (let i = 0; i < 20; i++) addon.weightedSum(length, x, x, 0.5, 0.5, x); // goes on while the thread ends
      addon.nextPart();
      parentPort.postMessage('open');
      for (;;);`;
    for (let i = 0; i < 3; i++) {
      const worker = new Worker(code, { eval: true, workerData: ADDON });
      await once(worker, 'message');
      expect(await worker.terminate()).toBe(1);
    }
  });

  it('refuses what a part cannot wait for', () => {
    const backend = on();
    const sum = () => void backend.sumOfSquares({ length: 1, x: new Float32Array(1) });
    expect(() => backend.together([sum, sum])).toThrow('sum');
    expect(() => backend.together([() => void loadNative(3), sum])).toThrow('parts');
    const nested = () => backend.together([() => undefined, () => undefined]);
    expect(() => backend.together([nested, nested])).toThrow('parts');
    works(backend);
  });
});
