/** Weights that were trained elsewhere, as runs. */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portable } from '../../src/backend/portable/index.js';
import { exportModel } from '../../src/model/export/export-model.js';
import { importModel, type ImportOptions } from '../../src/model/import-weights.js';
import { modelOfRun } from '../../src/model/load-model.js';
import { presetConfig } from '../../src/nn/presets.js';
import { readRun } from '../../src/runs/reader.js';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '../../src/runs/safetensors.js';
import { ARCHITECTURES, configOf } from '../support/architectures.js';
import { readGoldens } from '../support/goldens.js';
import { tokenizerOf, writeRunOf } from '../support/run-of.js';
import { contents, errorOf } from '../runs/fixtures.js';
import { temporaryFolders } from '../support/temporary-folders.js';

const newFolder = temporaryFolders();

/** A run's weights as another program would write them: without a word about the model. */
function writeBare(
  folder: string,
  name: string,
  change: (tensors: Map<string, TensorData>) => unknown = () => undefined,
): string {
  const config = configOf(name);
  writeRunOf(config, join(folder, 'original'), { rough: true });
  const { tensors } = readRun(join(folder, 'original')).loadWeights();
  change(tensors);
  writeFileSync(join(folder, 'bare.safetensors'), encodeSafetensors(tensors));
  return join(folder, 'bare.safetensors');
}

describe.each(Object.keys(ARCHITECTURES))('a model of the architecture %s', (name) => {
  const config = configOf(name);
  const characters = tokenizerOf(config).characters.join('');
  const texts = ['abcde', '', 'bad cab'];

  it('is imported from its bare weights: what the shapes leave open is asked for', () => {
    const folder = newFolder();
    const file = writeBare(folder, name);
    const options: ImportOptions = { out: join(folder, 'run'), characters, padding: 'first' };
    const isOpen = config.positions === 'rotary' || (config.headWidth === 'standard' && !config.queryKeyNorm);
    if (isOpen) {
      const error = errorOf(() => importModel(file, options));
      expect(error).toMatchObject({ code: 'BAD_OPTION', message: expect.stringMatching(/is needed/) as unknown });
      importModel(file, { ...options, heads: config.heads, contextLength: config.contextLength });
    } else importModel(file, options);
    const [original, again] = [
      modelOfRun(join(folder, 'original'), portable),
      modelOfRun(join(folder, 'run'), portable),
    ];
    expect(again.transformer.config).toMatchObject({
      ...config,
      initialization: expect.anything() as unknown,
      dropout: expect.anything() as unknown,
    });
    expect(again.score(texts)).toEqual(original.score(texts));
  });

  it('is imported from an export, which says everything itself', () => {
    const folder = newFolder();
    writeRunOf(config, join(folder, 'original'), { rough: true });
    const exported = exportModel(join(folder, 'original'), { to: 'pytorch', out: join(folder, 'exported') });
    importModel(join(exported, 'model.safetensors'), { out: join(folder, 'run') });
    const [original, again] = [readRun(join(folder, 'original')), readRun(join(folder, 'run'))];
    expect(again.config).toMatchObject({
      model: { ...original.config.model },
      tokenizer: original.config.tokenizer,
      training: { padding: original.config.training.padding },
    });
    expect(again.loadWeights().tensors).toEqual(original.loadWeights().tensors);
  });
});

describe("the notebook's weights", () => {
  const [golden] = readGoldens().filter(({ name }) => name === 'preset-87k');
  const tensors = [...golden!.tensors('weights')];
  const write = (folder: string, encode: (data: Float32Array) => Pick<TensorData, 'dtype' | 'data'>) => {
    const encoded = tensors.map(([name, { shape, data }]) => [name, { shape, ...encode(data) } as TensorData] as const);
    writeFileSync(join(folder, 'notebook.safetensors'), encodeSafetensors(new Map(encoded)));
    return join(folder, 'notebook.safetensors');
  };

  it('need nothing said, and score as PyTorch did', () => {
    const folder = newFolder();
    const out = join(folder, 'run');
    const file = write(folder, (data) => ({ dtype: 'F32', data }));
    expect(importModel(file, { out })).toMatchObject({ parameters: 87_289, padding: 'all' });
    const model = modelOfRun(out, portable);
    const { initialization, dropout, ...shape } = presetConfig('87k');
    expect([initialization, dropout.embedding]).toEqual(['pytorch', 0.1]);
    expect(model.transformer.config).toMatchObject({ ...shape, headWidth: 'full', heads: 5 });
    const texts = golden!.tokens.map((row) => model.tokenizer.decode(row));
    const nll = model.score(texts).nll.reduce((sum, each) => sum + each, 0);
    expect(Math.abs(nll / golden!.scalars.nll_sum - 1)).toBeLessThan(1e-6);
    expect(readRun(out).config.corpus.cleaning).toBe('headlines');
  });

  it('are read from F16 and BF16, as close as these are', () => {
    const toBf16 = (data: Float32Array) =>
      Uint16Array.from(new Uint32Array(data.buffer, data.byteOffset, data.length), (bits) => bits >>> 16);
    const cases = [
      ['BF16', toBf16, 2 ** -7],
      ['F16', (data: Float32Array) => Uint16Array.from(data, toHalf), 2 ** -11],
    ] as const;
    for (const [dtype, encode, error] of cases) {
      const folder = newFolder();
      importModel(
        write(folder, (data) => ({ dtype, data: encode(data) })),
        { out: join(folder, 'run') },
      );
      const found = readRun(join(folder, 'run')).loadWeights().tensors;
      for (const [name, { data }] of tensors) {
        const got = found.get(name)!.data as Float32Array;
        data.forEach((value, i) => {
          if (Math.abs(got[i]! - value) > Math.max(Math.abs(value), 2 ** -14) * error) expect(got[i], name).toBe(value);
        });
      }
    }
  });
});

