import { basename, extname } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { checkNames, checkPath } from '../../parse-options.js';
import { collectTexts } from './collect-texts.js';
import { joinBytes, openFile, type ByteStream, type OpenedFile } from './bytes.js';
import type { DelimitedOptions } from './delimited.js';
import { lastingPath, sourceName, STANDARD_INPUT } from './file-errors.js';
import { isParquet, latin1, refuseOther } from './recognise.js';
import type { ReadingNote, TextPortions } from './table.js';
import { decodeUtf8, joinText, splitLines } from './utf8.js';

/** Kinds of single files. */
export const FILE_FORMATS = ['text', 'csv', 'tsv', 'jsonl', 'parquet'] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

const FORMATS: Readonly<Record<string, FileFormat>> = {
  '': 'text',
  '.txt': 'text',
  '.text': 'text',
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.tab': 'tsv',
  '.json': 'jsonl',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
  '.parquet': 'parquet',
};

/** How a file is read. */
export interface FileOptions extends DelimitedOptions {
  /** What the file is, where its extension does not say. */
  readonly format?: FileFormat | undefined;
  /** The column or columns that hold the texts, for files that have columns. */
  readonly column?: string | readonly string[] | undefined;
  /** Keeps the blank lines of a text file as empty texts. Default false: they are no texts. */
  readonly keepBlankLines?: boolean | undefined;
  /** Stops after so many rows of a large file: see {@link readTexts}. */
  readonly enoughRows?: number | undefined;
  /** Read for the path `-`; default the standard input of the process. */
  readonly stdin?: ByteStream | undefined;
  /** Told what could be read, but was perhaps not meant. */
  readonly onNote?: ((note: ReadingNote) => void) | undefined;
}

/** Names of the options of all files of a corpus. */
export const FILE_OPTIONS: Readonly<Record<keyof Omit<FileOptions, 'enoughRows'>, true>> = {
  format: true,
  column: true,
  delimiter: true,
  quote: true,
  header: true,
  keepBlankLines: true,
  stdin: true,
  onNote: true,
};

/** The texts of one file. */
export interface FileTexts {
  readonly format: FileFormat;
  /** `[columns][rows]` */
  readonly columns: string[][];
}

/**
 * All texts of one file (or of standard input, `-`), plain or gzip: a text file, one a line, or columns of a CSV, TSV,
 * JSON Lines, JSON or Parquet file. It is read in portions, so it may be larger than a string can be.
 *
 * With `enoughRows`, a large file is read only as far as that, though at least for 20,000 rows or 8 million
 * characters: what a smaller file gives does not depend on it.
 *
 * @throws BAD_INPUT when the path, the format, a column or the texts cannot be used; BAD_OPTION when an option does
 *   not go with the format; IO when the file system refuses
 * @example (await readTexts('pairs.parquet', { column: ['left_title', 'right_title'] })).columns[1]
 */
export async function readTexts(path: string, options: FileOptions = {}): Promise<FileTexts> {
  checkNames(options, { ...FILE_OPTIONS, enoughRows: true }, 'readTexts');
  checkPath(path, 'a path');
  const { format, portions } = await openTexts(path, options);
  const { columns, isCut } = await collectTexts(portions, options.enoughRows);
  if (isCut)
    options.onNote?.({
      about: 'limit',
      sentence: `only the first ${columns[0]!.length.toLocaleString('en')} rows of ${sourceName(path)} were read`,
    });
  return { format, columns };
}

