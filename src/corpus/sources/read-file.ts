import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { suggest } from '../../suggest.js';

/** Where a sequence of bytes stops being UTF-8. */
export interface InvalidUtf8 {
  /** Offset of the first byte of the bad sequence. */
  readonly offset: number;
  /** The line it is in, counted from 1; lines end at \n. */
  readonly line: number;
}

/**
 * The first place where `bytes` are not UTF-8 (Unicode 15, table 3-7: no overlong forms, no surrogates, nothing
 * above U+10FFFF), or nothing. `TextDecoder` only says that there is one.
 */
export function findInvalidUtf8(bytes: Uint8Array): InvalidUtf8 | undefined {
  let line = 1;
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at]!;
    if (first === 0x0a) line++;
    const length = sequenceLength(first);
    if (length === 0) return { offset: at, line };
    for (let i = 1; i < length; i++) {
      const byte = bytes[at + i] ?? 0; // the end of the file is no continuation byte either
      const [low, high] = i === 1 ? secondByte(first) : ([0x80, 0xbf] as const);
      if (byte < low || byte > high) return { offset: at, line };
    }
    at += length;
  }
  return undefined;
}

/** Bytes of the sequence that `first` begins, 0 if none begins so. */
function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (first >= 0xe0 && first <= 0xef) return 3;
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

/** The second byte excludes overlong forms, surrogates and what is above U+10FFFF. */
function secondByte(first: number): readonly [number, number] {
  if (first === 0xe0) return [0xa0, 0xbf];
  if (first === 0xed) return [0x80, 0x9f];
  if (first === 0xf0) return [0x90, 0xbf];
  if (first === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}

/**
 * Decodes UTF-8, leaving out a byte order mark.
 *
 * @throws BAD_INPUT with line and offset of the first byte that is not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    const bad = findInvalidUtf8(bytes);
    if (bad === undefined)
      throw new LetterpressError('IO', `cannot decode ${path}: ${String(error)}`, 'Split it into smaller files.', {
        cause: error,
      });
    const byte = bytes[bad.offset]!.toString(16).toUpperCase().padStart(2, '0');
    throw new LetterpressError(
      'BAD_INPUT',
      `expected UTF-8 text, got the byte 0x${byte} at offset ${bad.offset} (line ${bad.line}) of ${path}`,
      hasUtf16Mark(bytes)
        ? `It looks like UTF-16; convert it: iconv -f UTF-16 -t UTF-8 FILE > utf8.txt`
        : 'Convert the file to UTF-8, for instance: iconv -f WINDOWS-1252 -t UTF-8 FILE > utf8.txt',
      { cause: error },
    );
  }
}

function hasUtf16Mark(bytes: Uint8Array): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/**
 * The lines of a text: they end at \n only, a \r before it is left out, and the end of the last line begins no new
 * one. An empty line is an empty text.
 *
 * @example splitLines('one\r\n\ntwo\n'); // ['one', '', 'two']
 */
export function splitLines(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}

/**
 * The texts of a UTF-8 file, one a line.
 *
 * @throws BAD_INPUT when the file is missing, empty, only blank lines or not UTF-8; IO when it cannot be read
 */
export async function readTextFile(path: string): Promise<string[]> {
  const lines = splitLines(await readUtf8(path));
  if (lines.every((line) => line.trim() === ''))
    throw new LetterpressError(
      'BAD_INPUT',
      `${path} has no texts: it is ${lines.length === 1 ? 'one blank line' : `${lines.length} blank lines`}`,
      'Check that it is the right file; put one text on each line.',
    );
  return lines;
}

/** Whether `path` is a file or a folder. @throws BAD_INPUT when it is neither, IO when the system refuses */
export async function kindOfPath(path: string): Promise<'file' | 'folder'> {
  const found = await stat(path).catch(async (error: unknown) => {
    throw await readError(error, path);
  });
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  throw new LetterpressError(
    'BAD_INPUT',
    `expected a file or a folder, got something else at ${path}`,
    'Check the path.',
  );
}

/** The bytes of a file. @throws BAD_INPUT when it is missing or empty, IO when the system refuses */
export async function readBytes(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch(async (error: unknown) => {
    throw await readError(error, path);
  });
  if (bytes.length === 0)
    throw new LetterpressError('BAD_INPUT', `${path} is empty`, 'Check that it is the right file; put texts into it.');
  return bytes;
}

/** The text of a UTF-8 file. @throws as {@link readBytes} and {@link decodeUtf8} */
export async function readUtf8(path: string): Promise<string> {
  return decodeUtf8(await readBytes(path), path);
}

/** What the file system's `error` means for the user who gave `path`. */
export async function readError(error: unknown, path: string): Promise<LetterpressError> {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const options = { cause: error };
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const sibling = suggest(basename(path), await readdir(dirname(path)).catch(() => []));
      const guess = sibling === undefined ? '' : `; did you mean ${join(dirname(path), sibling)}?`;
      return new LetterpressError('BAD_INPUT', `no such file or folder: ${path}${guess}`, 'Check the path.', options);
    }
    case 'EISDIR':
      return new LetterpressError('BAD_INPUT', `expected a file, got a folder: ${path}`, 'Give a file there.', options);
    case 'EACCES':
    case 'EPERM':
      return new LetterpressError(
        'IO',
        `not allowed to read ${path}`,
        'Give yourself the permission (chmod u+r), or copy the file to a place of your own.',
        options,
      );
    default:
      return new LetterpressError(
        'IO',
        `cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`,
        'Check the path and the disk.',
        options,
      );
  }
}
