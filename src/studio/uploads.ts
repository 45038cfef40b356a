import { closeSync, existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { makeFolder } from '../make-folder.js';
import { LetterpressError } from '../errors.js';
import { codeOf, ioError } from '../io-error.js';
import { freeName, plainName } from '../runs/free-name.js';
import { isTemporaryName, openTemporary, writeAll } from '../temporary-file.js';

/** Bytes of a file of texts. */
const MAX_BYTES = 512e6;
/** Milliseconds after which an upload that does not grow has ended: a request has less to arrive. */
const MAX_PAUSE = 60_000;
/** Characters, of up to four bytes: a name has 255 of them at most. */
const MAX_NAME = 50;

/** What `letterpress train --data` reads. */
const ENDINGS = /\.(txt|csv|tsv|json|jsonl|parquet)(\.gz)?$/;

/** The files of texts given to a studio, kept in a folder of their own: a run that is resumed reads them again. */
export class Uploads {
  constructor(
    private readonly folder: string,
    private readonly maxBytes = MAX_BYTES,
  ) {
    this.tidy();
  }

  /** The path of a file, looked up among those that there are. */
  find(id: string): string | undefined {
    if (!existsSync(this.folder)) return undefined;
    const entry = readdirSync(this.folder, { withFileTypes: true }).find(({ name }) => name === id);
    return entry?.isFile() && ENDINGS.test(entry.name) ? join(this.folder, entry.name) : undefined;
  }

  list(): string[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && ENDINGS.test(entry.name))
      .map(({ name }) => name);
  }

  /**
   * Writes a file as it arrives.
   *
   * @param name that the user's file has; what of it may stand in a name is kept
   * @returns its id
   * @throws LetterpressError BAD_INPUT for a kind of file that is not read, or one that is too large
   */
  async add(name: string, body: ReadableStream<Uint8Array> | null): Promise<string> {
    const [ending = ''] = ENDINGS.exec(name.toLowerCase()) ?? [];
    if (ending === '' || body === null)
      throw new LetterpressError(
        'BAD_INPUT',
        'expected a .txt, .csv, .tsv, .json, .jsonl or .parquet file (or .gz)',
        'Save the texts as one of these: a .txt file has one text a line.',
      );
    const safe = plainName(name.slice(0, name.length - ending.length));
    const base = Array.from(safe).slice(0, MAX_NAME).join('') || 'texts';
    try {
      makeFolder(this.folder);
      const temporary = openTemporary(join(this.folder, `${base}${ending}`));
      try {
        try {
          for await (const chunk of limit(Readable.fromWeb(body as never), this.maxBytes))
            writeAll(temporary.descriptor, chunk);
        } finally {
          closeSync(temporary.descriptor);
        }
        const id = freeName(base, (each) => !existsSync(join(this.folder, each)), ending);
        renameSync(temporary.path, join(this.folder, id));
        return id;
      } finally {
        rmSync(temporary.path, { force: true });
      }
    } catch (cause) {
      throw ioError('write into', this.folder, cause);
    }
  }

  /** Removes what uploads to a studio that was killed have left; another studio may write those that still grow. */
  private tidy(): void {
    if (!existsSync(this.folder)) return;
    try {
      for (const name of readdirSync(this.folder).filter(isTemporaryName)) {
        const path = join(this.folder, name);
        const written = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
        if (Math.abs(Date.now() - written) > MAX_PAUSE) rmSync(path, { force: true });
      }
    } catch (error) {
      // A folder that is only looked at.
      if (!['EACCES', 'EPERM', 'EROFS', 'ENOTDIR'].includes(codeOf(error))) throw error;
    }
  }
}

async function* limit(chunks: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new LetterpressError(
        'BAD_INPUT',
        `expected at most ${maxBytes / 1e6} MB of texts`,
        'Train on larger files by letterpress train --data.',
      );
    yield chunk;
  }
}
