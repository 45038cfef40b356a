/** Models as files that other programs read: docs/export.md. */
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { ioError } from '../../io-error.js';
import { checkAutoregressive } from '../../nn/config.js';
import { packageFile } from '../../package-file.js';
import { checkArtifactFolder } from '../../runs/artifact-folder.js';
import { readRun, type Run } from '../../runs/reader.js';
import { makeFolder, writeRunFile } from '../../runs/run-file.js';
import { letterpressVersion } from '../../version.js';
import { partsOf } from '../load-model.js';
import { encodeModel } from '../saved-model.js';
import { pageOfRun } from './html-page.js';
import { encodeOnnx } from './onnx-model.js';
import { tokenizerJson } from './tokenizer-json.js';
import { generationConfig, modelCard, tokenizerConfig, transformersConfig } from './transformers-files.js';

export const EXPORT_FORMATS = ['onnx', 'transformers', 'pytorch', 'html'] as const;

/**
 * `onnx`: one file; `transformers`: a folder for transformers.js and the Hub; `pytorch`: weights and code; `html`: one
 * file, a page to try the model in.
 */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportOptions {
  readonly to: ExportFormat;
  /** The file for `onnx` and `html`, else the folder; by default one in `exports/`, named after run and format. */
  readonly out?: string | undefined;
  /** Replace what an earlier export wrote. */
  readonly force?: boolean | undefined;
  /** Of the weights in a page, `f16` by default. */
  readonly precision?: 'f16' | 'f32' | undefined;
}

/** Files of a folder by name: text, or bytes. */
type Files = ReadonlyMap<string, string | Uint8Array>;

/** What each kind of folder holds. */
const FOLDER_FILES = {
  pytorch: ['model.safetensors', 'modeling.py'],
  transformers: [
    'model.safetensors',
    'modeling.py',
    'onnx/model.onnx',
    'config.json',
    'generation_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'README.md',
  ],
} as const;

/**
 * Writes a run's best model for other programs, wholly or not at all.
 *
 * @returns the file or folder
 * @throws LetterpressError BAD_RUN when the run is damaged or has no weights yet, EXISTS when something would be
 *   overwritten, IO when the file system refuses
 * @example exportModel('runs/news', { to: 'onnx', out: 'news.onnx' });
 */
export function exportModel(run: Run | string, { to, out, force = false, precision = 'f16' }: ExportOptions): string {
  const source = typeof run === 'string' ? readRun(run) : run;
  const name = basename(resolve(source.folder));
  const path = out ?? join('exports', to === 'onnx' || to === 'html' ? `${name}.${to}` : `${name}-${to}`);
  if (to === 'onnx' || to === 'html') {
    checkFile(path, force);
    const file = to === 'onnx' ? encodeFiles(source).get('onnx/model.onnx')! : pageOfRun(source, name, precision);
    writeRunFile(dirname(path), basename(path), file);
    return path;
  }
  const isThere = checkArtifactFolder(path, exportedFolder(to), force);
  const files = encodeFiles(source);
  writeFolder(path, new Map(FOLDER_FILES[to].map((file) => [file, files.get(file)!])), isThere);
  return path;
}

function checkFile(path: string, force: boolean): void {
  if (!existsSync(path)) return;
  if (statSync(path).isDirectory())
    throw new LetterpressError(
      'EXISTS',
      `expected a file for the model, found a folder: ${path}`,
      'Name a file (out).',
    );
  if (force) return;
  throw new LetterpressError('EXISTS', `${path} exists already`, 'Choose another file (out), or replace it (force).');
}

/** A folder that an export wrote has all of its files, and no others. */
function exportedFolder(to: keyof typeof FOLDER_FILES) {
  const files = FOLDER_FILES[to];
  const entries = new Set(files.map((file) => file.split('/')[0]!));
  return {
    name: `model exported to ${to}`,
    isThere: (folder: string) =>
      files.every((file) => existsSync(join(folder, file))) && readdirSync(folder).every((name) => entries.has(name)),
  };
}

/** Writes a folder under a temporary name first. @param isThere whether there is one, to be replaced */
function writeFolder(path: string, files: Files, isThere: boolean): void {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.letterpress-tmp`);
  try {
    rmSync(temporary, { recursive: true, force: true });
    makeFolder(temporary);
    for (const [file, data] of files) writeRunFile(temporary, file, data);
    if (isThere || existsSync(path)) rmSync(path, { recursive: true });
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { recursive: true, force: true });
    throw ioError('write', path, cause);
  }
}

function encodeFiles(run: Run): Files {
  const model = partsOf(run);
  const { transformer, tokenizer } = model;
  const { config, parameters } = transformer;
  checkAutoregressive(config, 'an export');
  const weights = encodeModel(model, { letterpress: letterpressVersion() });
  const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`;
  return new Map<string, string | Uint8Array>([
    ['model.safetensors', weights],
    ['modeling.py', readFileSync(packageFile('data/modeling.py'))],
    ['onnx/model.onnx', encodeOnnx(transformer, tokenizer, letterpressVersion())],
    ['config.json', json(transformersConfig(config))],
    ['generation_config.json', json(generationConfig(config))],
    ['tokenizer.json', json(tokenizerJson(tokenizer))],
    ['tokenizer_config.json', json(tokenizerConfig(config))],
    ['README.md', modelCard(run, parameters.count)],
  ]);
}
