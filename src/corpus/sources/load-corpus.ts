import { setImmediate } from 'node:timers/promises';
import { basename, join, resolve } from 'node:path';
import { checkNames, checkPath } from '../../parse-options.js';
import { checkWholeNumber } from '../../random.js';
import { splitColumnsSteps, type Corpus } from '../corpus.js';
import { rowsFor } from './collect-texts.js';
import { kindOfPath, lastingPath, sourceName } from './file-errors.js';
import { checkFolder, SPLIT_FILES } from './folder.js';
import { parseHubAddress } from './hub/address.js';
import type { HubAccess } from './hub/load-hub.js';
import { corpusName, FILE_OPTIONS, notApplicable, readTexts, splitAlready, type FileOptions } from './read-file.js';

/** Where a corpus is to be read from, and how: for the options of single files, see `FileOptions`. */
export interface CorpusSpec extends Omit<FileOptions, 'enoughRows'> {
  /**
   * A file, `-` for standard input, a folder with train.txt, val.txt and test.txt, or
   * `hf:OWNER/NAME[@REVISION][/PATH]`.
   */
  readonly path: string;
  /** Draws the 80/10/10 split of a single file, or the splits that a data set of the Hub does not have. Default 0. */
  readonly seed?: number | undefined;
  /** How many training texts will be used: more of a very large file need not be read. */
  readonly limit?: number | undefined;
  /** Which configuration, for data sets of the Hub that have several. */
  readonly config?: string | undefined;
  /** How the Hub is asked. */
  readonly hub?: HubAccess | undefined;
}

/**
 * Reads a corpus from a folder with its three splits, or from one file, which is split 80/10/10 by the seed.
 *
 * @throws BAD_INPUT when the path, the format, a column or the texts cannot be used; BAD_OPTION when an option does
 *   not go with the path, or `limit` is no whole number of at least 1; IO when the file system refuses
 * @example
 * await loadCorpus({ path: 'headlines' });
 * await loadCorpus({ path: 'pairs.parquet', column: ['left_title', 'right_title'], seed: 1 });
 */
export async function loadCorpus(spec: CorpusSpec): Promise<Corpus> {
  checkNames(spec, { path: true, seed: true, limit: true, config: true, hub: true, ...FILE_OPTIONS }, 'loadCorpus');
  const { path, seed, limit, config, hub, ...options } = spec;
  checkPath(path, 'a path');
  if (limit !== undefined) checkWholeNumber('limit', limit, 1);
  const columns = typeof options.column === 'string' ? [options.column] : options.column;
  const address = parseHubAddress(path);
  if (address !== undefined) {
    const { loadHub } = await import('./hub/load-hub.js');
    return loadHub({ address, config, columns, seed, access: hub }, async (file, column) => {
      return (await readTexts(file, { ...options, column })).columns;
    });
  }
  const kind = await kindOfPath(path);
  if (config !== undefined) throw notApplicable('a configuration', path, 'has none');
  if (kind === 'folder') {
    if (seed !== undefined) throw splitAlready(`the folder ${path}`);
    return loadFolder(path, options);
  }
  const enoughRows = rowsFor(limit, columns?.length ?? 1);
  const { format, columns: texts } = await readTexts(path, { ...options, enoughRows });
  const splits = await inTurns(splitColumnsSteps(texts, seed ?? 0, sourceName(path)));
  const place = await lastingPath(path);
  return { name: corpusName(place), kind: format, path: place, splits, alreadyClean: false };
}

/** Runs work step by step, between which others have their turn: what stops it, for instance. */
async function inTurns<T>(steps: Generator<void, T>): Promise<T> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await setImmediate();
  }
}

async function loadFolder(path: string, options: FileOptions): Promise<Corpus> {
  const what = `the folder ${path}`;
  const given = (['format', 'column', 'delimiter', 'quote'] as const).find(
    (option) => (options[option] ?? '').length > 0,
  );
  if (given !== undefined) throw notApplicable(`a ${given}`, what, 'has none');
  await checkFolder(path);
  const [train, val, test] = await Promise.all(
    SPLIT_FILES.map(async (file) => (await readTexts(join(path, file), options)).columns[0]!),
  );
  const splits = { train: train!, val: val!, test: test! };
  return { name: basename(resolve(path)), kind: 'folder', path, splits, alreadyClean: false };
}
