/** Models as files that other programs read: docs/export.md. */
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { makeFolder } from '../../make-folder.js';
import { LetterpressError } from '../../errors.js';
import { ioError } from '../../io-error.js';
import { checkAutoregressive } from '../../nn/config.js';
import { packageFile } from '../../package-file.js';
import { checkNames } from '../../parse-options.js';
import { readBytes } from '../../read-bytes.js';
import { checkArtifactFolder, isDeadLink, type ArtifactKind } from '../../runs/artifact-folder.js';
import { replaceFile } from '../../runs/atomic.js';
import { lockChecked } from '../../runs/folder-lock.js';
import { LOCK_FILE } from '../../runs/layout.js';
import { readRun, type Run } from '../../runs/reader.js';
import { toJsonFile, writeRunFile, writeRunFiles } from '../../runs/run-file.js';
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

/** In the folder of an export that is being written, or was cut off. */
const UNFINISHED = '.unfinished-export';

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
 * @throws LetterpressError BAD_OPTION for an unknown format, BAD_RUN when the run is damaged or has no weights yet,
 *   EXISTS when something would be overwritten, IO when the file system refuses
 * @example exportModel('runs/news', { to: 'onnx', out: 'news.onnx' });
 */
export function exportModel(run: Run | string, options: ExportOptions): string {
  checkNames(options, { to: true, out: true, force: true, precision: true }, 'exportModel');
  const { to, out, force = false, precision = 'f16' } = options;
  if (!EXPORT_FORMATS.includes(to))
    throw new LetterpressError(
      'BAD_OPTION',
      `expected a format to export to (${EXPORT_FORMATS.join(', ')}), got '${to}'`,
    );
  const source = typeof run === 'string' ? readRun(run) : run;
  const name = basename(resolve(source.folder));
  const wanted = out ?? join('exports', to === 'onnx' || to === 'html' ? `${name}.${to}` : `${name}-${to}`);
  const path = join(dirname(wanted), basename(wanted)); // no slash at its end, with which a file is not found
  if (to === 'onnx' || to === 'html') {
    checkFile(path, to, force);
    const file = to === 'onnx' ? encodeFiles(source).get('onnx/model.onnx')! : pageOfRun(source, name, precision);
    writeRunFile(dirname(path), basename(path), file);
    return path;
  }
  const check = () => void checkArtifactFolder(path, exportedFolder(to), force);
  check();
  const files = encodeFiles(source);
  writeFolder(path, new Map(FOLDER_FILES[to].map((file) => [file, files.get(file)!])), check);
  return path;
}

/** What a file of ours has near its beginning: an ONNX graph's field 2, its producer; a page's title. */
const MARKS = { onnx: '\u0012\u000bletterpress', html: ' – Letterpress</title>' } as const;
const MARK_BYTES = 4096;

/** @throws LetterpressError EXISTS for a file that is there, with `force` unless an earlier export wrote it */
function checkFile(path: string, to: keyof typeof MARKS, force: boolean): void {
  if (!existsSync(path) && !isDeadLink(path)) return;
  if (existsSync(path) && statSync(path).isDirectory())
    throw new LetterpressError(
      'EXISTS',
      `expected a file for the model, found a folder: ${path}`,
      'Name a file (out).',
    );
  if (!force)
    throw new LetterpressError('EXISTS', `${path} exists already`, 'Choose another file (out), or replace it (force).');
  if (existsSync(path) && !readBytes(path).toString('utf8', 0, MARK_BYTES).includes(MARKS[to]))
    throw new LetterpressError(
      'EXISTS',
      `${path} is no model exported to ${to}, and is not replaced`,
      'Choose another file (out), or remove it yourself.',
    );
}

/** A folder that an export wrote has all of its files, and no others. */
function exportedFolder(to: keyof typeof FOLDER_FILES): ArtifactKind {
  const files = FOLDER_FILES[to];
  const entries = new Set([...files.map((file) => file.split('/')[0]!), UNFINISHED, LOCK_FILE]);
  return {
    name: `model exported to ${to}`,
    isThere: (folder) =>
      files.every((file) => existsSync(join(folder, file))) && readdirSync(folder).every((name) => entries.has(name)),
    isLeftover: (folder, name) => entries.has(name) && existsSync(join(folder, UNFINISHED)),
  };
}

/** Writes a folder: all files into one in it first, so that a full disk leaves an earlier export as it was. */
function writeFolder(path: string, files: Files, check: () => void): void {
  const lock = lockChecked(path, check);
  const place = join(path, UNFINISHED);
  let isHalf = false; // then it stays marked as unfinished
  try {
    writeRunFiles(place, [...files]);
    for (const file of files.keys()) makeFolder(dirname(join(path, file)));
    for (const file of files.keys()) {
      replaceFile(join(place, file), join(path, file));
      isHalf = true;
    }
    isHalf = false;
  } catch (cause) {
    throw ioError('write', path, cause);
  } finally {
    if (!isHalf) rmSync(place, { recursive: true, force: true });
    lock.release();
  }
}

function encodeFiles(run: Run): Files {
  const model = partsOf(run);
  const { transformer, tokenizer } = model;
  const { config, parameters } = transformer;
  checkAutoregressive(config, 'an export');
  const weights = encodeModel(model, { letterpress: letterpressVersion() });
  return new Map<string, string | Uint8Array>([
    ['model.safetensors', weights],
    ['modeling.py', readFileSync(packageFile('data/modeling.py'))],
    ['onnx/model.onnx', encodeOnnx(transformer, tokenizer, letterpressVersion())],
    ['config.json', toJsonFile(transformersConfig(config))],
    ['generation_config.json', toJsonFile(generationConfig(config))],
    ['tokenizer.json', toJsonFile(tokenizerJson(tokenizer))],
    ['tokenizer_config.json', toJsonFile(tokenizerConfig(config))],
    ['README.md', modelCard(run, parameters.count)],
  ]);
}