/** The texts of one file as they are read: see {@link readTexts}. */
export async function openTexts(
  path: string,
  options: FileOptions = {},
): Promise<{ readonly format: FileFormat; readonly portions: TextPortions }> {
  const opened = await openFile(path, options.stdin);
  try {
    return await openPortions(path, opened, options);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function openPortions(
  path: string,
  opened: OpenedFile,
  options: FileOptions,
): Promise<{ readonly format: FileFormat; readonly portions: TextPortions }> {
  const name = sourceName(path);
  const named = options.format ?? formatOf(path, options);
  // An empty stream is a text file without lines to a filter, which keeps every line.
  if (!(path === STANDARD_INPUT && options.keepBlankLines)) checkFilled(opened, name);
  const format = options.format ?? recognised(named, opened.head, path);
  const asked = typeof options.column === 'string' ? [options.column] : options.column;
  const source = { name, asked, note: options.onNote ?? (() => undefined) };
  checkApplicable(format, options, name);
  if (format === 'parquet') {
    const bytes =
      opened.zipped || (await lastingPath(path)) === STANDARD_INPUT ? await joinBytes(opened.chunks) : undefined;
    // A Parquet file is read from its end.
    if (bytes === undefined) await opened.close();
    if (!isParquet(opened.head)) refuseOther(opened.head, name);
    const { readParquet } = await import('./parquet.js');
    return { format, portions: readParquet(path, bytes, source) };
  }
  const texts = textOf(opened, name);
  switch (format) {
    case 'text':
      return { format, portions: readLines(splitLines(texts), name, options.keepBlankLines === true) };
    case 'csv':
    case 'tsv': {
      const { readDelimited } = await import('./delimited.js');
      return { format, portions: readDelimited(splitLines(texts), { ...source, kind: format }, options) };
    }
    case 'jsonl': {
      const { readJson } = await import('./json.js');
      return { format, portions: readJson(texts, { ...source, isArray: startsWith(opened.head, '[') }) };
    }
  }
}

/** All text of a file, or of standard input, with \n at all line ends. @throws as {@link readTexts} */
export async function readText(path: string, options: Pick<FileOptions, 'stdin'> = {}): Promise<string> {
  const name = sourceName(path);
  const opened = await openFile(path, options.stdin);
  try {
    checkFilled(opened, name);
    const text = await joinText(textOf(opened, name), name);
    // The second character of \r\n is certain: bits per character would depend on the system that wrote the file.
    return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
  } finally {
    await opened.close();
  }
}

/** The name of a corpus that is read from `path`: without folders and extensions. */
export function corpusName(path: string): string {
  if (path === STANDARD_INPUT) return 'stdin';
  const unzipped = path.replace(/\.gz$/i, '');
  return basename(unzipped, extname(unzipped));
}

function checkFilled({ head }: OpenedFile, name: string): void {
  const what = head.length === 0 ? 'is empty' : isMark(head) ? 'has only a byte order mark, and no text' : undefined;
  if (what === undefined) return;
  throw new LetterpressError('BAD_INPUT', `${name} ${what}`, 'Check that it is the right file; put texts into it.');
}

function textOf({ head, chunks }: OpenedFile, name: string): AsyncGenerator<string, void> {
  refuseOther(head, name);
  return decodeUtf8(chunks, name);
}

async function* readLines(lines: AsyncIterable<string[]>, name: string, keepBlank: boolean): TextPortions {
  let [all, texts] = [0, 0];
  for await (const portion of lines) {
    const filled = portion.filter((line) => line.trim() !== '');
    all += portion.length;
    texts += filled.length;
    yield [keepBlank ? portion : filled];
  }
  if (texts > 0 || keepBlank) return;
  throw new LetterpressError(
    'BAD_INPUT',
    `${name} has no texts: it is ${all === 1 ? 'one blank line' : `${all} blank lines`}`,
    'Check that it is the right file; put one text on each line.',
  );
}

/** By the extension, and by options that only tables have. */
function formatOf(path: string, { column, delimiter, quote, header }: FileOptions): FileFormat {
  const ofTable = header === false || [column, delimiter, quote].some((option) => option !== undefined);
  const extension = path === STANDARD_INPUT ? '' : extname(path.replace(/\.gz$/i, '')).toLowerCase();
  const format = extension === '' && ofTable ? 'csv' : FORMATS[extension];
  if (format !== undefined) return format;
  throw new LetterpressError(
    'BAD_INPUT',
    `expected a .txt, .csv, .tsv, .json, .jsonl or .parquet file (or one of these as .gz), or a folder, got ${path}`,
    'Say what it is (format), for instance a text on each line (format text), or convert it to one of these.',
  );
}

/** What the first bytes show where the name says nothing, or something else. */
function recognised(named: FileFormat, head: Uint8Array, path: string): FileFormat {
  if (isParquet(head)) return 'parquet';
  const nameless = path === STANDARD_INPUT || extname(path) === '';
  return nameless && /^(?:\xef\xbb\xbf)?\s*(?:\{\s*"|\[\s*[{"])/.test(latin1(head)) ? 'jsonl' : named;
}

/** A byte order mark, and nothing after it. */
function isMark(head: Uint8Array): boolean {
  return latin1(head) === '\xef\xbb\xbf';
}

function startsWith(head: Uint8Array, character: string): boolean {
  return latin1(head)
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .startsWith(character);
}

function checkApplicable(format: FileFormat, options: FileOptions, name: string): void {
  const { column, delimiter, quote, header } = options;
  if (!FILE_FORMATS.includes(format))
    throw new LetterpressError('BAD_OPTION', `expected ${FILE_FORMATS.join(', ')} (format), got ${format}`);
  if (quote !== undefined && (quote as string) !== 'none')
    throw new LetterpressError('BAD_OPTION', `expected none (quote), got ${quote}`);
  if (format === 'text' && column !== undefined && column.length > 0) throw notApplicable('a column', name, 'has none');
  if (format === 'csv' || format === 'tsv') {
    if (delimiter?.length === 0 || /["\r\n]/.test(delimiter ?? ''))
      throw new LetterpressError(
        'BAD_OPTION',
        `expected a delimiter without quotes and line ends, got ${JSON.stringify(delimiter)}`,
        'Give the characters between two cells, such as ;.',
      );
    return;
  }
  if (delimiter !== undefined || quote !== undefined || header === false)
    throw notApplicable('a delimiter, quote or header', name, `is no CSV or TSV file`);
}

/** For a seed where there is nothing to draw. */
export function splitAlready(name: string): LetterpressError {
  return new LetterpressError(
    'BAD_OPTION',
    `a seed was given, but ${name} has its own training, validation and test texts`,
    'Leave it out, or give a single file.',
  );
}

export function notApplicable(option: string, name: string, why: string): LetterpressError {
  return new LetterpressError(
    'BAD_OPTION',
    `${option} was given, but ${name} ${why}`,
    `Leave it out, or give a CSV, TSV, JSON Lines or Parquet file.`,
  );
}
