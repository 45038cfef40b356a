/** Models as files that other programs read: docs/export.md. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { checkAutoregressive } from '../../nn/config.js';
import { packageFile } from '../../package-file.js';
import { checkNames } from '../../parse-options.js';
import { readBytes } from '../../read-bytes.js';
import { checkArtifactFolder, isDeadLink } from '../../runs/artifact-folder.js';
import { exportedFolder, writeExportedFolder } from '../../runs/exported-folder.js';
import { readRun, type Run } from '../../runs/reader.js';
import { toJsonFile, writeRunFile } from '../../runs/run-file.js';
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
  const source = typeof run === 'object' && (run as Run | null) !== null ? run : readRun(run as string);
  const name = basename(resolve(source.folder));
  const wanted = out ?? join('exports', to === 'onnx' || to === 'html' ? `${name}.${to}` : `${name}-${to}`);
  const path = join(dirname(wanted), basename(wanted)); // no slash at its end, with which a file is not found
  if (to === 'onnx' || to === 'html') {
    checkFile(path, to, force);
    const file = to === 'onnx' ? encodeFiles(source).get('onnx/model.onnx')! : pageOfRun(source, name, precision);
    writeRunFile(dirname(path), basename(path), file);
    return path;
  }
  const names = FOLDER_FILES[to];
  const check = () => void checkArtifactFolder(path, exportedFolder(`model exported to ${to}`, names), force);
  check();
  const files = encodeFiles(source);
  writeExportedFolder(path, new Map(names.map((file) => [file, files.get(file)!])), check);
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
