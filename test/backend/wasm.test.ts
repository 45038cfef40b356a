/** What the WebAssembly backend has of its own; the other tests of this folder are of all backends. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { COMPUTE_PRECISIONS } from '../../src/backend/types.js';
import { loadWasm } from '../../src/backend/wasm/index.js';
import { gazette } from '../../src/corpus/gazette/index.js';
import { trainModel } from '../../src/index.js';
import { nativeBackend, nativeInstructionSets, sameBits, wasmBackend } from '../support/backends.js';
import { edgeCases, linearCase } from '../support/op-cases.js';

// Elsewhere the baseline may have instructions that round differently, such as a fused multiplication and addition.
const comparable = process.arch === 'x64' && nativeInstructionSets().includes('baseline');

describe.runIf(comparable)('the wasm backend and the native baseline', () => {
  it.each(COMPUTE_PRECISIONS)('compute the same bits in every operation: %s', (precision) => {
    const native = nativeBackend('baseline', 1, precision);
    const wasm = wasmBackend(1, precision);
    for (const opCase of edgeCases()) {
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
  it('is refused when it is missing, damaged or no module', () => {
    const folder = mkdtempSync(join(tmpdir(), 'letterpress-'));
    try {
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
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('arrays in the memory of the wasm backend', () => {
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
