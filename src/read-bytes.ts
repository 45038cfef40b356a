import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { LetterpressError } from './errors.js';
import { ioError } from './io-error.js';

/**
 * The bytes of a file. What has no end or waits for a writer, such as a device or a pipe, would hold the whole process
 * up, where no Ctrl-C is heard.
 *
 * @throws LetterpressError `IO` when it cannot be read or is no file
 */
export function readBytes(path: string): Buffer {
  try {
    const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = fstatSync(descriptor);
      if (found.isFile() || found.isDirectory()) return readFileSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    throw ioError('read', path, cause);
  }
  throw new LetterpressError(
    'IO',
    `cannot read ${path}: a file was expected, and it is a pipe or a device`,
    'Copy what it gives into a file first.',
  );
}
