import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { suggest } from '../../suggest.js';
import { decodeUtf8 } from './utf8.js';

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
