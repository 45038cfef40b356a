import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { LetterpressError } from '../../errors.js';
import { codeOf, ioError } from '../../io-error.js';
import { suggest } from '../../suggest.js';

/** The path that stands for standard input. */
export const STANDARD_INPUT = '-';

/** A path as it is called in messages. */
export function sourceName(path: string): string {
  return path === STANDARD_INPUT ? 'standard input' : path;
}

/** Whether `path` is a file or a folder. @throws BAD_INPUT when it is neither, IO when the system refuses */
export async function kindOfPath(path: string): Promise<'file' | 'folder'> {
  if (path === STANDARD_INPUT) return 'file';
  checkLocal(path);
  const found = await stat(path).catch(async (error: unknown) => {
    throw await readError(error, path);
  });
  if (found.isDirectory()) return 'folder';
  // Pipes of a shell, as in <(zcat a.gz), are read like files.
  if (found.isFile() || found.isFIFO() || found.isCharacterDevice()) return 'file';
  throw new LetterpressError(
    'BAD_INPUT',
    `expected a file or a folder, got something else at ${path}`,
    'Check the path.',
  );
}

/** The path as it is kept: pipes, which cannot be read again, are standard input by another name. */
export async function lastingPath(path: string): Promise<string> {
  if (path === STANDARD_INPUT) return path;
  const found = await stat(path);
  return found.isFIFO() || found.isCharacterDevice() ? STANDARD_INPUT : path;
}

/** @throws LetterpressError BAD_INPUT for an address: only the Hub is read over the network */
function checkLocal(path: string): void {
  if (path === '') throw new LetterpressError('BAD_INPUT', 'expected a path, got nothing', 'Name a file or folder.');
  if (path.includes('\0'))
    throw new LetterpressError('BAD_INPUT', `expected a path, got a NUL character in ${path}`, 'Check the path.');
  if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(path)) return;
  const [, name] = /^https?:\/\/[^/]+\/datasets\/([\w.-]+\/[\w.-]+)/.exec(path) ?? [];
  throw new LetterpressError(
    'BAD_INPUT',
    `expected a path or hf:OWNER/NAME, got an address: ${path}`,
    name === undefined ? 'Download the file, and give its path.' : `Write hf:${name}.`,
  );
}

/** What the file system's `error` means for the user who gave `path`. */
export async function readError(error: unknown, path: string): Promise<LetterpressError> {
  const code = codeOf(error);
  const options = { cause: error };
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR': {
      const sibling = suggest(basename(path), await readdir(dirname(path)).catch(() => []));
      const guess =
        sibling === undefined
          ? ''
          : sibling === basename(path)
            ? ', to which this link leads'
            : `; did you mean ${join(dirname(path), sibling)}?`;
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
      return ioError('read', path, error);
  }
}