/** The nearest binary16 of a number of usual size; its neighbour below for smaller ones. */
function toHalf(value: number): number {
  const size = Math.abs(value);
  const sign = value < 0 ? 0x8000 : 0;
  const exponent = Math.max(-14, Math.floor(Math.log2(size)));
  const fraction = Math.round((size / 2 ** exponent) * 1024);
  return sign | (fraction < 1024 ? fraction : ((exponent + 15) << 10) + fraction - 1024);
}

describe('what cannot be imported', () => {
  const name = 'notebook';
  const characters = 'abcde';
  const first = 'transformer_blocks.0';
  const tensor = (...shape: number[]): TensorData => {
    const count = shape.reduce((product, size) => product * size, 1);
    return { dtype: 'F32', shape, data: new Float32Array(count) };
  };
  const cases: [string, (tensors: Map<string, TensorData>) => unknown, RegExp][] = [
    ['no embedding', (t) => t.delete('embedding.weight'), /has no tensor embedding\.weight/],
    ['a missing bias', (t) => t.delete('logits.0.bias'), /lack the tensor logits\.0\.bias/],
    ['an unknown tensor', (t) => t.set('mask', tensor(4)), /unknown tensor: mask/],
    [
      'a tensor of another shape',
      (t) => t.set(`${first}.mlp.2.bias`, tensor(5)),
      /should have shape \[6\], but has \[5\]/,
    ],
    ['an odd width of the MLP', (t) => t.set(`${first}.mlp.0.weight`, tensor(17, 6)), /no mlpRatio gives .* 17/],
    ['a missing block', (t) => [...t.keys()].forEach((key) => key.startsWith(first) && t.delete(key)), /has no tensor/],
    [
      'whole numbers',
      (t) => t.set('embedding.weight', { dtype: 'I32', shape: [1], data: new Int32Array(1) }),
      /is I32/,
    ],
    [
      'numbers that are not finite',
      (t) => t.set('logits.0.bias', { dtype: 'F32', shape: [7], data: new Float32Array(7).fill(NaN) }),
      /logits\.0\.bias has a weight that is NaN/,
    ],
  ];

  it.each(cases)('%s: the error names it, and nothing is written', (_what, change, message) => {
    const folder = newFolder();
    const file = writeBare(folder, name, change);
    const error = errorOf(() => importModel(file, { out: join(folder, 'run'), characters }));
    expect(error).toMatchObject({ code: 'BAD_INPUT', message: expect.stringMatching(message) as unknown });
    expect(error.fix).not.toBe('');
    expect(errorOf(() => readRun(join(folder, 'run'))).code).toBe('BAD_RUN');
  });

  it('to import the weights of a run in its own place, where its metrics would be lost', () => {
    const folder = newFolder();
    const name = Object.keys(ARCHITECTURES)[0]!;
    writeBare(folder, name);
    const out = join(folder, 'original');
    symlinkSync('original', join(folder, 'link'));
    const before = contents(out);
    for (const place of [out, join(folder, 'link')]) {
      const error = errorOf(() => importModel(join(out, 'model.safetensors'), { out: place, force: true }));
      expect(error).toMatchObject({ code: 'BAD_OPTION', message: expect.stringContaining(place) as unknown });
    }
    expect(contents(out)).toEqual(before);
  });

  it('options that contradict the weights, and an alphabet of another size', () => {
    const folder = newFolder();
    const file = writeBare(folder, name);
    const given: [Partial<ImportOptions>, RegExp][] = [
      [{ characters, heads: 3 }, /heads 2, but 3 was given/],
      [{ characters, contextLength: 20 }, /contextLength 15, but 20 was given/],
      [{ characters: 'abc' }, /alphabet of 5 characters for 7 token values, got 3/],
      [{}, /alphabet of 5 characters for 7 token values, got 27/],
    ];
    for (const [options, message] of given) {
      const error = errorOf(() => importModel(file, { out: join(folder, 'run'), ...options }));
      expect(error).toMatchObject({ code: 'BAD_OPTION', message: expect.stringMatching(message) as unknown });
    }
  });

  it('a file that is no safetensors file, and metadata that are damaged', () => {
    const folder = newFolder();
    const file = writeBare(folder, name);
    const { tensors } = decodeSafetensors(readFileSync(file));
    writeFileSync(join(folder, 'cut'), readFileSync(file).subarray(0, 99));
    writeFileSync(join(folder, 'odd'), encodeSafetensors(tensors, { letterpress_model: '{"model": 5}' }));
    const about = { model: configOf(name), tokenizer: { characters: 'abc', unknown: 'space' }, padding: 'all' };
    const alphabet = { letterpress_model: JSON.stringify({ ...about, cleaning: 'none' }) };
    writeFileSync(join(folder, 'alphabet'), encodeSafetensors(tensors, alphabet));
    writeFileSync(join(folder, 'pickle'), '\x80\x02}q\0(X\x10\0\0', 'latin1');
    expect(errorOf(() => importModel(join(folder, 'pickle'), { out: 'run' })).message).toContain('a Python pickle');
    expect(errorOf(() => importModel(join(folder, 'alphabet'), { out: 'run' })).message).toContain('5 token values');
    for (const each of ['cut', 'odd', 'pickle']) {
      expect(errorOf(() => importModel(join(folder, each), { out: join(folder, 'run'), characters })).code).toBe(
        'BAD_INPUT',
      );
    }
  });
});
