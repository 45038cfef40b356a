import { basename, extname, resolve } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { splitColumns, type Corpus } from '../corpus.js';
import { readDelimited } from './delimited.js';
import { readFolder } from './folder.js';
import { parseHubAddress } from './hub/address.js';
import { loadHub, type HubAccess } from './hub/load-hub.js';
import { readJsonLines } from './jsonl.js';
import { readParquet } from './parquet.js';
import { kindOfPath, readTextFile } from './read-file.js';
import { readColumns } from './table.js';

/** Kinds of single files. */
export type FileFormat = 'text' | 'csv' | 'tsv' | 'jsonl' | 'parquet';

/** Where a corpus is to be read from. */
export interface CorpusSpec {
  /** A file, a folder with train.txt, val.txt and test.txt, or `hf:OWNER/NAME[@REVISION][/PATH]`. */
  readonly path: string;
  /** The column or columns that hold the texts, for files that have columns. */
  readonly column?: string | readonly string[] | undefined;
  /** Draws the 80/10/10 split of a single file. Default 0. */
  readonly seed?: number | undefined;
  /** What the file is, where its extension does not say. */
  readonly format?: FileFormat | undefined;
  /** Which configuration, for data sets of the Hub that have several. */
  readonly config?: string | undefined;
  /** How the Hub is asked. */
  readonly hub?: HubAccess | undefined;
}

const FORMATS: Readonly<Record<string, FileFormat>> = {
  '': 'text',
  '.txt': 'text',
  '.text': 'text',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
};

/**
 * Reads a corpus from a folder with its three splits, or from one file, which is split 80/10/10 by the seed.
 *
 * @throws BAD_INPUT when the path, the format, a column or the texts cannot be used; BAD_OPTION when an option does
 *   not go with the path; IO when the file system refuses
 * @example
 * await loadCorpus({ path: 'headlines' });
 * await loadCorpus({ path: 'pairs.parquet', column: ['left_title', 'right_title'], seed: 1 });
 */
export async function loadCorpus(spec: CorpusSpec): Promise<Corpus> {
  const { path, seed = 0 } = spec;
  const columns = typeof spec.column === 'string' ? [spec.column] : spec.column;
  const address = parseHubAddress(path);
  if (address !== undefined)
    return loadHub({ address, config: spec.config, columns, seed, access: spec.hub }, (file, asked) =>
      readTexts(file, formatOf(file), asked),
    );
  refuseRemote(path);
  if (spec.config !== undefined) throw notApplicable('a configuration', path);
  if ((await kindOfPath(path)) === 'folder') {
    if (spec.format !== undefined) throw notApplicable('a format', `the folder ${path}`);
    if (columns !== undefined && columns.length > 0) throw notApplicable('a column', `the folder ${path}`);
    const splits = await readFolder(path);
    return { name: basename(resolve(path)), kind: 'folder', path, splits, alreadyClean: false };
  }
  const kind = spec.format ?? formatOf(path);
  const texts = await readTexts(path, kind, columns);
  return {
    name: basename(path, extname(path)),
    kind,
    path,
    splits: splitColumns(texts, seed, path),
    alreadyClean: false,
  };
}

/** `[columns][rows]` texts of one file. */
async function readTexts(path: string, kind: FileFormat, columns: readonly string[] | undefined): Promise<string[][]> {
  switch (kind) {
    case 'text':
      if (columns !== undefined && columns.length > 0) throw notApplicable('a column', `the text file ${path}`);
      return [await readTextFile(path)];
    case 'csv':
    case 'tsv':
      return readColumns(await readDelimited(path, kind), columns);
    case 'jsonl':
      return readColumns(await readJsonLines(path), columns);
    case 'parquet':
      return readColumns(await readParquet(path), columns);
  }
}

function formatOf(path: string): FileFormat {
  const extension = extname(path).toLowerCase();
  const format = FORMATS[extension];
  if (format !== undefined) return format;
  throw new LetterpressError(
    'BAD_INPUT',
    `expected a .txt, .csv, .tsv, .jsonl or .parquet file, or a folder, got ${path}`,
    ['.gz', '.zip', '.bz2', '.xz', '.zst'].includes(extension)
      ? 'Unpack it first.'
      : 'Rename it to .txt if it holds one text a line, or convert it to one of these.',
  );
}

/** Only the Hub is read over the network. */
function refuseRemote(path: string): void {
  if (path === '') throw new LetterpressError('BAD_INPUT', 'expected a path, got nothing', 'Name a file or folder.');
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return;
  const [, name] = /^https?:\/\/[^/]+\/datasets\/([\w.-]+\/[\w.-]+)/.exec(path) ?? [];
  throw new LetterpressError(
    'BAD_INPUT',
    `expected a path or hf:OWNER/NAME, got an address: ${path}`,
    name === undefined ? 'Download the file, and give its path (data).' : `Write hf:${name}.`,
  );
}

function notApplicable(option: string, what: string): LetterpressError {
  return new LetterpressError(
    'BAD_OPTION',
    `${option} was given, but ${what} has none`,
    `Leave it out, or give a CSV, TSV, JSON Lines or Parquet file.`,
  );
}
