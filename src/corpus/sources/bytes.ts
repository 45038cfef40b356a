import { constants, createReadStream, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { LetterpressError } from '../../errors.js';
import { readError, sourceName, STANDARD_INPUT } from './file-errors.js';
import { HEAD_BYTES, isGzip } from './recognise.js';

/** What standard input, or another stream, gives. */
export type ByteStream = AsyncIterable<Uint8Array | string>;

/** The bytes of a file or of standard input as they arrive, unpacked if they are gzip. */
export interface OpenedFile {
  /** The first {@link HEAD_BYTES}, or all that there are. */
  readonly head: Uint8Array;
  /** All bytes, the first ones included; to be read once. */
  readonly chunks: AsyncGenerator<Uint8Array, void>;
  /** Closes the file before its end, also where nothing of {@link chunks} was read. */
  readonly close: () => Promise<void>;
  readonly zipped: boolean;
}

/**
 * @param stdin read for the path `-`; default the standard input of the process
 * @throws BAD_INPUT when it is missing or a damaged gzip file, IO when the system refuses
 */
export async function openFile(path: string, stdin: ByteStream = process.stdin): Promise<OpenedFile> {
  const name = sourceName(path);
  const raw = await peek(path === STANDARD_INPUT ? asBytes(stdin) : bytesOf(path));
  if (!isGzip(raw.head)) return { ...raw, zipped: false };
  return { ...(await peek(gunzip(raw.chunks, name))), zipped: true };
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array, void> {
  try {
    const found = statSync(path);
    // A file is read as far as it goes now: what is made of it may be appended to it. Those of /proc say 0.
    const end = found.isFile() && found.size > 0 ? found.size - 1 : Infinity;
    const stream = found.isFIFO() ? openPipe(path) : createReadStream(path, { highWaterMark: 1 << 18, end });
    yield* stream as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw await readError(error, path);
  }
}

/** A pipe that no thread waits for: the process could not end as long as nothing comes. */
function openPipe(path: string): Socket {
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
}

async function* asBytes(stream: ByteStream): AsyncGenerator<Uint8Array, void> {
  for await (const chunk of stream) yield Buffer.from(chunk);
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array, void> {
  const unzip = createGunzip({ chunkSize: 1 << 18 });
  pipeline(Readable.from(chunks), unzip, () => undefined); // errors reach the reader of `unzip`
  try {
    yield* unzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (error instanceof LetterpressError) throw error;
    const cut = error instanceof Error && error.message.includes('unexpected end');
    throw new LetterpressError(
      'BAD_INPUT',
      `the gzip file ${name} is ${cut ? 'cut off' : 'damaged'}`,
      'Copy or download it again.',
      { cause: error },
    );
  }
}

async function peek(chunks: AsyncGenerator<Uint8Array, void>): Promise<Omit<OpenedFile, 'zipped'>> {
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  const begun = Buffer.concat(first);
  const all = async function* (): AsyncGenerator<Uint8Array, void> {
    try {
      if (begun.length > 0) yield begun;
      yield* chunks;
    } finally {
      await chunks.return(); // closes the file, also when not all of it was wanted
    }
  };
  return {
    head: begun.subarray(0, HEAD_BYTES),
    chunks: all(),
    // A generator that was never asked for anything has nothing to return from.
    close: async () => void (await chunks.return()),
  };
}

/** All bytes at once. */
export async function joinBytes(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
