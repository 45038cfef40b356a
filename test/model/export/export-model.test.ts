/** What exports write, and what they refuse to replace. */
import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DecoderTransformer } from '../../../src/nn/decoder-transformer.js';
import { exportModel, type ExportFormat } from '../../../src/model/export/export-model.js';
import { importModel } from '../../../src/model/import-weights.js';
import { encodeModel } from '../../../src/model/saved-model.js';
import { decodeSafetensors } from '../../../src/runs/safetensors.js';
import { configOf } from '../../support/architectures.js';
import { tokenizerOf, writeRunOf } from '../../support/run-of.js';
import { errorOf } from '../../runs/fixtures.js';
import { temporaryFolders } from '../../support/temporary-folders.js';

const newFolder = temporaryFolders();
const FILES: Readonly<Record<Exclude<ExportFormat, 'onnx' | 'html'>, readonly string[]>> = {
  pytorch: ['model.safetensors', 'modeling.py'],
  transformers: [
    'README.md',
    'config.json',
    'generation_config.json',
    'model.safetensors',
    'modeling.py',
    'onnx',
    'tokenizer.json',
    'tokenizer_config.json',
  ],
};

function newRun(): { run: string; out: string } {
  const folder = newFolder();
  writeRunOf(configOf('all of today'), join(folder, 'run'));
  return { run: join(folder, 'run'), out: join(folder, 'out') };
}

describe.each(['pytorch', 'transformers'] as const)('an export to %s', (to) => {
  it('writes its files, and no temporary ones, the same when it is repeated', () => {
    const { run, out } = newRun();
    expect(exportModel(run, { to, out })).toBe(out);
    expect(readdirSync(out).sort()).toEqual(FILES[to]);
    expect(readdirSync(join(out, '..')).sort()).toEqual(['out', 'run']);
    exportModel(run, { to, out: `${out}-2` });
    for (const file of FILES[to].filter((name) => name !== 'onnx')) {
      expect(readFileSync(join(`${out}-2`, file)), file).toEqual(readFileSync(join(out, file)));
    }
  });

  it('has the weights of the run under the same names', () => {
    const { run, out } = newRun();
    exportModel(run, { to, out });
    const read = (folder: string) => decodeSafetensors(readFileSync(join(folder, 'model.safetensors'))).tensors;
    expect(read(out)).toEqual(read(run));
  });

  it('fills an empty folder, and replaces an earlier export only when forced', () => {
    const { run, out } = newRun();
    mkdirSync(out);
    exportModel(run, { to, out });
    writeFileSync(join(out, 'modeling.py'), '');
    expect(errorOf(() => exportModel(run, { to, out })).code).toBe('EXISTS');
    exportModel(run, { to, out, force: true });
    expect(readFileSync(join(out, 'modeling.py'), 'utf8')).not.toBe('');
  });

  it('stays marked as unfinished where it fails half-way, and is written once it can be', () => {
    const { run, out } = newRun();
    const obstacle = join(out, to === 'pytorch' ? 'modeling.py' : 'README.md');
    for (const each of [join(out, '.unfinished-export'), obstacle]) mkdirSync(each, { recursive: true });
    expect(errorOf(() => exportModel(run, { to, out })).code).toBe('IO');
    expect(readdirSync(out)).toContain('model.safetensors');
    rmdirSync(obstacle);
    exportModel(run, { to, out });
    expect(readdirSync(out).sort()).toEqual(FILES[to]);
  });

  it('never replaces a folder that holds anything else', () => {
    const { run, out } = newRun();
    exportModel(run, { to, out });
    writeFileSync(join(out, 'notes.txt'), 'mine');
    for (const folder of [out, run]) {
      expect(errorOf(() => exportModel(run, { to, out: folder, force: true })).code).toBe('EXISTS');
    }
    expect(readFileSync(join(out, 'notes.txt'), 'utf8')).toBe('mine');
    expect(existsSync(join(run, 'config.json'))).toBe(true);
  });
});

it.each(['causal', 'shift'])('a model without %s is not exported', (option) => {
  const { out } = newRun();
  const run = `${out}-without-${option}`;
  writeRunOf({ ...configOf('notebook'), [option]: false }, run);
  const error = errorOf(() => exportModel(run, { to: 'pytorch', out }));
  expect(error.code).toBe('BAD_OPTION');
  expect(error.message).toContain('expected a model with causal mask and shift for an export');
  expect(existsSync(out)).toBe(false);
});

describe('an export to onnx', () => {
  it('writes one file, in folders that it makes, and replaces it only when forced', () => {
    const { run, out } = newRun();
    const file = join(out, 'deep', 'model.onnx');
    expect(exportModel(run, { to: 'onnx', out: file })).toBe(file);
    const bytes = readFileSync(file);
    writeFileSync(file, bytes.subarray(0, 100));
    expect(errorOf(() => exportModel(run, { to: 'onnx', out: file })).code).toBe('EXISTS');
    exportModel(run, { to: 'onnx', out: file, force: true });
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(readdirSync(join(out, 'deep'))).toEqual(['model.onnx']);
  });

  it('never replaces a folder, and does not wait for what a pipe has', () => {
    const { run } = newRun();
    expect(errorOf(() => exportModel(run, { to: 'onnx', out: run, force: true })).code).toBe('EXISTS');
    if (process.platform === 'win32') return;
    const pipe = join(run, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const writer = openSync(pipe, 'r+'); // so that who opens it does not wait for ever
    writeSync(writer, 'no model');
    expect(errorOf(() => exportModel(run, { to: 'onnx', out: pipe, force: true })).message).toContain('it is a pipe');
    closeSync(writer);
  });
});

it('an export to html refuses weights that float16 cannot hold, before it writes a page', () => {
  const folder = newFolder();
  const model = configOf('all of today');
  const widest = (weight: number): string => {
    const run = join(folder, String(weight));
    const transformer = new DecoderTransformer(model, { seed: 3 });
    transformer.parameters.values[5] = weight;
    const file = join(folder, `${weight}.safetensors`);
    const bytes = encodeModel({ transformer, tokenizer: tokenizerOf(model), padding: 'first', cleaning: 'none' });
    writeFileSync(file, bytes);
    importModel(file, { out: run });
    return run;
  };
  const out = join(folder, 'page.html');
  expect(errorOf(() => exportModel(widest(-65_520), { to: 'html', out }))).toMatchObject({
    code: 'BAD_RUN',
    message: 'expected weights that float16 can hold, got -6.55e+4 in embedding.weight',
    fix: 'Keep them as float32 (precision f32).',
  });
  expect(existsSync(out)).toBe(false);
  exportModel(widest(-65_519), { to: 'html', out });
  exportModel(join(folder, '-65520'), { to: 'html', out, precision: 'f32', force: true });
});
